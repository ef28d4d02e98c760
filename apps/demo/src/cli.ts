/** `npm start`: starts the demo and prints the one address to open. */
import { parseArgs } from 'node:util';
import { startDemo } from './demo';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: process.env.PORT ?? '4010' },
    'functions-port': { type: 'string', default: '4020' },
  },
});

const demo = await startDemo({
  port: Number(values.port),
  functionsPort: Number(values['functions-port']),
  onLog: (line) => console.log(line),
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
