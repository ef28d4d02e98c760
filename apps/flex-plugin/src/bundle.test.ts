/** Checks the script that Flex loads: one classic script, small enough not to delay the agent's page. */
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { beforeAll, describe, expect, it } from 'vitest';

const MAX_BYTES_GZIP = 30 * 1024;
const root = new URL('..', import.meta.url).pathname;

let files: readonly string[] = [];
let code = '';

beforeAll(async () => {
  // Without `mode`, the build would use Vitest's mode `test`.
  const result = await build({ root, mode: 'production', logLevel: 'error', build: { write: false } });
  const outputs = [result].flat().flatMap((built) => ('output' in built ? built.output : []));
  files = outputs.map(({ fileName }) => fileName);
  code = outputs.flatMap((file) => (file.type === 'chunk' ? [file.code] : [])).join('\n');
}, 60_000);

describe('the built plugin', () => {
  it('is one script, with a source map that it does not link to', () => {
    expect(files).toEqual(['plugin-chat-transfer.js', 'plugin-chat-transfer.js.map']);
    expect(code).not.toContain('sourceMappingURL');
  });

  it('imports no modules, because a classic script cannot', () => {
    expect(code).not.toMatch(/\brequire\(/);
    expect(code).not.toMatch(/^\s*(import|export)\b/m);
    expect(() => new Function(code)).not.toThrow();
  });

  it('contains no second React', () => {
    expect(code).not.toContain('Minified React error');
  });

  it('replaces every __FPB_ name of Twilio’s loader with its value', () => {
    expect(code).not.toContain('__FPB_');
    expect(code).toContain('plugin-chat-transfer');
  });

  it(`is smaller than ${MAX_BYTES_GZIP / 1024} KB with gzip`, () => {
    expect(gzipSync(code).byteLength).toBeLessThan(MAX_BYTES_GZIP);
  });
});
