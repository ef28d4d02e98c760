/** The script as Flex loads it: classic, alone, and small enough not to delay the agent's page. */
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { beforeAll, describe, expect, it } from 'vitest';

const MOST_BYTES_GZIP = 30 * 1024;
const root = new URL('..', import.meta.url).pathname;

let files: readonly string[] = [];
let code = '';

beforeAll(async () => {
  // Vitest runs in mode `test`, which a build would take over.
  const result = await build({ root, mode: 'production', logLevel: 'error', build: { write: false } });
  const outputs = [result].flat().flatMap((made) => ('output' in made ? made.output : []));
  files = outputs.map(({ fileName }) => fileName);
  code = outputs.flatMap((made) => (made.type === 'chunk' ? [made.code] : [])).join('\n');
}, 60_000);

describe('the built plugin', () => {
  it('is one script with a source map beside it that nothing points to', () => {
    expect(files).toEqual(['plugin-chat-transfer.js', 'plugin-chat-transfer.js.map']);
    expect(code).not.toContain('sourceMappingURL');
  });

  it('asks for no module: the page has React and Flex, and nothing else to give', () => {
    expect(code).not.toMatch(/\brequire\(/);
    expect(code).not.toMatch(/^\s*(import|export)\b/m);
    expect(() => new Function(code)).not.toThrow();
  });

  it('brings no second React', () => {
    expect(code).not.toContain('Minified React error');
  });

  it('tells Flex its name under every name that Twilio’s loader asks for', () => {
    expect(code).not.toContain('__FPB_');
    expect(code).toContain('plugin-chat-transfer');
  });

  it(`stays under ${MOST_BYTES_GZIP / 1024} KB over the wire`, () => {
    expect(gzipSync(code).byteLength).toBeLessThan(MOST_BYTES_GZIP);
  });
});
