// @vitest-environment node
/** What a customer's browser loads: one SDK, the one of the chat's backend, and only once there is a chat. */
import { gzipSync } from 'node:zlib';
import type { Backend } from '@chat-transfer/transfer-core';
import { build, type Rolldown } from 'vite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const root = new URL('..', import.meta.url).pathname;
const KB = 1000;

/** The package of each backend's SDK, and the most that opening a chat of it may load, in bytes over the wire. */
const SDKS: ReadonlyArray<readonly [Backend, string, number]> = [
  ['conversations', '@twilio/conversations', 170 * KB],
  ['programmable-chat', 'twilio-chat', 215 * KB],
];
const MOST_BYTES_BEFORE = 100 * KB;

let chunks: ReadonlyMap<string, Rolldown.OutputChunk> = new Map();

beforeAll(async () => {
  // Vitest runs in mode `test`, which a build would take over, and React's own idea of it too.
  vi.stubEnv('NODE_ENV', 'production');
  const result = await build({ root, mode: 'production', logLevel: 'error', build: { write: false } });
  const outputs = [result].flat().flatMap((made) => ('output' in made ? made.output : []));
  chunks = new Map(
    outputs.flatMap((made) => (made.type === 'chunk' ? [[made.fileName, made] as const] : [])),
  );
}, 60_000);
afterAll(() => {
  vi.unstubAllEnvs();
});

/** These chunks and all that they load by themselves. */
function loading(
  wanted: readonly Rolldown.OutputChunk[],
  found = new Set<Rolldown.OutputChunk>(),
): ReadonlySet<Rolldown.OutputChunk> {
  for (const chunk of wanted) {
    if (found.has(chunk)) continue;
    found.add(chunk);
    loading(
      chunk.imports.flatMap((name) => chunks.get(name) ?? []),
      found,
    );
  }
  return found;
}
const entries = () => [...chunks.values()].filter(({ isEntry }) => isEntry);
const holds = ({ moduleIds }: Rolldown.OutputChunk, packageName: string) =>
  moduleIds.some((id) => id.includes(`/node_modules/${packageName}/`));
/** What is loaded once a chat with this SDK has been opened. */
const opened = (packageName: string) => {
  const demanded = entries().flatMap(({ dynamicImports }) => dynamicImports);
  const sdk = demanded.flatMap((name) => chunks.get(name) ?? []).filter((chunk) => holds(chunk, packageName));
  return [...loading([...entries(), ...sdk])];
};
const bytesOf = (loaded: Iterable<Rolldown.OutputChunk>) =>
  [...loaded].reduce((bytes, { code }) => bytes + gzipSync(code).byteLength, 0);

describe('the built webchat', () => {
  it('loads no SDK before there is a chat', () => {
    const before = [...loading(entries())];
    for (const [, packageName] of SDKS)
      expect(before.filter((chunk) => holds(chunk, packageName))).toEqual([]);
    expect(before.filter((chunk) => holds(chunk, 'twilsock'))).toEqual([]);
    expect(bytesOf(before)).toBeLessThan(MOST_BYTES_BEFORE);
  });

  it.each(SDKS)('loads the SDK of %s and no other for a chat of it', (_, packageName) => {
    const loaded = opened(packageName);
    expect(loaded.filter((chunk) => holds(chunk, packageName))).toHaveLength(1);
    for (const [, other] of SDKS)
      if (other !== packageName) expect(loaded.filter((chunk) => holds(chunk, other))).toEqual([]);
  });

  it.each(SDKS)('loads no more than it may for a chat of %s', (_, packageName, mostBytes) => {
    expect(bytesOf(opened(packageName))).toBeLessThan(mostBytes);
  });

  it('asks the page for nothing that only Node or an older bundler has', () => {
    for (const { code } of chunks.values()) expect(code).not.toMatch(/(?<![\w.])require\(/);
  });
});
