/** Starts the demo, prints the address to open and runs until it is stopped. Called by scripts/start.mjs. */
import { HELP, parseCliOptions } from './cli-options.js';
import { startDemo } from './demo';

const options = parseCliOptions(process.argv.slice(2), process.env);
if (options.kind === 'help') {
  console.log(HELP);
  process.exit(0);
}
if (options.kind === 'refused') {
  console.error(`${options.why}\n\n${HELP}`);
  process.exit(2);
}

const { port, functionsPort, verbose } = options;
const demo = await startDemo({
  port,
  functionsPort,
  onFunctionsLost: () => process.exit(1),
  ...(verbose ? { onLog: console.log } : {}),
}).catch((error: NodeJS.ErrnoException & { readonly port?: number }) => {
  console.error(error.code === 'EADDRINUSE' ? describeTakenPort(error.port) : error);
  process.exit(1);
});

console.log(`
  Chat transfer for Twilio Flex, on this machine only

  Open   ${demo.url.replace('127.0.0.1', 'localhost')}

  Two agents in the real Flex UI and a customer's webchat. Ctrl+C stops everything.
`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    demo.close().then(() => process.exit(0));
  });
}

function describeTakenPort(takenPort = port): string {
  const flag = takenPort === functionsPort ? '--functions-port' : '--port';
  return `Failed to start: port ${takenPort} is taken. Choose another one: npm start -- ${flag} ${takenPort + 1}`;
}
