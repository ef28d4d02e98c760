/** Measures JSON for Twilio's limits, which count bytes. */

/** Characters that take two bytes in UTF-8, and UTF-16 code units that take three, or two as half of a pair. */
const TWO_BYTES = /[\u0080-\u07FF]/g;
const THREE_BYTES = /[\u0800-\uD7FF\uE000-\uFFFF]/g;
const HALVES = /[\uD800-\uDFFF]/g;

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** Returns the size of a value's JSON in UTF-8 bytes. Some JavaScript environments have no `TextEncoder`. */
export function jsonSize(value: object): number {
  const text = JSON.stringify(value);
  return text.length + count(text, TWO_BYTES) + 2 * count(text, THREE_BYTES) + count(text, HALVES);
}
