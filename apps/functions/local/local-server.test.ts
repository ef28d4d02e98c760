/** The built local server, as `npm start` runs it: the gateway and the real twilio-run. */
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { SANDBOX_ACCOUNT } from '@chat-transfer/flex-sandbox';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const home = resolve(import.meta.dirname, '..');
const sid = (prefix: string) => prefix + '0'.repeat(32);

const SETTINGS = {
  ACCOUNT_SID: SANDBOX_ACCOUNT.accountSid,
  AUTH_TOKEN: SANDBOX_ACCOUNT.authToken,
  TWILIO_API_KEY: SANDBOX_ACCOUNT.apiKeySid,
  TWILIO_API_SECRET: SANDBOX_ACCOUNT.apiKeySecret,
  TWILIO_CHAT_SERVICE_SID: SANDBOX_ACCOUNT.chatServiceSid,
  TWILIO_SYNC_SERVICE_SID: sid('IS'),
  TWILIO_WORKSPACE_SID: sid('WS'),
  TWILIO_FLEX_CHAT_TRANSFER_WORKFLOW_SID: sid('WW'),
  WEBCHAT_SESSION_SECRET: 'a secret for the tests, long enough',
  LEDGER_SECRET: 'another secret for the tests, long enough',
  ALLOWED_ORIGINS: 'https://flex.example.com',
  TWILIO_API_BASE_URL: 'http://127.0.0.1:1',
};

/** A function that answers the memory in use after a garbage collection, and the process id. */
const INSPECT = `
  const { setFlagsFromString } = require('node:v8');
  const { runInNewContext } = require('node:vm');
  exports.handler = (context, event, callback) => {
    setFlagsFromString('--expose-gc');
    runInNewContext('gc')();
    callback(null, { pid: process.pid, heapBytes: process.memoryUsage().heapUsed });
  };`;

/** The document of settings. */
const DOCUMENT = { queue_labels: { [sid('WQ')]: 'zebra' } };
const READ_DOCUMENT = `exports.handler = (context, event, callback) =>
  callback(null, JSON.parse(Runtime.getAssets()['/chat-transfer.json'].open()));`;

const answering = (word: string) =>
  `exports.handler = (context, event, callback) => callback(null, { answer: '${word}' });`;

let folder: string;
let functionsFolder: string;
let server: ChildProcess;
let url: string;
let log: string[];

beforeAll(async () => {
  mkdirSync(join(home, 'test-results'), { recursive: true });
  // Inside the package, so that the functions find the helper library.
  folder = mkdtempSync(join(home, 'test-results/local-server-'));
  functionsFolder = join(folder, 'functions');
  mkdirSync(functionsFolder);
  copyFileSync(join(home, 'dist/functions/transfer/start.js'), join(functionsFolder, 'start.js'));
  copyFileSync(join(home, 'dist/functions/health.js'), join(functionsFolder, 'health.js'));
  const assets = join(folder, 'assets');
  mkdirSync(assets);
  writeFileSync(join(assets, 'chat-transfer.private.json'), JSON.stringify(DOCUMENT));
  writeFunction('inspect', INSPECT);
  writeFunction('document', READ_DOCUMENT);
  writeFunction('word', answering('first'));
  const env = join(folder, '.env');
  writeFileSync(
    env,
    Object.entries(SETTINGS)
      .map(([name, value]) => `${name}='${value}'\n`)
      .join(''),
  );

  log = [];
  server = spawn(
    process.execPath,
    [
      join(home, 'dist/local/local-server.mjs'),
      ...['--port', '0', '--env', env, '--functions', functionsFolder, '--assets', assets],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const { stdout, stderr } = server;
  if (stdout === null || stderr === null)
    throw new Error('Failed to start the local server: it has no output.');
  createInterface({ input: stderr }).on('line', (line) => log.push(line));
  url = await new Promise<string>((ready, reject) => {
    server.once('exit', () => reject(new Error(log.join('\n'))));
    createInterface({ input: stdout }).on('line', (line) => {
      const found = /^Functions at (\S+)$/.exec(line)?.[1];
      if (found !== undefined) ready(found);
    });
  });
}, 120_000);

afterAll(async () => {
  const ended = new Promise((resolveEnded) => server.once('exit', resolveEnded));
  if (server.exitCode === null && server.kill()) await ended;
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => writeFunction('word', answering('first')));

function writeFunction(name: string, source: string): void {
  writeFileSync(join(functionsFolder, `${name}.js`), source);
}

async function post(path: string) {
  const answer = await fetch(url + path, { method: 'POST' });
  return { status: answer.status, body: await answer.json() };
}

const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 60_000 });

const inspect = async (): Promise<{ pid: number; heapBytes: number }> => (await post('/inspect')).body;
const word = async () => (await post('/word')).body;

it('does not start with a setting that hosted Functions refuse, and names it', async () => {
  const env = join(folder, 'too-long.env');
  writeFileSync(env, `AUTH_TOKEN='x'\nQUEUE_PUBLIC_LABELS='${'x'.repeat(451)}'\n`);
  const child = spawn(process.execPath, [join(home, 'dist/local/local-server.mjs'), '--env', env], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const code = await new Promise((ended) => child.once('close', ended));
  expect(code).toBe(1);
  expect(output).toContain('QUEUE_PUBLIC_LABELS has 451');
}, 120_000);

// Only a test that hangs takes this long. A slow machine must not fail a test.
describe('the local server', { timeout: 120_000 }, () => {
  it('uses no more memory after 2,000 requests than after 200', async () => {
    const sendRequests = async (count: number) => {
      for (let sent = 0; sent < count; sent += 20) {
        const answers = await Promise.all(Array.from({ length: 20 }, () => post('/start')));
        for (const { status, body } of answers) expect([status, body.code]).toEqual([400, 'bad-input']);
      }
    };
    await sendRequests(200);
    const before = await inspect();
    await sendRequests(2_000);
    const after = await inspect();

    expect(after.pid).toBe(before.pid);
    expect(after.heapBytes / before.heapBytes).toBeLessThan(1.1);
  });

  it('answers /health to a plain GET', async () => {
    const health = await fetch(`${url}/health`);
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ ok: true, transfers: { missing: [], malformed: [] } });
  });

  it('gives the functions the document of settings, and sends it to no caller', async () => {
    expect((await post('/document')).body).toEqual(DOCUMENT);
    for (const path of ['/chat-transfer.json', '/chat-transfer.private.json', '/assets/chat-transfer.json']) {
      const answer = await fetch(url + path);
      expect(answer.ok).toBe(false);
      expect(await answer.text()).not.toContain('zebra');
    }
  });

  it('runs a rebuilt function at the next request, in the same process', async () => {
    const { pid } = await inspect();
    expect(await word()).toEqual({ answer: 'first' });

    for (const next of ['second', 'third']) {
      writeFunction('word', answering(next));
      expect(await word()).toEqual({ answer: next });
    }
    expect((await inspect()).pid).toBe(pid);
  });

  it('frees the memory of a function that was replaced', async () => {
    const heavy = (version: number) =>
      `const kept = Buffer.alloc(1, ${version}); const large = Array.from({ length: 250_000 }, (_, i) => i + 0.5);
      exports.handler = (context, event, callback) => callback(null, { answer: large.length + kept.length });`;
    writeFunction('word', heavy(0));
    await word();
    const before = await inspect();
    for (let version = 1; version <= 20; version += 1) {
      writeFunction('word', heavy(version));
      await word();
    }
    const after = await inspect();
    expect(after.heapBytes / before.heapBytes).toBeLessThan(1.1);
  });

  it.each([
    ['missing', () => rmSync(join(functionsFolder, 'word.js'))],
    ['empty', () => writeFunction('word', '')],
    ['broken', () => writeFunction('word', 'exports.handler = (')],
  ])('keeps the loaded function while its file is %s', async (_, change) => {
    expect(await word()).toEqual({ answer: 'first' });
    change();
    expect(await word()).toEqual({ answer: 'first' });

    writeFunction('word', answering('second'));
    expect(await word()).toEqual({ answer: 'second' });
  });

  it('restarts a killed twilio-run, logs that, and refuses requests meanwhile', async () => {
    const { pid } = await inspect();
    process.kill(pid, 'SIGKILL');

    await eventually(() => log).toContain('twilio-run ended (SIGKILL). Restarting it…');
    expect(await post('/word')).toMatchObject({ status: 503, body: { code: 'busy', retryable: true } });
    await eventually(() => log).toContain('twilio-run is running again.');
    expect(await word()).toEqual({ answer: 'first' });
    expect((await inspect()).pid).not.toBe(pid);
  });

  it('ends twilio-run when it is killed itself', async () => {
    const { pid } = await inspect();
    server.kill('SIGKILL');
    const isRunning = () => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    await eventually(isRunning).toBe(false);
  });
});
