/**
 * Runs the functions on this machine: twilio-run, restarted when it ends, behind the gateway that checks what
 * hosted Functions check.
 *
 *   node dist/local/local-server.mjs --port 4020 --env .env
 *
 * Prints `Functions at URL` when it accepts requests.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, parseEnv } from 'node:util';
import { checkEnvironment } from './check-environment';
import { startGateway } from './gateway';
import { superviseRuntime } from './supervise-runtime';
import { startTwilioRun } from './twilio-run';

const { values } = parseArgs({
  options: {
    /** Where to listen; 0 for any free port. */
    port: { type: 'string', default: '4020' },
    /** A file of settings, as twilio-run reads it. */
    env: { type: 'string', default: '.env' },
    /** The built functions. */
    functions: { type: 'string', default: resolve(import.meta.dirname, '../functions') },
    /** The folder of `chat-transfer.private.json`, the document of settings. */
    assets: { type: 'string', default: resolve(import.meta.dirname, '../../assets') },
  },
});
const functionsFolder = resolve(values.functions);
const assetsFolder = resolve(values.assets);

// Registered before anything is started. `disconnect`: the process that started this one has ended.
for (const event of ['SIGINT', 'SIGTERM', 'disconnect'] as const) {
  process.on(event, () => process.exit(0));
}

const variables = parseEnv(readFileSync(values.env, 'utf8'));
const problem = checkEnvironment(variables);
if (problem !== undefined) {
  exitWith(
    `Failed to start the functions with ${values.env}: ${problem}. Shorten them. See docs/settings.md`,
  );
}
const authToken = variables.AUTH_TOKEN;
if (authToken === undefined) exitWith(`Failed to start the functions: ${values.env} sets no AUTH_TOKEN.`);

const runtime = await superviseRuntime({
  start: () => startTwilioRun({ envFile: values.env, functionsFolder, assetsFolder }),
  nowMs: Date.now,
  sleep,
  log: console.error,
  onGiveUp: () => process.exit(1),
});
process.once('exit', () => runtime.stop());

const gateway = await startGateway({
  port: Number(values.port),
  runtimeUrl: runtime.url,
  functionsFolder,
  authToken,
}).catch((error: NodeJS.ErrnoException) => {
  const taken = `Failed to start the functions: port ${values.port} is taken. Choose another one with --port.`;
  return exitWith(error.code === 'EADDRINUSE' ? taken : error);
});
console.log(`Functions at ${gateway.url}`);

function exitWith(why: unknown): never {
  console.error(why);
  process.exit(1);
}
