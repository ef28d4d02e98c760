/**
 * Compares the URLs of an answer with those of the document's examples: every `url`, and the names and URLs in
 * every `links`. The schemas say only that `links` has URLs.
 */
import { asJsonObject } from '../json.js';
import type { Difference } from './check-answer.js';

/** The URLs of one object by name, with `:` for every SID and key. `null`: no URL. */
interface Urls {
  /** Of the object, with `[]` for every index of a list: `/tasks/[]/links`. */
  readonly pointer: string;
  readonly byName: ReadonlyMap<string, string | null>;
}

export function checkUrls(body: unknown, examples: readonly unknown[]): readonly Difference[] {
  const documented = new Map<string, Map<string, string | null>>();
  for (const { pointer, byName } of examples.flatMap((example) => findUrls(example))) {
    documented.set(pointer, new Map([...(documented.get(pointer) ?? []), ...byName]));
  }
  return findUrls(body).flatMap((found) => {
    const expected = documented.get(found.pointer);
    return expected === undefined ? [] : compareUrls(found, expected);
  });
}

function compareUrls({ pointer, byName }: Urls, expected: Urls['byName']): readonly Difference[] {
  const missing = [...expected.keys()].filter((name) => !byName.has(name));
  return [
    ...missing.map((name) => ({ pointer: `${pointer}/${name}`, problem: 'missing' })),
    ...[...byName].flatMap(([name, url]) => {
      const expectedUrl = expected.get(name);
      if (expectedUrl === undefined) return [{ pointer: `${pointer}/${name}`, problem: 'not documented' }];
      if (url === null || expectedUrl === null || url === expectedUrl) return [];
      return [{ pointer: `${pointer}/${name}`, problem: `${url} instead of ${expectedUrl}` }];
    }),
  ];
}

function findUrls(value: unknown, pointer = ''): Urls[] {
  if (Array.isArray(value)) return value.flatMap((element) => findUrls(element, `${pointer}/[]`));
  return Object.entries(asJsonObject(value) ?? {}).flatMap(([name, member]): Urls[] => {
    if (name === 'url') return [{ pointer, byName: new Map([[name, withoutKeys(member)]]) }];
    const links = name === 'links' ? asJsonObject(member) : undefined;
    if (links === undefined) return findUrls(member, `${pointer}/${name}`);
    const urls = Object.entries(links).map(([link, url]) => [link, withoutKeys(url)] as const);
    return [{ pointer: `${pointer}/links`, byName: new Map(urls) }];
  });
}

/** The name of a collection begins with a capital and a small letter. Every other segment is a SID or a key. */
function withoutKeys(url: unknown): string | null {
  if (typeof url !== 'string' || !URL.canParse(url)) return null;
  const { host, pathname } = new URL(url);
  const [, version, ...segments] = pathname.split('/');
  const kept = segments.map((segment) => (/^[A-Z][a-z]/.test(segment) ? segment : ':'));
  return [host, version, ...kept].join('/');
}
