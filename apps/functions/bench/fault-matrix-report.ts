/** The fault matrix as a page of Markdown: how every call of every function ends with every fault. */
import { type Backend, BackendSchema } from '@chat-transfer/transfer-core';
import * as v from 'valibot';
import { MATRIX_FAULTS } from '../test/faults/matrix-faults';
import { formatTable } from './markdown-table';

const CellSchema = v.object({
  backend: BackendSchema,
  endpoint: v.string(),
  situation: v.string(),
  call: v.object({ name: v.string(), nth: v.number() }),
  fault: v.picklist(MATRIX_FAULTS),
  page: v.picklist(['open', 'closed']),
  ending: v.picklist(['same', 'failed', 'not begun', 'late', 'wrong']),
});
type Cell = v.InferOutput<typeof CellSchema>;

const ResultsSchema = v.object({
  testResults: v.array(
    v.object({
      assertionResults: v.array(v.object({ meta: v.object({ cells: v.optional(v.array(CellSchema), []) }) })),
    }),
  ),
});

const COLUMNS = [
  ['412, 429, 500, 503', 'Twilio refuses the call with this status, once.'],
  ['404 after effect', 'Conversations adds the participant and answers 404.'],
  ['lost before, lost after', 'The connection ends before the effect of the call, or after it.'],
  ['hangs before, hangs after', 'The call gets no answer, before its effect or after it.'],
  ['8 s late', 'The call reaches Twilio 8 s late. The function has given it up by then.'],
  [
    'outage',
    'Twilio refuses this call and every later call of the same name with 503, until the function has answered.',
  ],
  ['crash after', 'The function crashes after the effect of the call.'],
  ['two faults', 'Two different calls of the run have one of the faults above each. A seed chooses them.'],
  ['Sync down', 'Sync refuses every call with 503 for 7 minutes.'],
  ['events lost', 'No event of TaskRouter about the chat arrives.'],
  ['events late', 'TaskRouter’s events arrive 5 minutes late, the latest first.'],
];

/** What a cell shows for each ending. */
const SYMBOLS: Readonly<Record<Cell['ending'], string>> = {
  same: '✓',
  failed: 'f',
  'not begun': 'n',
  late: 'l',
  wrong: '✗',
};

/** `results`: the output of vitest's JSON reporter. */
export function readCells(results: unknown): readonly Cell[] {
  const { testResults } = v.parse(ResultsSchema, results);
  return testResults.flatMap(({ assertionResults }) => assertionResults.flatMap(({ meta }) => meta.cells));
}

export function formatFaultMatrix(cells: readonly Cell[]): string {
  const endpoints = groupBy(cells, ({ endpoint }) => endpoint);
  const count = (ending: Cell['ending']) => cells.filter((cell) => cell.ending === ending).length;
  return `# Fault matrix

Every call to Twilio of every function, with every fault, on both backends, with the page open and with the page closed. \`npm run bench -- faults --write\` writes this page;
[\`apps/functions/test/faults\`](../apps/functions/test/faults) runs the matrix. \`npm test\` runs a sample of its cells and \`npm run test:full\` all of them; a cell that ends
wrong is a failed test. The functions, Twilio's helper library and the sandbox are the real ones, and time is virtual. The calls are those of a run without a fault. The clocks of
the two hosts that the functions run on differ by 30 s.

An open page retries as the plugin does (three attempts) and sweeps. A closed page has sent its request once. For an event no page is open. After that only what acts by itself
helps: TaskRouter sends its events, an agent accepts a chat that comes back to them, and sweeps run. Two minutes after the end of the fault or of the answer time, whichever is
later, these are compared with a run without a fault: the open tasks and their attributes, reservations, agents, the chat and its attributes, the participants of the interaction,
every notice once and in order, texts to the customer, and the ledger, whose outbox must be empty. Notices must agree with who is in the chat. No answer may take longer than
10 s, and an answer that fails must allow a retry.

${formatTable(['Column', 'Fault'], COLUMNS)}
"By text" in a situation: the customer writes by SMS, and a setting names three kinds of notices that are texted.

✓ as without a fault · f the transfer has failed, a notice says so, and its agent is in the chat · n as if the request had not been sent, and its sender was not told otherwise ·
l as without a fault, after the functions have compared the task with TaskRouter, which they do within 30 minutes, or scanned all ledgers, within an hour · ✗ wrong · empty: the fault cannot hit the call, or for a read
is the same as another one

Of ${cells.length} cells, ${count('same')} end as without a fault, ${count('failed')} as a failed transfer, ${count('not begun')} as if nothing had begun, ${count('late')} late, and ${count('wrong')} wrong. Calls with the same name in several situations of a
function share a row.
${[...endpoints].map(([endpoint, ofEndpoint]) => formatEndpoint(endpoint, ofEndpoint)).join('')}
## Interleaved requests

Two requests at the same time, on two hosts, with other latencies of the calls each time: both agents complete, both leave, or both start a transfer (200 times on each backend),
one completes and the customer ends the chat, one cancels and one accepts (20 times). The chat ends once (on Flex Conversations the interaction is closed once), one side wins,
and the answer, the notices and the ledger agree ([\`interleavings.test.ts\`](../apps/functions/test/faults/interleavings.test.ts)). Of 200 starts of one chat from two hosts one
makes a task ([\`concurrent-starts.test.ts\`](../apps/functions/test/faults/concurrent-starts.test.ts)).

## What the functions do not repair

When a function crashes after \`POST flex-api Channels\` or \`POST flex-api WebChats\`, the customer's retry starts another chat. The first chat stays open without its customer until
an agent completes it.

When TaskRouter never processes the call that creates a transfer task, and does not answer it either, the transfer fails after 45 s instead of being tried again: the call may
still be on its way, and a second one could create a second task.

When no item of the index can be added during a whole request, what the request must check later waits for the scan of all ledgers, which takes up to an hour.
`;
}

function formatEndpoint(endpoint: string, cells: readonly Cell[]): string {
  const situations = [...new Set(cells.map(({ situation }) => situation))].sort();
  const rows = [...groupBy(cells, ({ call }) => call.name)].flatMap(([name, ofCall]) =>
    formatRows(ofCall).map((row) => [`\`${name}\``, ...row]),
  );
  return `
## ${endpoint}

${situations.join(' · ')}

${formatTable(['Call', 'Backend', ...MATRIX_FAULTS], rows)}`;
}

const BACKENDS: Readonly<Record<Backend, string>> = {
  'programmable-chat': 'Chat',
  conversations: 'Conversations',
};

/** A row for each backend that makes the call, or one for both if they are equal. */
function formatRows(cells: readonly Cell[]): readonly (readonly string[])[] {
  const rows = [...groupBy(cells, ({ backend }) => BACKENDS[backend])].map(([backend, ofBackend]) => [
    backend,
    ...MATRIX_FAULTS.map((fault) => formatEnding(ofBackend.filter((cell) => cell.fault === fault))),
  ]);
  const [[_one, ...first] = [], [_other, ...second] = []] = rows;
  return rows.length === 2 && first.join() === second.join() ? [['both', ...first]] : rows;
}

/** The endings of the cells, such as `✓ f`, and how many are wrong. */
function formatEnding(cells: readonly Cell[]): string {
  const wrong = cells.filter(({ ending }) => ending === 'wrong').length;
  if (wrong > 0) return `✗ ${wrong} of ${cells.length}`;
  const endings = new Set(cells.map(({ ending }) => ending));
  return Object.entries(SYMBOLS)
    .flatMap(([ending, symbol]) => ([...endings].some((one) => one === ending) ? [symbol] : []))
    .join(' ');
}

function groupBy(
  cells: readonly Cell[],
  keyOf: (cell: Cell) => string,
): ReadonlyMap<string, readonly Cell[]> {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const key = keyOf(cell);
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  // By name, so that two reports can be compared: calls side by side have no fixed order.
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}
