/** The cells of the fault tests as a table: what became of each call of each function with each thing that went wrong. */
import { type Backend, BackendSchema } from '@chat-transfer/transfer-core';
import * as v from 'valibot';
import { TROUBLES } from '../test/faults/matrix-faults';

const CellSchema = v.object({
  backend: BackendSchema,
  endpoint: v.string(),
  situation: v.string(),
  call: v.object({ name: v.string(), nth: v.number() }),
  trouble: v.picklist(TROUBLES),
  ending: v.picklist(['well', 'repeat', 'wrong']),
});
type Cell = v.InferOutput<typeof CellSchema>;

const ResultsSchema = v.object({
  testResults: v.array(
    v.object({
      assertionResults: v.array(v.object({ meta: v.object({ cells: v.optional(v.array(CellSchema), []) }) })),
    }),
  ),
});

/** Out of what vitest's JSON reporter wrote. */
export function readCells(results: unknown): readonly Cell[] {
  const { testResults } = v.parse(ResultsSchema, results);
  return testResults.flatMap(({ assertionResults }) => assertionResults.flatMap(({ meta }) => meta.cells));
}

export function faultsReport(cells: readonly Cell[]): string {
  const endpoints = groupBy(cells, ({ endpoint }) => endpoint);
  const count = (ending: Cell['ending']) => cells.filter((cell) => cell.ending === ending).length;
  return `## Faults

Every call to Twilio of every function goes wrong in every way, one at a time: \`npm run bench -- faults\` plays it
([\`apps/functions/test/faults\`](../apps/functions/test/faults)) on both backends, and \`npm test\` fails when one of them does not end well. The calls are those that a run makes in
which nothing goes wrong; the functions, the helper library and the sandbox are the real ones, and time is imagined.

After the fault the page asks again as the plugin does (three tries), TaskRouter tells what it has to tell, 12 s go by, and any other event
of the chat comes. Then everything must be as if nothing had gone wrong: tasks and their attributes, reservations, agents, the chat and its
attributes, who takes part in the interaction, every notice once and in order, texts to the customer, the ledger, and nothing left to do. No answer may
take longer than 10 s, and one that fails must say that asking again helps.

**412**, **429**, **500**, **503**: Twilio's answer, once. **Denied**: Conversations answers 404, and has added the participant. **Lost**: the connection,
before the call had its effect or after it. **8 s**: the call gets through late. **Outage**: 503 from this call on, to every call of its kind until the
function has answered. **Crash**: the function dies when the call has had its effect. **By text**: the customer writes by SMS, and three kinds of
notices are texted.

✓ as if nothing had gone wrong · ↻ the event could not be recorded, and TaskRouter tells it only once: as if it had not happened, until the next event of
the task; told again, all is well · ✗ not well · empty: reading twice is no different from reading once

${count('well')} of ${cells.length} end well, ${count('repeat')} need the event again, ${count('wrong')} do not end well. Calls with the same name in several situations of a function share a row.
${[...endpoints].map(([endpoint, ofEndpoint]) => endpointTable(endpoint, ofEndpoint)).join('')}
**Two at the same moment**, 20 times each on each backend, with other delays on the way to Twilio: both agents complete, both leave, one completes and
the customer ends the chat, one cancels and one accepts. The chat ends once (on Flex Conversations the interaction is closed once), one side wins, and
answer, notice and ledger say the same
([\`meetings.test.ts\`](../apps/functions/test/faults/meetings.test.ts)).

**Not made well by anybody**: when a function dies right after \`POST flex-api Channels\` or \`POST flex-api WebChats\`, the customer who asks again gets another
chat. The first one stays behind without its customer, until an agent completes it.
`;
}

function endpointTable(endpoint: string, cells: readonly Cell[]): string {
  const situations = [...new Set(cells.map(({ situation }) => situation))].sort();
  const rows = [...groupBy(cells, ({ call }) => call.name)].flatMap(([name, ofCall]) =>
    rowsOf(ofCall).map((row) => [`\`${name}\``, ...row]),
  );
  return `
### ${endpoint}

${situations.join(' · ')}

${table(['Call', 'Backend', ...TROUBLES], rows)}`;
}

const BACKENDS: Readonly<Record<Backend, string>> = {
  'programmable-chat': 'Chat',
  conversations: 'Conversations',
};

/** A row for each backend that makes the call; one for both when the same becomes of it. */
function rowsOf(cells: readonly Cell[]): readonly (readonly string[])[] {
  const rows = [...groupBy(cells, ({ backend }) => BACKENDS[backend])].map(([backend, ofBackend]) => [
    backend,
    ...TROUBLES.map((trouble) => mark(ofBackend.filter((cell) => cell.trouble === trouble))),
  ]);
  const [[_one, ...first] = [], [_other, ...second] = []] = rows;
  return rows.length === 2 && first.join() === second.join() ? [['both', ...first]] : rows;
}

function mark(cells: readonly Cell[]): string {
  const count = (ending: Cell['ending']) => cells.filter((cell) => cell.ending === ending).length;
  if (cells.length === 0) return '';
  const wrong = count('wrong');
  if (wrong > 0) return `✗ ${wrong} of ${cells.length}`;
  const again = count('repeat');
  return again === 0 ? '✓' : again === cells.length ? '↻' : `✓ ↻ ${again} of ${cells.length}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;
  return line(head) + line(widths.map((width) => '-'.repeat(width))) + rows.map(line).join('');
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
  // Calls side by side are not in one order: by name, so that two reports can be compared.
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}
