/** `flex-sandbox [--port PORT]`: a sandbox on this machine until it is stopped. */
import { parseArgs } from 'node:util';
import { startSandbox } from './sandbox.js';

const DEFAULT_PORT = 4010;

const { values } = parseArgs({ options: { port: { type: 'string', default: String(DEFAULT_PORT) } } });
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`--port must be a number from 0 to 65535, not ${values.port}.`);
  process.exit(2);
}

// The same SIDs in every run, so that what was configured against the last one still fits.
const sandbox = await startSandbox({ port, seed: 'flex-sandbox' });
const { accountSid, authToken } = sandbox.account;
console.log(`Flex sandbox   ${sandbox.url}
Account        ${accountSid}
Auth token     ${authToken}
Twilio's APIs  ${sandbox.url}/HOST/PATH for https://HOST/PATH`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void sandbox.close().then(() => process.exit(0));
  });
}
