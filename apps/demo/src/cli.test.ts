/** `npm start` and the built demo, as processes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const script = fileURLToPath(new URL('../../../scripts/start.mjs', import.meta.url));

const running: ChildProcess[] = [];
const blockers: Server[] = [];

afterEach(async () => {
  for (const child of running.splice(0)) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode === null && child.signalCode === null && child.kill()) await ended;
  }
  for (const blocker of blockers.splice(0)) blocker.close();
});

function run(file: string, args: readonly string[]) {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  let output = '';
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => (output += text));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { child, ended, output: () => output };
}

/** Listens on a free port and returns it. */
async function takePort(): Promise<number> {
  const server = createServer();
  blockers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return (server.address() as AddressInfo).port;
}

async function findFreePort(): Promise<number> {
  const port = await takePort();
  await new Promise((closed) => blockers.pop()?.close(closed));
  return port;
}

describe('npm start', () => {
  it('prints its flags for --help, without installing or building', async () => {
    const { ended, output } = run(script, ['--help']);
    expect(await ended).toBe(0);
    expect(output()).toContain('--functions-port PORT');
  });

  it('refuses an unknown flag, without installing or building', async () => {
    const { ended, output } = run(script, ['--functions-prot', '4200']);
    expect(await ended).toBe(2);
    expect(output()).toMatch(/^Failed to start: .*--functions-prot/);
  });
});

describe('the demo', () => {
  it('serves the page and the functions at the ports of its flags', async () => {
    const [port, functionsPort] = [await findFreePort(), await findFreePort()];
    const { output } = run(cli, ['--port', String(port), '--functions-port', String(functionsPort)]);
    await expect.poll(output).toContain(`http://localhost:${port}/`);

    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
    const answer = await fetch(`http://127.0.0.1:${functionsPort}/transfer/start`, { method: 'POST' });
    expect(await answer.json()).toMatchObject({ ok: false, code: 'bad-input' });
  });

  it.each(['--port', '--functions-port'])('names the flag when the port of %s is taken', async (flag) => {
    const taken = await takePort();
    const { ended, output } = run(cli, ['--port', '0', flag, String(taken)]);
    expect(await ended).toBe(1);
    expect(output()).toContain(
      `Failed to start: port ${taken} is taken. Choose another one: npm start -- ${flag} ${taken + 1}`,
    );
  });
});
