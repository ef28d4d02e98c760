/** A customer's browser downloads one SDK, that of the chat's backend, and only when the chat opens. */
import { gzipSync } from 'node:zlib';
import type { Backend } from '@chat-transfer/transfer-core';
import { build, type Rolldown } from 'vite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const root = new URL('..', import.meta.url).pathname;
const KB = 1000;

/** For each backend: its SDK package, and the budget of an opened chat in compressed bytes. */
const SDKS: ReadonlyArray<readonly [Backend, string, number]> = [
  ['conversations', '@twilio/conversations', 170 * KB],
  ['programmable-chat', 'twilio-chat', 215 * KB],
];
const MAX_BYTES_BEFORE_CHAT = 100 * KB;

let chunks: ReadonlyMap<string, Rolldown.OutputChunk> = new Map();

beforeAll(async () => {
  // Vitest sets the mode and NODE_ENV to `test`. With these, the build bundles React's development version.
  vi.stubEnv('NODE_ENV', 'production');
  const result = await build({ root, mode: 'production', logLevel: 'error', build: { write: false } });
  const outputs = [result].flat().flatMap((bundle) => ('output' in bundle ? bundle.output : []));
  chunks = new Map(
    outputs.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file] as const] : [])),
  );
}, 60_000);
afterAll(() => {
  vi.unstubAllEnvs();
});

/** Returns these chunks and all that they import statically. */
function withStaticImports(
  requested: readonly Rolldown.OutputChunk[],
  found = new Set<Rolldown.OutputChunk>(),
): ReadonlySet<Rolldown.OutputChunk> {
  for (const chunk of requested) {
    if (found.has(chunk)) continue;
    found.add(chunk);
    withStaticImports(
      chunk.imports.flatMap((name) => chunks.get(name) ?? []),
      found,
    );
  }
  return found;
}
const entries = () => [...chunks.values()].filter(({ isEntry }) => isEntry);
const includesPackage = ({ moduleIds }: Rolldown.OutputChunk, packageName: string) =>
  moduleIds.some((id) => id.includes(`/node_modules/${packageName}/`));
/** The chunks that a chat with this SDK loads. */
const chunksOfChat = (packageName: string) => {
  const dynamicImports = entries().flatMap((entry) => entry.dynamicImports);
  const sdk = dynamicImports
    .flatMap((name) => chunks.get(name) ?? [])
    .filter((chunk) => includesPackage(chunk, packageName));
  return [...withStaticImports([...entries(), ...sdk])];
};
const countBytes = (loaded: Iterable<Rolldown.OutputChunk>) =>
  [...loaded].reduce((bytes, { code }) => bytes + gzipSync(code).byteLength, 0);

describe('the bundle', () => {
  it('loads no SDK before a chat opens', () => {
    const before = [...withStaticImports(entries())];
    for (const [, packageName] of SDKS)
      expect(before.filter((chunk) => includesPackage(chunk, packageName))).toEqual([]);
    expect(before.filter((chunk) => includesPackage(chunk, 'twilsock'))).toEqual([]);
    expect(countBytes(before)).toBeLessThan(MAX_BYTES_BEFORE_CHAT);
  });

  it.each(SDKS)('loads only the SDK of %s for a chat on it', (_, packageName) => {
    const loaded = chunksOfChat(packageName);
    expect(loaded.filter((chunk) => includesPackage(chunk, packageName))).toHaveLength(1);
    for (const [, other] of SDKS)
      if (other !== packageName) expect(loaded.filter((chunk) => includesPackage(chunk, other))).toEqual([]);
  });

  it.each(SDKS)('stays within the budget for a chat on %s', (_, packageName, maxBytes) => {
    expect(countBytes(chunksOfChat(packageName))).toBeLessThan(maxBytes);
  });

  it('calls no `require`, which browsers do not have', () => {
    for (const { code } of chunks.values()) expect(code).not.toMatch(/(?<![\w.])require\(/);
  });
});

describe('parseNotice', () => {
  it('takes a page that needs nothing else less than 3 KB', async () => {
    const entry = 'virtual:entry';
    const result = await build({
      configFile: false,
      root,
      mode: 'production',
      logLevel: 'error',
      build: { write: false, rollupOptions: { input: entry, preserveEntrySignatures: 'strict' } },
      plugins: [
        {
          name: 'entry',
          resolveId: (id) => (id === entry ? id : undefined),
          load: (id) =>
            id === entry ? "export { parseNotice } from '@chat-transfer/transfer-core';" : undefined,
        },
      ],
      resolve: { conditions: ['workspace-source'] },
    });
    const built = [result].flat().flatMap((bundle) => ('output' in bundle ? bundle.output : []));
    const code = built.map((file) => ('code' in file ? file.code : '')).join('\n');
    expect(code).toContain('notification');
    expect(gzipSync(code).byteLength).toBeLessThan(3 * KB);
  });
});
