import { describe, expect, it } from 'vitest';
import { provideRandomUuid } from './random-uuid';

const VERSION_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** What a page without https has. */
const insecure = (): Pick<Crypto, 'getRandomValues'> & Partial<Crypto> => ({
  getRandomValues: (array) => crypto.getRandomValues(array),
});

describe('provideRandomUuid', () => {
  it('gives a page without https UUIDs of version 4, never the same', () => {
    const source = insecure();
    provideRandomUuid(source);
    const made = Array.from({ length: 200 }, () => source.randomUUID?.());
    for (const uuid of made) expect(uuid).toMatch(VERSION_4);
    expect(new Set(made).size).toBe(made.length);
  });

  it('leaves the browser’s own alone', () => {
    const own = () => '00000000-0000-4000-8000-000000000000' as const;
    const source = { ...insecure(), randomUUID: own };
    provideRandomUuid(source);
    expect(source.randomUUID).toBe(own);
  });
});
