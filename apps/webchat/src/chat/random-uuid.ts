/**
 * UUIDs for pages without https. Browsers provide `crypto.randomUUID` on https pages only, and the
 * Conversations SDK needs it everywhere.
 */

/** Adds `randomUUID` to `source` if it is missing. */
export function polyfillRandomUuid(source: Pick<Crypto, 'getRandomValues'> & Partial<Crypto>): void {
  if (source.randomUUID !== undefined) return;
  Object.defineProperty(source, 'randomUUID', { value: () => createRandomUuid(source) });
}

/** Returns a version 4 UUID: https://www.rfc-editor.org/rfc/rfc9562#section-5.4 */
export function createRandomUuid(source: Pick<Crypto, 'getRandomValues'> = crypto): string {
  const bytes = source.getRandomValues(new Uint8Array(16));
  const hex = [...bytes]
    .map((byte, index) => {
      if (index === 6) return (byte & 0x0f) | 0x40;
      return index === 8 ? (byte & 0x3f) | 0x80 : byte;
    })
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
