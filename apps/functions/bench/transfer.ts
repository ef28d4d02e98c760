/**
 * `npm run bench -- transfer`: how many calls to Twilio a transfer takes, how many of them one after another, and how
 * long that is when each of them takes what it takes over the internet.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runJourneys } from './journeys';
import { prepareLateAccept, runRequests } from './requests';
import { journeyTable, jsonLines, type Run, requestTable } from './table';
import { LATENCIES, startWorld } from './world';

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

const startedAt = performance.now();
const world = await startWorld(resolve(import.meta.dirname, '../functions'));
const all: Run[] = [];
while (all.length < runs) {
  process.stderr.write(`Run ${all.length + 1} of ${runs}…\n`);
  const acceptLate = await prepareLateAccept(world);
  const samples = { ...(await runRequests(world)), ...(await runJourneys(world)) };
  all.push({ ...samples, 'accept-late': await acceptLate() });
}
await world.close();

process.stdout.write(values.json ? jsonLines(all) : report());

function report(): string {
  const { twilioMs, browserMs, pushMs } = LATENCIES;
  return `
Programmable Chat. Every call to Twilio takes ${twilioMs} ms longer than the sandbox's answer to it. The built functions, in
one process, warm. Medians of ${runs} runs; a count that differed is shown from the least to the most.

Requests alone, from their coming in at the function to the answer:

${requestTable(all)}
Journeys, from the click: a browser's request takes ${browserMs} ms more, a page learns of what happened ${pushMs} ms after, and
people do the next thing at once. "Chain" counts everything one after another, requests of browsers too. "original": the
feature this product started from, under the same latencies; in brackets the first transfer of a session.

${journeyTable(all)}
Took ${Math.round((performance.now() - startedAt) / 1000)} s.
`;
}
