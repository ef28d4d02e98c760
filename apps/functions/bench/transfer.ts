/**
 * `npm run bench -- transfer`: how many calls to Twilio a transfer takes, how many of them one after another, and how
 * long that takes with the latency of the internet.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Backend } from '@chat-transfer/transfer-core';
import { BACKENDS } from '../test/support/twilio-chats';
import { LATENCIES, startBenchFixture } from './bench-fixture';
import { formatJourneyTable, formatJsonLines, formatRequestTable, type Run } from './figures';
import { measureJourneys } from './journeys';
import { measureLateAccept, measureRequests } from './requests';

const { values } = parseArgs({
  options: {
    /** The number of measurements; the figures are medians. */
    runs: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) {
  console.error(`Failed to start: --runs is ${values.runs}. Set it to a whole number from 1.`);
  process.exit(1);
}

const NAMES: Readonly<Record<Backend, string>> = {
  'programmable-chat': 'Programmable Chat',
  conversations: 'Flex Conversations',
};
const { twilioMs, browserMs, pushMs } = LATENCIES;
const INTRODUCTION = `
The built functions in one process, without cold starts. Every call to Twilio takes ${twilioMs} ms longer than the sandbox needs for it.
Medians of ${runs} runs; a count that differs is shown as a range.

First single requests, from their arrival at the function to the answer. Then journeys, from the click: a browser's
request takes ${browserMs} ms more, a page shows an event ${pushMs} ms later, and people need no time. "Chain" counts calls and
requests of browsers one after another. "original": the feature this product started from, on Programmable Chat, with
the same latencies; in brackets the first transfer of a session.
`;

const startedAt = performance.now();
const functions = resolve(import.meta.dirname, '../functions');
for (const [index, backend] of BACKENDS.entries()) {
  const all = await measureAll(backend);
  process.stdout.write(
    values.json
      ? formatJsonLines(backend, all)
      : `${index === 0 ? INTRODUCTION : ''}${formatReport(backend, all)}`,
  );
}
if (!values.json) process.stdout.write(`Took ${Math.round((performance.now() - startedAt) / 1000)} s.\n`);

async function measureAll(backend: Backend): Promise<readonly Run[]> {
  const fixture = await startBenchFixture(functions, backend);
  const all: Run[] = [];
  while (all.length < runs) {
    process.stderr.write(`${NAMES[backend]}, run ${all.length + 1} of ${runs}…\n`);
    all.push({
      ...(await measureRequests(fixture)),
      ...(await measureJourneys(fixture)),
      'accept-late': await measureLateAccept(fixture),
    });
  }
  await fixture.close();
  return all;
}

function formatReport(backend: Backend, all: readonly Run[]): string {
  return `
### ${NAMES[backend]}

${formatRequestTable(all)}
${formatJourneyTable(all)}`;
}
