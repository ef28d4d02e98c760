import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FunctionsProcess, startFunctions } from './functions-process';

/** A local server that logs its process id, answers every request, and exits with 3 at a request for `/exit`. */
const SERVER = `
  import { createServer } from 'node:http';
  const port = Number(process.argv[process.argv.indexOf('--port') + 1]);
  const server = createServer((request, response) => {
    response.end('hello');
    if (request.url === '/exit') process.exit(3);
  });
  server.listen(port, '127.0.0.1', () => {
    console.log('pid ' + process.pid);
    console.log('Functions at http://127.0.0.1:' + server.address().port);
  });
`;

let folder: string;
let functions: FunctionsProcess;
let pids: number[];
let isLost: boolean;
const consoleError = vi.spyOn(console, 'error').mockImplementation(() => undefined);
const printed = () => consoleError.mock.calls.flat();

beforeEach(async () => {
  consoleError.mockClear();
  folder = mkdtempSync(join(tmpdir(), 'functions-process-'));
  const server = join(folder, 'server.mjs');
  writeFileSync(server, SERVER);
  pids = [];
  isLost = false;
  functions = await startFunctions({
    port: 0,
    folder,
    settings: { environment: {}, document: {} },
    allowedOrigins: [],
    server,
    onLog: (line) => pids.push(Number(line.replace('pid ', ''))),
    onLost: () => {
      isLost = true;
    },
  });
});

afterEach(async () => {
  await functions.stop();
  rmSync(folder, { recursive: true, force: true });
});

const killLocalServer = () => process.kill(pids.at(-1) ?? 0, 'SIGKILL');

describe('startFunctions', () => {
  it('restarts a killed local server at the same URL, and reports the restart', async () => {
    killLocalServer();

    await expect
      .poll(printed)
      .toEqual(['The functions ended (SIGKILL). Restarting them…', 'The functions are running again.']);
    expect(await (await fetch(functions.url)).text()).toBe('hello');
    expect(isLost).toBe(false);
  });

  it('calls onLost after five restarts', async () => {
    for (let kills = 1; kills <= 5; kills += 1) {
      killLocalServer();
      // A server that is killed before it runs is not restarted.
      await expect.poll(() => printed().filter((line) => line.includes('running again'))).toHaveLength(kills);
    }
    killLocalServer();

    await expect.poll(() => isLost).toBe(true);
    expect(printed().at(-1)).toContain(
      'Failed to keep the functions running: the local server ended (SIGKILL)',
    );
    expect(pids).toHaveLength(6);
  });

  it('calls onLost without a restart when the local server exits with a code', async () => {
    await fetch(`${functions.url}/exit`).catch(() => undefined);

    await expect.poll(() => isLost).toBe(true);
    expect(printed()).toEqual([
      'Failed to keep the functions running: the local server ended (exit code 3). ' +
        'Its output is above. Fix the cause, then start again.',
    ]);
  });

  it('does not restart the local server after stop', async () => {
    await functions.stop();
    expect(printed()).toEqual([]);
    await expect(fetch(functions.url)).rejects.toThrow();
  });
});
