/** The functions as a process of their own, as they run on Twilio: nothing of theirs is imported here. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SANDBOX_ACCOUNT } from '@chat-transfer/flex-sandbox';
import type { FunctionSettings } from './account';

export interface FunctionsOptions {
  readonly port: number;
  /** Where the settings are written. */
  readonly folder: string;
  readonly settings: FunctionSettings;
  readonly allowedOrigins: readonly string[];
  readonly onLog?: (line: string) => void;
}

export interface FunctionsProcess {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startFunctions({
  port,
  folder,
  settings,
  allowedOrigins,
  onLog = () => {},
}: FunctionsOptions): Promise<FunctionsProcess> {
  const envFile = join(folder, 'functions.env');
  writeFileSync(
    envFile,
    toEnv({
      ACCOUNT_SID: SANDBOX_ACCOUNT.accountSid,
      AUTH_TOKEN: SANDBOX_ACCOUNT.authToken,
      TWILIO_API_KEY: SANDBOX_ACCOUNT.apiKeySid,
      TWILIO_API_SECRET: SANDBOX_ACCOUNT.apiKeySecret,
      WEBCHAT_SESSION_SECRET: randomBytes(32).toString('base64url'),
      ALLOWED_ORIGINS: allowedOrigins.join(','),
      ...settings,
    }),
  );

  const server = fileURLToPath(import.meta.resolve('chat-transfer-functions/local-server'));
  const child = spawn(process.execPath, [server, '--port', String(port), '--env', envFile], {
    // The channel tells the functions when this process is gone, however it ends.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));

  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) =>
      reject(new Error(`The functions stopped (${code}) before they were ready.`)),
    );
    if (child.stdout === null) throw new Error('The functions have no output to read their address from.');
    createInterface({ input: child.stdout }).on('line', (line) => {
      const ready = /^Functions at (\S+)$/.exec(line)?.[1];
      if (ready === undefined) onLog(line);
      else resolve(ready);
    });
  });

  return {
    url,
    stop() {
      child.kill();
      return ended;
    },
  };
}

const toEnv = (values: FunctionSettings) =>
  Object.entries(values)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('');
