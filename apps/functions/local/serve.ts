/**
 * The functions on this machine: the real `twilio-run`, behind a front that checks Twilio's signature for protected
 * functions and hides private ones, as hosted Functions do and twilio-run does not.
 *
 *   node dist/local/local-server.mjs --port 4020 --env .env
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startFront } from './front';
import { startTwilioRun } from './twilio-run';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4020' },
    /** A file of settings, as twilio-run reads it. */
    env: { type: 'string', default: '.env' },
  },
});

// Before anything is started, so that nothing is left behind. `disconnect`: whoever started this process is gone.
for (const end of ['SIGINT', 'SIGTERM', 'disconnect'] as const) {
  process.on(end, () => process.exit(0));
}

const runtime = await startTwilioRun(values.env);
const front = await startFront({
  port: Number(values.port),
  runtimeUrl: runtime.url,
  functionsFolder: resolve(import.meta.dirname, '../functions'),
  authToken: runtime.authToken,
}).catch((error: NodeJS.ErrnoException) => {
  const taken = `Failed to start the functions: port ${values.port} is taken. Choose another one with --port.`;
  console.error(error.code === 'EADDRINUSE' ? taken : error);
  process.exit(1);
});
console.log(`Functions at ${front.url}`);

runtime.onExit((code) => {
  console.error(`twilio-run stopped (${code}).`);
  process.exit(1);
});
