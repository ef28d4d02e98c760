/**
 * `crypto.randomUUID` for pages without https, where browsers leave it out: the Conversations SDK cannot do without.
 */

/** Gives `source` a `randomUUID` if it has none. */
export function provideRandomUuid(source: Pick<Crypto, 'getRandomValues'> & Partial<Crypto>): void {
  if (source.randomUUID !== undefined) return;
  Object.defineProperty(source, 'randomUUID', { value: () => randomUuid(source) });
}

/** A UUID of version 4: https://www.rfc-editor.org/rfc/rfc9562#section-5.4 */
function randomUuid(source: Pick<Crypto, 'getRandomValues'>): string {
  const bytes = source.getRandomValues(new Uint8Array(16));
  const hex = [...bytes]
    .map((byte, place) => {
      if (place === 6) return (byte & 0x0f) | 0x40;
      return place === 8 ? (byte & 0x3f) | 0x80 : byte;
    })
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
