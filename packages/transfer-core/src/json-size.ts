/** Measures JSON for Twilio's limits, which count bytes. */

/** Returns the size of a value's JSON in UTF-8 bytes. Some JavaScript environments have no `TextEncoder`. */
export function jsonSize(value: object): number {
  let bytes = 0;
  for (const character of JSON.stringify(value)) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
