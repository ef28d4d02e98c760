/**
 * Runs the functions as a separate process, as on Twilio: the built local server of apps/functions. Imports no code of
 * that app.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SANDBOX_ACCOUNT } from '@chat-transfer/flex-sandbox';
import type { FunctionSettings } from './account';

/** How often a killed local server is restarted. After that, something must be wrong with the machine. */
const MAX_RESTARTS = 5;

export interface FunctionsOptions {
  /** 0 for any free port. */
  readonly port: number;
  /** The folder for the files of settings. */
  readonly folder: string;
  readonly settings: FunctionSettings;
  readonly allowedOrigins: readonly string[];
  /** Receives the log of the functions. Default: it is dropped. */
  readonly onLog?: (line: string) => void;
  /** Called when the functions have ended and are not restarted. The reason is printed to the console. */
  readonly onLost?: () => void;
  /** The script of the local server. Default: the one of apps/functions. */
  readonly server?: string;
}

export interface FunctionsProcess {
  readonly url: string;
  stop(): Promise<void>;
}

/** Rejects with `EADDRINUSE` when the port is taken. */
export async function startFunctions({
  port,
  folder,
  settings,
  allowedOrigins,
  onLog = () => {},
  onLost = () => {},
  server = fileURLToPath(import.meta.resolve('chat-transfer-functions/local-server')),
}: FunctionsOptions): Promise<FunctionsProcess> {
  const envFile = join(folder, 'functions.env');
  writeFileSync(
    envFile,
    formatEnv({
      ACCOUNT_SID: SANDBOX_ACCOUNT.accountSid,
      AUTH_TOKEN: SANDBOX_ACCOUNT.authToken,
      TWILIO_API_KEY: SANDBOX_ACCOUNT.apiKeySid,
      TWILIO_API_SECRET: SANDBOX_ACCOUNT.apiKeySecret,
      WEBCHAT_SESSION_SECRET: randomBytes(32).toString('base64url'),
      LEDGER_SECRET: randomBytes(32).toString('base64url'),
      ALLOWED_ORIGINS: allowedOrigins.join(','),
      ...settings.environment,
    }),
  );
  // Twilio's tools deploy the files of this folder with the functions. `private` keeps browsers out.
  const assets = join(folder, 'assets');
  mkdirSync(assets, { recursive: true });
  writeFileSync(join(assets, 'chat-transfer.private.json'), JSON.stringify(settings.document));

  await assertPortIsFree(port);
  const start = (atPort: number) =>
    startLocalServer(server, ['--port', String(atPort), '--env', envFile, '--assets', assets], onLog);
  let running = await start(port);
  const { url } = running;
  let isStopping = false;

  async function keepRunning(): Promise<void> {
    for (let restarts = 0; ; restarts += 1) {
      const { code, signal } = await running.ended;
      if (isStopping) return;
      // The local server restarts twilio-run itself. It exits with a code only when these restarts fail.
      if (signal === null || restarts === MAX_RESTARTS) {
        const reason = signal ?? `exit code ${code}`;
        throw new Error(`Failed to keep the functions running: the local server ended (${reason}).`);
      }
      console.error(`The functions ended (${signal}). Restarting them…`);
      // At the same port, because the pages and TaskRouter have the first URL.
      running = await start(Number(new URL(url).port));
      if (isStopping) return void running.child.kill();
      console.error('The functions are running again.');
    }
  }
  keepRunning().catch((error: Error) => {
    console.error(`${error.message} Its output is above. Fix the cause, then start again.`);
    onLost();
  });

  return {
    url,
    async stop() {
      isStopping = true;
      running.child.kill();
      await running.ended;
    },
  };
}

interface LocalServer {
  readonly url: string;
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

/** Resolves when the functions answer requests. */
async function startLocalServer(
  server: string,
  args: readonly string[],
  onLog: (line: string) => void,
): Promise<LocalServer> {
  const child = spawn(process.execPath, [server, ...args], {
    // The IPC channel disconnects when this process ends, even if it is killed. Then the local server stops.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  const url = await new Promise<string>((resolve, reject) => {
    void ended.then(({ code, signal }) =>
      reject(new Error(`Failed to start the functions: the local server ended (${signal ?? code}).`)),
    );
    if (child.stdout === null) throw new Error('Failed to start the functions: they have no output.');
    createInterface({ input: child.stdout }).on('line', (line) => {
      const ready = /^Functions at (\S+)$/.exec(line)?.[1];
      if (ready === undefined) onLog(line);
      else resolve(ready);
    });
  });
  return { url, child, ended };
}

/** Rejects with `EADDRINUSE` when the port is taken. */
function assertPortIsFree(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()));
  });
}

const formatEnv = (values: FunctionSettings['environment']) =>
  Object.entries(values)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('');
