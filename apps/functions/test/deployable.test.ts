/** Whether Twilio's hosted build accepts the built functions, as far as that can be known without an account. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fsHelpers } from '@twilio-labs/serverless-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { version } from '../package.json';
import { callHandler, installTwilioGlobals, listFunctionFiles } from './support/twilio-runtime';

const home = resolve(import.meta.dirname, '..');
const readJson = (file: string) => JSON.parse(readFileSync(resolve(home, file), 'utf8'));
const config: { runtime: string; functionsFolder: string; assetsFolder: string } =
  readJson('.twilioserverlessrc');
const { dependencies } = readJson('package.json');

/**
 * The versions of the runtime handler that Twilio's build knows, of those that npm has:
 * https://www.twilio.com/docs/serverless/functions-assets/handler. It refused 2.1.0
 * (https://github.com/twilio-labs/serverless-toolkit/issues/564), and 2.0.3 for a while (issue 538).
 */
const ACCEPTED_HANDLERS = ['2.0.0', '2.0.1'];
/** https://www.twilio.com/en-us/changelog/node-js-v24-is-now-available-for-twilio-functions */
const ACCEPTED_RUNTIMES = ['node22', 'node24'];

/** Whether Twilio limits the size of a function is not documented, so it stays far below the 10 MB of a private asset. */
const MAX_BYTES = 1024 * 1024;

let functions: Awaited<ReturnType<typeof fsHelpers.getListOfFunctionsAndAssets>>['functions'];
beforeAll(async () => {
  ({ functions } = await fsHelpers.getListOfFunctionsAndAssets(home, {
    functionsFolderNames: [config.functionsFolder],
    assetsFolderNames: [config.assetsFolder],
  }));
});

describe('the built functions', () => {
  it('name a runtime that Twilio has', () => {
    expect(ACCEPTED_RUNTIMES).toContain(config.runtime);
  });

  it('depend only on an exact version of the runtime handler that Twilio’s build accepts', () => {
    expect(Object.keys(dependencies)).toEqual(['@twilio/runtime-handler']);
    expect(ACCEPTED_HANDLERS).toContain(dependencies['@twilio/runtime-handler']);
  });

  it('are all found by Twilio’s tool, with the path and the access of their sources', () => {
    const sources = listFunctionFiles(resolve(home, 'src/functions'), '.ts');
    const expected = [...sources].map(([path, file]) => ({
      path,
      access: file.endsWith('.protected.ts') ? 'protected' : 'public',
    }));
    const found = functions.map(({ path, access }) => ({ path, access }));
    const byPath = (one: { path: string }, other: { path: string }) => one.path.localeCompare(other.path);
    expect(found.sort(byPath)).toEqual(expected.sort(byPath));
  });

  it('keep to TaskRouter and Studio what only they may call', () => {
    const isProtected = functions.filter(({ access }) => access === 'protected').map(({ path }) => path);
    expect(isProtected.sort()).toEqual(['/studio/track-task', '/task-router/events']);
  });

  it('load in a folder without any package', () => {
    const folder = mkdtempSync(join(tmpdir(), 'deployable-'));
    try {
      for (const { path, content } of functions) {
        const file = join(folder, `${path.slice(1).replaceAll('/', '-')}.js`);
        writeFileSync(file, String(content));
        const load = 'process.stdout.write(typeof require(process.argv[1]).handler)';
        expect(execFileSync(process.execPath, ['-e', load, file], { encoding: 'utf8' }), path).toBe(
          'function',
        );
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it(`are smaller than ${MAX_BYTES / 1024} KB each`, () => {
    for (const { path, content } of functions) {
      expect(Buffer.byteLength(String(content)), path).toBeLessThan(MAX_BYTES);
    }
  });
});

describe('GET /health of the built functions', () => {
  it('answers with the version and the names of missing settings, and contains no helper library', async () => {
    const health = functions.find(({ path }) => path === '/health');
    expect(Buffer.byteLength(String(health?.content))).toBeLessThan(50 * 1024);
    const module = { exports: {} as { handler: Parameters<typeof callHandler>[0] } };
    new Function('module', 'exports', 'require', String(health?.content))(module, module.exports, () => ({}));
    const removeGlobals = installTwilioGlobals();
    const { status, body, headers } = await callHandler(module.exports.handler, {}, {});
    removeGlobals();
    expect(status).toBe(503);
    expect(body).toMatchObject({ ok: false, version, transfers: { malformed: [] } });
    expect(JSON.stringify(body)).toContain('LEDGER_SECRET');
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });
});
