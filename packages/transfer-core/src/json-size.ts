/** The size of a value's JSON where Twilio limits it in bytes. */

/** Counts the UTF-8 bytes without `TextEncoder`, which some hosts do not have. */
export function jsonSize(value: object): number {
  let bytes = 0;
  for (const character of JSON.stringify(value)) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
