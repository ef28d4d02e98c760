/** Starts the real twilio-run on a free port and waits until it answers. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type AddressInfo, connect, createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';

/** Long enough for a busy machine; a healthy start takes a second or two. */
const START_TIMEOUT_MS = 60_000;

/**
 * twilio-run listens on every network interface and has no setting for it: without this, anybody on the network would
 * reach protected functions beside the front.
 */
const LOOPBACK_ONLY = `data:text/javascript,${encodeURIComponent(`
  import { Server } from 'node:net';
  const { listen } = Server.prototype;
  Server.prototype.listen = function (port, ...rest) {
    const options = typeof port === 'object' ? port : { port };
    return listen.call(this, { ...options, host: '127.0.0.1' }, ...rest);
  };
`)}`;

export interface Runtime {
  readonly url: string;
  /** From the env file: what Twilio signs with. */
  readonly authToken: string;
  onExit(listener: (code: number | null) => void): void;
}

/** Throws when the env file holds no AUTH_TOKEN or twilio-run does not come up; its output is passed on. */
export async function startTwilioRun(envFile: string): Promise<Runtime> {
  const authToken = parseEnv(readFileSync(envFile, 'utf8')).AUTH_TOKEN;
  if (authToken === undefined)
    throw new Error(`Failed to start the functions: ${envFile} sets no AUTH_TOKEN.`);

  const port = await freePort();
  const twilioRun = join(
    dirname(createRequire(import.meta.url).resolve('twilio-run/package.json')),
    'bin/twilio-run.js',
  );
  const home = resolve(import.meta.dirname, '../..');
  const child = spawn(
    process.execPath,
    [
      ...['--import', LOOPBACK_ONLY],
      ...[twilioRun, 'start'],
      ...['--functions-folder', 'dist/functions', '--assets-folder', 'assets'],
      ...['--port', String(port), '--env', resolve(envFile)],
      // One process for all requests: a fork per request costs a quarter of a second each.
      ...['--no-fork-process', '--log-level', 'warn'],
      // A function that was built anew is the next one to run.
      '--live',
    ],
    { cwd: home, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  // However this process ends, it takes its child along.
  process.once('exit', () => child.kill());
  let exited = false;
  child.once('exit', () => {
    exited = true;
  });

  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await answers(url))) {
    if (exited || Date.now() > deadline) {
      child.kill();
      throw new Error(`Failed to start twilio-run on port ${port}. Its output is above.`);
    }
    await new Promise((wait) => setTimeout(wait, 50));
  }
  return {
    url,
    authToken,
    onExit: (listener) => child.once('exit', listener),
  };
}

/** Whether something listens there. A request instead would show up in twilio-run's log. */
function answers(url: string): Promise<boolean> {
  return new Promise((resolveAnswer) => {
    const probe = connect(Number(new URL(url).port), '127.0.0.1', () => {
      probe.destroy();
      resolveAnswer(true);
    });
    probe.once('error', () => resolveAnswer(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolvePort(port));
    });
  });
}
