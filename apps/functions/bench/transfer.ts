/**
 * `npm run bench -- transfer`: how many calls to Twilio a transfer takes, how many of them one after another, and how
 * long that is when each of them takes what it takes over the internet.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Backend } from '@chat-transfer/transfer-core';
import { BACKENDS } from '../test/support/twilio-chats';
import { runJourneys } from './journeys';
import { prepareLateAccept, runRequests } from './requests';
import { journeyTable, jsonLines, type Run, requestTable } from './table';
import { LATENCIES, startWorld } from './bench-fixture';

const { values } = parseArgs({
  options: {
    /** How often everything is run; the figures are medians. */
    runs: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) {
  console.error(`Failed to start: --runs is a whole number from 1, not ${values.runs}.`);
  process.exit(1);
}

const NAMES: Readonly<Record<Backend, string>> = {
  'programmable-chat': 'Programmable Chat',
  conversations: 'Flex Conversations',
};
const { twilioMs, browserMs, pushMs } = LATENCIES;
const INTRODUCTION = `
Every call to Twilio takes ${twilioMs} ms longer than the sandbox's answer to it. The built functions, in one process, warm.
Medians of ${runs} runs; a count that differed is shown from the least to the most.

First requests alone, from their coming in at the function to the answer. Then journeys, from the click: a browser's
request takes ${browserMs} ms more, a page learns of what happened ${pushMs} ms after, and people do the next thing at once. "Chain"
counts everything one after another, requests of browsers too. "original": the feature this product started from, on
Programmable Chat, under the same latencies; in brackets the first transfer of a session.
`;

const startedAt = performance.now();
const functions = resolve(import.meta.dirname, '../functions');
for (const [index, backend] of BACKENDS.entries()) {
  const all = await runAll(backend);
  process.stdout.write(
    values.json ? jsonLines(backend, all) : `${index === 0 ? INTRODUCTION : ''}${report(backend, all)}`,
  );
}
if (!values.json) process.stdout.write(`Took ${Math.round((performance.now() - startedAt) / 1000)} s.\n`);

async function runAll(backend: Backend): Promise<readonly Run[]> {
  const world = await startWorld(functions, backend);
  const all: Run[] = [];
  while (all.length < runs) {
    process.stderr.write(`${NAMES[backend]}, run ${all.length + 1} of ${runs}…\n`);
    const acceptLate = await prepareLateAccept(world);
    const samples = { ...(await runRequests(world)), ...(await runJourneys(world)) };
    all.push({ ...samples, 'accept-late': await acceptLate() });
  }
  await world.close();
  return all;
}

function report(backend: Backend, all: readonly Run[]): string {
  return `
### ${NAMES[backend]}

${requestTable(all)}
${journeyTable(all)}`;
}
