import { describe, expect, it } from 'vitest';
import { polyfillRandomUuid } from './random-uuid';

const VERSION_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** `crypto` as a page without https sees it. */
const insecureCrypto = (): Pick<Crypto, 'getRandomValues'> & Partial<Crypto> => ({
  getRandomValues: (array) => crypto.getRandomValues(array),
});

describe('polyfillRandomUuid', () => {
  it('adds a function that returns a different version 4 UUID on each call', () => {
    const source = insecureCrypto();
    polyfillRandomUuid(source);
    const uuids = Array.from({ length: 200 }, () => source.randomUUID?.());
    for (const uuid of uuids) expect(uuid).toMatch(VERSION_4);
    expect(new Set(uuids).size).toBe(uuids.length);
  });

  it('keeps the function of the browser if there is one', () => {
    const native = () => '00000000-0000-4000-8000-000000000000' as const;
    const source = { ...insecureCrypto(), randomUUID: native };
    polyfillRandomUuid(source);
    expect(source.randomUUID).toBe(native);
  });
});
