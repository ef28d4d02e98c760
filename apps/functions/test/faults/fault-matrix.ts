/** The fault matrix: every call of a situation with every fault, and what is different at the end from a run without one. */
import type { Backend } from '@chat-transfer/transfer-core';
import type { Call } from '../support/fault-injector';
import {
  type FunctionsFixture,
  type FunctionsFixtureOptions,
  startFunctionsFixture,
} from '../support/functions-fixture';
import { listFaults, type MatrixFault } from './matrix-faults';
import type { Outcome } from './outcome';
import { runSituation, type SituationRun } from './run-situation';
import type { Situation } from './situation';

/** One fault in one call. */
interface CellId {
  readonly call: Call;
  readonly fault: MatrixFault;
}

/**
 * `same`: as without a fault. `needs event again`: the functions could not record the event, and TaskRouter sends it
 * only once; another delivery makes it the same. `different`: neither.
 */
type Ending = 'same' | 'needs event again' | 'different';

export interface Cell extends CellId {
  readonly backend: Backend;
  readonly endpoint: string;
  readonly situation: string;
  readonly ending: Ending;
  /** What is different. */
  readonly differences: readonly string[];
}

/** The fixture that situations run in. */
export type Setup = Pick<FunctionsFixtureOptions, 'backend' | 'isTexting' | 'settings'>;

/** Chooses which cells run. */
export type ChooseCells = (cells: readonly CellId[]) => readonly CellId[];

export interface FaultMatrix {
  runAll(situation: Situation, chooseCells?: ChooseCells): Promise<readonly Cell[]>;
  close(): Promise<void>;
}

/** What earlier runs leave behind slows down every later one. */
const RUNS_PER_ACCOUNT = 8;
/** Twilio stops a function after ten seconds. */
const MAX_ANSWER_MS = 10_000;

export async function openFaultMatrix(setup: Setup): Promise<FaultMatrix> {
  // The fixture reads them for every request.
  const settings = { ...setup.settings, CHAT_TRANSFER_RELEASE: '' };
  const fixture = await startFunctionsFixture({ ...setup, settings });
  return {
    runAll(situation, chooseCells = (cells) => cells) {
      settings.CHAT_TRANSFER_RELEASE = situation.release ?? 'immediately';
      // The report distinguishes situations by name.
      const name = setup.isTexting ? `${situation.name}, by text` : situation.name;
      return runCells(fixture, { ...situation, name }, chooseCells);
    },
    close: () => fixture.close(),
  };
}

async function runCells(
  fixture: FunctionsFixture,
  situation: Situation,
  chooseCells: ChooseCells,
): Promise<readonly Cell[]> {
  let runs = 0;
  const run = async (cell?: CellId) => {
    if (runs % RUNS_PER_ACCOUNT === 0) await fixture.reset();
    runs += 1;
    if (cell === undefined) return runSituation(fixture, situation);
    const { call, fault } = cell;
    return runSituation(fixture, situation, {
      kind: fault,
      hits: ({ name, nth }) => name === call.name && nth === call.nth,
    });
  };
  const faultless = await run();
  const problems = [...findAnswerProblems(faultless), ...faultless.outcome.problems];
  if (problems.length > 0 || faultless.answers.length > 1) {
    const answer = JSON.stringify(faultless.answers[0]?.body);
    throw new Error(
      `${situation.endpoint}, ${situation.name} fails without a fault: ${answer} ${problems.join('\n')}`,
    );
  }
  const ids = faultless.calls.flatMap((call) =>
    listFaults(call.name).map((fault): CellId => ({ call, fault })),
  );
  const cells: Cell[] = [];
  for (const id of chooseCells(ids)) {
    const { backend } = fixture;
    const { endpoint, name } = situation;
    cells.push({ ...id, backend, endpoint, situation: name, ...compareRuns(await run(id), faultless, id) });
  }
  return cells;
}

function compareRuns(
  run: SituationRun,
  faultless: SituationRun,
  { call, fault }: CellId,
): Pick<Cell, 'ending' | 'differences'> {
  const { outcome, outcomeOfRedelivery, isFaultHit } = run;
  const ofAnswers = [
    ...(isFaultHit ? [] : [`${call.name} was not called, so "${fault}" hit nothing`]),
    ...findAnswerProblems(run),
  ];
  const differences = [...ofAnswers, ...compareOutcomes(outcome, faultless.outcome)];
  if (differences.length === 0) return { ending: 'same', differences };
  // An event that was recorded must end like without a fault, without another delivery.
  const mayBeUnrecorded = outcomeOfRedelivery !== undefined && call.name.includes(' sync ');
  if (!mayBeUnrecorded) return { ending: 'different', differences };
  const afterRedelivery = [...ofAnswers, ...compareOutcomes(outcomeOfRedelivery, faultless.outcome)];
  return {
    ending: afterRedelivery.length === 0 ? 'needs event again' : 'different',
    differences: afterRedelivery,
  };
}

function findAnswerProblems({ kind, answers, longestAnswerMs }: SituationRun): string[] {
  const last = answers.at(-1);
  const failures = answers.flatMap((answer) =>
    answer === undefined || answer.status === 200 ? [] : [answer],
  );
  return [
    ...(longestAnswerMs > MAX_ANSWER_MS ? [`an answer took ${longestAnswerMs} ms`] : []),
    // TaskRouter does not wait for the answer to an event, and does not send it again.
    ...(kind === 'event' || last?.status === 200 ? [] : [`the last answer is ${JSON.stringify(last?.body)}`]),
    ...failures.flatMap(({ status, body }) => {
      const allowsRetry = body.retryable === true && ['twilio-failed', 'busy'].includes(String(body.code));
      return allowsRetry && status >= 500 ? [] : [`an answer is ${status} ${JSON.stringify(body)}`];
    }),
  ];
}

/** Problems of the outcome, then the lines that are missing, different or unexpected. */
function compareOutcomes({ lines, problems }: Outcome, { lines: expected }: Outcome): string[] {
  const missing = expected.filter((line) => !lines.includes(line));
  const unexpected = lines.filter((line) => !expected.includes(line));
  const subject = (line: string) => line.split(': ', 1)[0];
  return [
    ...problems,
    ...missing.map((line) => {
      const other = unexpected.find((candidate) => subject(candidate) === subject(line));
      return other === undefined
        ? `missing: ${line}`
        : `${subject(line)} should be ${showDifference(line, other)} and is ${showDifference(other, line)}`;
    }),
    ...unexpected
      .filter((line) => !missing.some((candidate) => subject(candidate) === subject(line)))
      .map((line) => `unexpected: ${line}`),
  ];
}

/** Characters shown around a difference. */
const CONTEXT = 30;

/** The part of `line` that differs from `other`. */
function showDifference(line: string, other: string): string {
  let start = 0;
  while (start < line.length && line[start] === other[start]) start += 1;
  let end = 0;
  while (end < line.length - start && end < other.length - start && line.at(-1 - end) === other.at(-1 - end))
    end += 1;
  return `…${line.slice(Math.max(start - CONTEXT, 0), line.length - end + CONTEXT)}…`;
}
