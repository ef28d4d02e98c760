/** Every call of a situation, with everything that can go wrong with it, and what is not as it should be then. */
import type { Backend } from '@chat-transfer/transfer-core';
import type { FunctionsFixture, InProcessOptions } from '../support/functions-fixture';
import { type BadLine, type Call, createBadLine, type Mishap } from '../support/fault-injector';
import { startDirectFixture } from '../support/direct-transport';
import type { Outcome } from './outcome';
import { type Played, playOnce } from './run-situation';
import type { Situation } from './situation';
import { type Trouble, troublesOf } from './matrix-faults';

/**
 * `well`: as if nothing had gone wrong. `repeat`: so it would be if the event were told again, which TaskRouter does not
 * do; until somebody tells of the thing by other means, it is as if it had not happened.
 */
type Ending = 'well' | 'repeat' | 'wrong';

export interface Cell {
  readonly backend: Backend;
  readonly endpoint: string;
  readonly situation: string;
  readonly call: Call;
  readonly trouble: Trouble;
  readonly ending: Ending;
  /** What is not as it should be. */
  readonly faults: readonly string[];
}

interface Matrix {
  readonly calls: readonly Call[];
  readonly cells: readonly Cell[];
}

/** What earlier runs have left behind makes every look at the world a little slower. */
const RUNS_IN_A_WORLD = 8;
/** A Twilio Function has ten seconds. */
const LONGEST_ANSWER_MS = 10_000;

export interface Laboratory {
  play(situation: Situation): Promise<Matrix>;
  close(): Promise<void>;
}

/** Where situations are played. */
export type Place = Pick<InProcessOptions, 'backend' | 'isTexting' | 'settings'>;

export async function openLaboratory(place: Place): Promise<Laboratory> {
  const badLine = createBadLine();
  // Read anew for every request.
  const settings = { ...place.settings, CHAT_TRANSFER_RELEASE: '' };
  const world = await startDirectFixture({ ...place, settings, line: badLine.line });
  return {
    play(situation) {
      settings.CHAT_TRANSFER_RELEASE = situation.release ?? 'immediately';
      // In the documentation the two must not look like one.
      const name = place.isTexting ? `${situation.name}, by text` : situation.name;
      return playAll(world, badLine, { ...situation, name });
    },
    close: () => world.close(),
  };
}

async function playAll(world: FunctionsFixture, badLine: BadLine, situation: Situation): Promise<Matrix> {
  let runs = 0;
  const play = async (mishap?: Mishap) => {
    if (runs % RUNS_IN_A_WORLD === 0) await world.reset();
    runs += 1;
    return playOnce(world, badLine, situation, mishap);
  };
  const well = await play();
  const wrong = [...faultsOfAnswers(well), ...well.outcome.problems];
  if (wrong.length > 0 || well.answers.length > 1) {
    const answer = JSON.stringify(well.answers[0]?.body);
    throw new Error(
      `${situation.endpoint}, ${situation.name} goes wrong by itself: ${answer} ${wrong.join('\n')}`,
    );
  }
  const cells: Cell[] = [];
  for (const call of well.calls) {
    for (const trouble of troublesOf(call.name)) {
      const played = await play({ call, trouble });
      cells.push({
        backend: world.backend,
        endpoint: situation.endpoint,
        situation: situation.name,
        call,
        trouble,
        ...judge(played, well, { call, trouble }),
      });
    }
  }
  return { calls: well.calls, cells };
}

function judge(played: Played, well: Played, { call, trouble }: Mishap): Pick<Cell, 'ending' | 'faults'> {
  const { outcome, outcomeOfRepeat, hasHit } = played;
  const answers = [
    ...(hasHit ? [] : [`${call.name} was not made, so there was no ${trouble}`]),
    ...faultsOfAnswers(played),
  ];
  const faults = [...answers, ...faultsOfOutcome(outcome, well.outcome)];
  if (faults.length === 0) return { ending: 'well', faults };
  // What has been recorded must end well by itself.
  const isUnheard = outcomeOfRepeat !== undefined && call.name.includes(' sync ');
  if (!isUnheard) return { ending: 'wrong', faults };
  const again = [...answers, ...faultsOfOutcome(outcomeOfRepeat, well.outcome)];
  return { ending: again.length === 0 ? 'repeat' : 'wrong', faults: again };
}

const faultsOfOutcome = (outcome: Outcome, well: Outcome): string[] => [
  ...outcome.problems,
  ...compare(outcome.lines, well.lines),
];

function faultsOfAnswers({ kind, answers, longestMs }: Played): string[] {
  const last = answers.at(-1);
  const failed = answers.flatMap((answer) => (answer === undefined || answer.status === 200 ? [] : [answer]));
  return [
    ...(longestMs > LONGEST_ANSWER_MS ? [`an answer took ${longestMs} ms`] : []),
    // Nobody waits for the answer to an event, and asks again.
    ...(kind === 'event' || last?.status === 200 ? [] : [`the last answer is ${JSON.stringify(last?.body)}`]),
    ...failed.flatMap(({ status, body }) => {
      const isHonest = body.retryable === true && ['twilio-failed', 'busy'].includes(String(body.code));
      return isHonest && status >= 500 ? [] : [`it answered ${status} ${JSON.stringify(body)}`];
    }),
  ];
}

/** What is there and should not be, and what is missing; of two lines about the same thing, where they differ. */
function compare(lines: readonly string[], expected: readonly string[]): string[] {
  const missing = expected.filter((line) => !lines.includes(line));
  const instead = lines.filter((line) => !expected.includes(line));
  const subject = (line: string) => line.split(': ', 1)[0];
  return [
    ...missing.map((line) => {
      const other = instead.find((one) => subject(one) === subject(line));
      return other === undefined
        ? `missing: ${line}`
        : `${subject(line)} should be ${whereTheyDiffer(line, other)} and is ${whereTheyDiffer(other, line)}`;
    }),
    ...instead
      .filter((line) => !missing.some((one) => subject(one) === subject(line)))
      .map((line) => `too much: ${line}`),
  ];
}

/** Characters shown around a difference. */
const CONTEXT = 30;

function whereTheyDiffer(line: string, other: string): string {
  let start = 0;
  while (start < line.length && line[start] === other[start]) start += 1;
  let end = 0;
  while (end < line.length - start && end < other.length - start && line.at(-1 - end) === other.at(-1 - end))
    end += 1;
  return `…${line.slice(Math.max(start - CONTEXT, 0), line.length - end + CONTEXT)}…`;
}
