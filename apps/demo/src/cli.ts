/** `npm start`: starts the demo and prints the one address to open. */
import { parseArgs } from 'node:util';
import { startDemo } from './demo';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: process.env.PORT ?? '4010' },
    'functions-port': { type: 'string', default: '0' },
    /** Prints what the functions log. */
    verbose: { type: 'boolean', default: false },
  },
});

const demo = await startDemo({
  port: Number(values.port),
  functionsPort: Number(values['functions-port']),
  ...(values.verbose ? { onLog: console.log } : {}),
}).catch((error: NodeJS.ErrnoException) => {
  console.error(
    error.code === 'EADDRINUSE'
      ? `Failed to start: port ${values.port} is taken. Choose another one: PORT=4011 npm start`
      : error,
  );
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
