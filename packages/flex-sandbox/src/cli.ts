#!/usr/bin/env node
/** `flex-sandbox [--port PORT]`: runs a sandbox until SIGINT or SIGTERM. */
import { describeStartFailure, parseCliOptions, USAGE } from './cli-options.js';
import { startSandbox } from './sandbox.js';

const options = parseCliOptions(process.argv.slice(2));
switch (options.kind) {
  case 'help':
    console.log(USAGE);
    break;
  case 'refused':
    console.error(`${options.reason}\n\n${USAGE}`);
    process.exitCode = 2;
    break;
  case 'start':
    await start(options.port);
}

async function start(port: number): Promise<void> {
  // SIDs are the same in every run, so that `.env` files with SIDs stay valid.
  const sandbox = await startSandbox({ port, seed: 'flex-sandbox' }).catch((error: unknown) => {
    console.error(describeStartFailure(error, port) ?? error);
    process.exit(1);
  });
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
}
