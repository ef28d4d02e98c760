/** Which end of a run is right, and what is wrong with any other. */
import type { CellId } from './cell';
import type { MatrixFault } from './matrix-faults';
import type { Outcome } from './outcome';
import type { SituationRun } from './run-situation';

/**
 * - `same`: as without a fault.
 * - `failed`: the transfer has failed, the notice that it had started is corrected, and its agent is in the chat.
 * - `not begun`: as if the request had not been sent.
 * - `late`: as without a fault, but only after the functions have compared the task with TaskRouter or scanned all ledgers.
 * - `wrong`: none of these.
 */
type Ending = 'same' | 'failed' | 'not begun' | 'late' | 'wrong';

export interface Judgement {
  readonly ending: Ending;
  /** What is wrong. */
  readonly differences: readonly string[];
}

/** Runs without a fault, of the same duration. */
export interface Baselines {
  readonly faultless: SituationRun;
  /** The request was not sent, or the event not delivered. */
  readonly skipped: SituationRun;
}

export function judgeRun(run: SituationRun, cell: CellId, baselines: Baselines): Judgement {
  const isRedirected = run.outcome.lines.some((line) => line.includes('"returned":{'));
  const isLate = LATE_FAULTS.includes(cell.fault) || !isRedirected;
  // A text that was sent late cannot be taken back.
  const isSentLate = cell.hits.some(({ fault }) => fault === '8 s late');
  // What a request has left is done by a sweep, up to a minute later, or after the claims of a run that crashed. An offer may be
  // over by then.
  const last = run.answers.at(-1);
  const isDone = last?.status === 200 && [last.body.pending ?? []].flat().length === 0;
  const hasCrashed = cell.hits.some(({ fault }) => fault.startsWith('crash'));
  const isCarriedOutLate = !isDone || hasCrashed;
  const adjust = (unadjusted: Outcome): Outcome => {
    const passed = isCarriedOutLate ? without(PASSED_OFFER_TRACES, unadjusted) : unadjusted;
    const redirected = isLate ? without(REDIRECT_TRACES, passed) : passed;
    return isSentLate ? withoutRepeatedTexts(redirected) : redirected;
  };
  const outcome = adjust(run.outcome);
  const faultless = adjust(baselines.faultless.outcome);
  const skipped = adjust(baselines.skipped.outcome);
  const problems = [...findAnswerProblems(run), ...findMissedHits(run, cell)];
  if (problems.length > 0) return { ending: 'wrong', differences: problems };
  const wasTold = run.answers.at(-1);

  const differences = compareOutcomes(outcome, faultless);
  if (differences.length === 0) {
    // `start-pending` says that the result is not known yet.
    const isToldOtherwise =
      cell.page === 'open' &&
      run.trigger.transferId !== undefined &&
      wasTold?.status !== 200 &&
      wasTold?.body.code !== 'start-pending';
    return isToldOtherwise
      ? { ending: 'wrong', differences: ['the agent was told that the transfer failed, and it did not'] }
      : { ending: 'same', differences: [] };
  }
  const isToldSuccess = wasTold?.status === 200 && run.trigger.needsNoLedger !== true;
  const isFine = outcome.problems.length === 0 && !isToldSuccess;
  if (isFine && outcome.hasFailed) return { ending: 'failed', differences: [] };
  // An event of a chat that the functions know must not be lost for good.
  const isNotBegun =
    outcome.lines.includes('no ledger') ||
    (run.trigger.kind === 'request' &&
      compareOutcomes(without(EARLY_TRACES, outcome), without(EARLY_TRACES, skipped)).length === 0);
  if (isFine && isNotBegun) return { ending: 'not begun', differences: [] };
  return { ending: 'wrong', differences };
}

/** Faults after which the functions learn of events much later. */
const LATE_FAULTS: readonly MatrixFault[] = ['Sync down', 'events lost', 'events late'];

/**
 * What only the functions' redirection of a task leaves behind. They do not redirect a task if they learn of the untaken offer
 * when the workflow has returned the task already.
 */
const REDIRECT_TRACES = [
  /"returned":\{"reason":"\w+","to":\{[^}]*\}\},?/g,
  /"chatTransfer(DeclinedBy|Withdrawn)":\[[^\]]*\],?/g,
  /"chatTransferTargetType":"\w+",?/g,
  /"looking":true,?/g,
  /"declinedBy":\[[^\]]*\],?/g,
];

/** Who is not asked again, because they did not answer before the functions withdrew the offer. */
const PASSED_OFFER_TRACES = [
  /"chatTransfer(DeclinedBy|Withdrawn)":\[[^\]]*\],?/g,
  /"declinedBy":\[[^\]]*\],?/g,
];

/** What is written for reports while the ledger is saved: how the task is followed, which the ledger said already. */
const EARLY_TRACES = [/"followed_by":"[^"]*",?/g];

const withoutRepeatedTexts = (outcome: Outcome): Outcome => ({
  ...outcome,
  lines: outcome.lines.map((line) => {
    const [, texts] = /^texts: (.*)$/.exec(line) ?? [];
    return texts === undefined ? line : `texts: ${JSON.stringify([...new Set(JSON.parse(texts))])}`;
  }),
});

const without = (traces: readonly RegExp[], outcome: Outcome): Outcome => ({
  ...outcome,
  lines: outcome.lines.map((line) =>
    traces.reduce((text, trace) => text.replace(trace, ''), line).replaceAll(',}', '}'),
  ),
});

/**
 * A fault that hits nothing tests nothing. After the first of two faults, the other call may not be made. Writes to the index
 * of due chats depend on what other chats are in it.
 */
function findMissedHits({ hits }: SituationRun, cell: CellId): string[] {
  const isHit = cell.hits.length === 0 || hits > 0 || cell.call.name.includes(' sync Maps/');
  return isHit ? [] : ['the fault hit nothing'];
}

/** Twilio stops a function after ten seconds. */
const MAX_ANSWER_MS = 10_000;

/** Answers that are wrong however the run ends. */
export function findAnswerProblems({ answers, longestAnswerMs }: SituationRun): string[] {
  const failures = answers.flatMap((answer) =>
    answer === undefined || answer.status === 200 ? [] : [answer],
  );
  return [
    ...(longestAnswerMs > MAX_ANSWER_MS ? [`an answer took ${longestAnswerMs} ms`] : []),
    ...failures.flatMap(({ status, body }) => {
      const allowsRetry =
        body.retryable === true && ['twilio-failed', 'busy', 'start-pending'].includes(String(body.code));
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
