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
  ending: v.picklist(['same', 'needs event again', 'different']),
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
  ['8 s late', 'The call reaches Twilio 8 s late.'],
  [
    'outage',
    'Twilio refuses this call and every later call of the same name with 503, until the function has answered.',
  ],
  ['crash after', 'The function crashes after the effect of the call.'],
];

/** `results`: the output of vitest's JSON reporter. */
export function readCells(results: unknown): readonly Cell[] {
  const { testResults } = v.parse(ResultsSchema, results);
  return testResults.flatMap(({ assertionResults }) => assertionResults.flatMap(({ meta }) => meta.cells));
}

export function formatFaultMatrix(cells: readonly Cell[]): string {
  const endpoints = groupBy(cells, ({ endpoint }) => endpoint);
  const count = (ending: Cell['ending']) => cells.filter((cell) => cell.ending === ending).length;
  return `# Fault matrix

Every call to Twilio of every function, with every fault, one at a time, on both backends. \`npm run bench -- faults --write\` writes this page;
[\`apps/functions/test/faults\`](../apps/functions/test/faults) runs the matrix. \`npm test\` runs a sample of its cells and \`npm run test:full\` all of them; a cell that
ends differently is a failed test. The functions, Twilio's helper library and the sandbox are the real ones, and time is virtual. The calls are those of a run without a fault.

After the fault, the page retries as the plugin does (three attempts), TaskRouter sends its other events, 12 s pass, and one more event of the chat arrives. Then everything
must be as without a fault: the tasks and their attributes, reservations, agents, the chat and its attributes, the participants of the interaction, every notice once and in
order, texts to the customer, the ledger, and an empty outbox. No answer may take longer than 10 s, and an answer that fails must allow a retry.

${formatTable(['Column', 'Fault'], COLUMNS)}
"By text" in a situation: the customer writes by SMS, and a setting names three kinds of notices that are texted.

✓ as without a fault · ↻ the functions could not record the event, and TaskRouter sends it only once: the chat stays as if it had not happened until the task's next event; if
the event is sent again, the chat is as without a fault · ✗ different · empty: the fault cannot hit the call, or for a read is the same as another one

${count('same')} of ${cells.length} cells end as without a fault, ${count('needs event again')} need the event again, ${count('different')} end differently. Calls with the same name in several situations of a function share a row.
${[...endpoints].map(([endpoint, ofEndpoint]) => formatEndpoint(endpoint, ofEndpoint)).join('')}
## Interleaved requests

Two requests at the same time, 20 times each on each backend with other latencies of the calls: both agents complete, both leave, one completes and the customer ends the
chat, one cancels and one accepts. The chat ends once (on Flex Conversations the interaction is closed once), one side wins, and the answer, the notices and the ledger
agree ([\`interleavings.test.ts\`](../apps/functions/test/faults/interleavings.test.ts)).

## What the functions do not repair

When a function crashes after \`POST flex-api Channels\` or \`POST flex-api WebChats\`, the customer's retry starts another chat. The first chat stays open without its customer until
an agent completes it.
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

function formatEnding(cells: readonly Cell[]): string {
  const count = (ending: Cell['ending']) => cells.filter((cell) => cell.ending === ending).length;
  if (cells.length === 0) return '';
  const different = count('different');
  if (different > 0) return `✗ ${different} of ${cells.length}`;
  const again = count('needs event again');
  return again === 0 ? '✓' : again === cells.length ? '↻' : `✓ ↻ ${again} of ${cells.length}`;
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
