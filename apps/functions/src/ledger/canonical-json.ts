/**
 * JSON text that is the same for the same data, whatever happened to it on its way through Sync: Sync may
 * return keys in another order, write numbers differently, and replace characters that are no Unicode text.
 */

/** Half of a character, as a name has that was cut within an emoji. UTF-8 cannot encode it. */
const LONE_SURROGATE = /\p{Surrogate}/gu;

const toUnicode = (text: string): string => text.replace(LONE_SURROGATE, '\uFFFD');

/**
 * Returns JSON text with the keys of every object sorted by code unit, without white space, as valid Unicode.
 * Drops what JSON cannot hold, as `JSON.stringify` does: a key that is `undefined`, for instance.
 */
export function toCanonicalJson(data: object): string {
  return JSON.stringify(data, (_key, value: unknown) => {
    if (typeof value === 'string') return toUnicode(value);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const entries = Object.entries(value).map(([key, item]) => [toUnicode(key), item] as const);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
