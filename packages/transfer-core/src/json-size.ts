/** How much room a value takes where Twilio counts the bytes of its JSON. */

/** The size of its JSON in UTF-8; counted by hand, because not every host has a `TextEncoder`. */
export function jsonSize(value: object): number {
  let bytes = 0;
  for (const character of JSON.stringify(value)) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
