/**
 * Starts one twilio-run process on a free port and waits until it accepts connections. Does not restart it.
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { type AddressInfo, connect, createServer } from 'node:net';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Long enough for a busy machine. A start takes one or two seconds on an idle one. */
const START_TIMEOUT_MS = 60_000;

export interface RuntimeOptions {
  /** The settings of the functions. */
  readonly envFile: string;
  /** The built functions. */
  readonly functionsFolder: string;
  /** The assets, such as the document of settings. It need not exist. */
  readonly assetsFolder: string;
}

export interface RuntimeProcess {
  readonly url: string;
  readonly pid: number;
  /** Resolves with the exit code or the signal. */
  readonly ended: Promise<string>;
  stop(): void;
}

/** Throws when twilio-run does not start. Its output goes to this process's output. */
export async function startTwilioRun({
  envFile,
  functionsFolder,
  assetsFolder,
}: RuntimeOptions): Promise<RuntimeProcess> {
  const port = await findFreePort();
  const require = createRequire(import.meta.url);
  const twilioRun = join(dirname(require.resolve('twilio-run/package.json')), 'bin/twilio-run.js');
  const preload = pathToFileURL(join(import.meta.dirname, 'preload.mjs')).href;
  const home = resolve(import.meta.dirname, '../..');
  const child = spawn(
    process.execPath,
    [
      ...['--import', preload],
      ...[twilioRun, 'start'],
      ...['--functions-folder', relative(home, functionsFolder)],
      ...['--assets-folder', relative(home, assetsFolder)],
      ...['--port', String(port), '--env', resolve(envFile)],
      // One process for all requests. A process for each one costs a quarter of a second.
      ...['--no-fork-process', '--log-level', 'warn'],
      // The preload reloads changed functions. The default `--live` clears all modules before each request.
      '--no-live',
    ],
    {
      cwd: home,
      env: { ...process.env, FUNCTIONS_FOLDER: functionsFolder },
      // When this process ends, the channel closes, and twilio-run ends too.
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  );
  const ended = new Promise<string>((resolveEnded) => {
    child.once('error', (error) => resolveEnded(error.message));
    child.once('exit', (code, signal) => resolveEnded(signal ?? `exit code ${code}`));
  });
  let reason: string | undefined;
  void ended.then((value) => {
    reason = value;
  });

  const deadlineMs = Date.now() + START_TIMEOUT_MS;
  while (!(await isListening(port))) {
    if (reason === undefined && Date.now() < deadlineMs) {
      await new Promise((wait) => setTimeout(wait, 50));
      continue;
    }
    child.kill();
    const why = reason ?? `it did not listen within ${START_TIMEOUT_MS / 1000} s`;
    throw new Error(`Failed to start twilio-run on port ${port}: ${why}. Its output is above.`);
  }
  return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, ended, stop: () => child.kill() };
}

/** Connects without sending a request, which twilio-run would log. */
function isListening(port: number): Promise<boolean> {
  return new Promise((resolveAnswer) => {
    const probe = connect(port, '127.0.0.1', () => {
      probe.destroy();
      resolveAnswer(true);
    });
    probe.once('error', () => resolveAnswer(false));
  });
}

function findFreePort(): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolvePort(port));
    });
  });
}
