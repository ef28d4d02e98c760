/**
 * Runs a situation once: the request or event with its faults, the retries of an open page, and then two minutes in which
 * only sweeps help, counted from the end of the fault or of the answer time, whichever is later.
 */
import type { Call, RunResult } from '../support/fault-injector';
import type { FunctionsFixture } from '../support/functions-fixture';
import { IN_ORDER } from '../support/interleaving-scheduler';
import { sendWithRetries } from '../support/plugin-retries';
import { seedRandom } from '../support/seeded-random';
import type { FunctionAnswer } from '../support/twilio-runtime';
import { type CellId, type Page, toFaults } from './cell';
import { type Outcome, readOutcome } from './outcome';
import { type Delivery, passTime } from './pass-time';
import type { Situation, Trigger } from './situation';

export interface SituationRun {
  readonly trigger: Trigger;
  /** Calls of the first attempt. */
  readonly calls: readonly Call[];
  /** One for every attempt; `undefined` from a function that crashed. */
  readonly answers: readonly (FunctionAnswer | undefined)[];
  /** How many calls the faults hit. */
  readonly hits: number;
  /** The longest time to an answer, on the virtual clock. */
  readonly longestAnswerMs: number;
  readonly outcome: Outcome;
}

/** What is different from a run without a fault. */
export interface RunOptions {
  readonly page: Page;
  readonly cell?: CellId;
  /** The request is not sent, or the event not delivered. */
  readonly isSkipped?: boolean;
  /** The time from the trigger until the outcome is read. */
  readonly durationMs: number;
}

/** The time for an answer, two minutes, and the time that the request itself takes at most. */
export const DURATION_MS = 60_000 + 120_000 + 40_000;
const OUTAGE_MS = 7 * 60_000;
const LATE_MS = 5 * 60_000;
/** Until two minutes after the longest fault. */
const LONG_DURATION_MS = OUTAGE_MS + 120_000 + 60_000;
/** After this time, the functions have compared every open task with TaskRouter. */
const RECONCILED_AFTER_MS = 33 * 60_000;
/** After this time, the scan of all ledgers has found every one that is due, and a sweep has worked on it. */
const SCANNED_AFTER_MS = 65 * 60_000;

export const durationOf = ({ fault }: CellId): number =>
  fault === 'Sync down' || fault === 'events late' ? LONG_DURATION_MS : DURATION_MS;

/** How long the functions may take to repair what they cannot know of earlier; `undefined` if they can. */
export function lateDurationOf({ fault, hits }: CellId, kind: Trigger['kind']): number | undefined {
  // No item of the index could be added.
  const isUnindexed = hits.some((hit) => hit.fault === 'outage' && isIndexItem(hit.call));
  if (isUnindexed) return SCANNED_AFTER_MS;
  // The functions learn of a lost event when they compare the task with TaskRouter.
  return kind === 'event' || fault === 'events lost' ? RECONCILED_AFTER_MS : undefined;
}

const isIndexItem = ({ name }: Call): boolean => name.startsWith('POST sync Maps');

const AGENTS = ['alice', 'bob', 'carol'];

/** The clocks of the hosts differ by 30 s. */
const SKEW_MS = 15_000;

export async function runSituation(
  fixture: FunctionsFixture,
  situation: Situation,
  options: RunOptions,
): Promise<SituationRun> {
  const restoreRandom = seedRandom(1);
  try {
    return await runSeeded(fixture, situation, options);
  } finally {
    restoreRandom();
  }
}

async function runSeeded(
  fixture: FunctionsFixture,
  situation: Situation,
  { page, cell, isSkipped = false, durationMs }: RunOptions,
): Promise<SituationRun> {
  await closeAllTasks(fixture);
  // TaskRouter makes an agent unavailable who does not answer an offer.
  for (const agent of AGENTS) await fixture.setActivity(agent, 'Available');
  const trigger = await situation.prepare(fixture);
  // What a process remembers of earlier runs would change the calls of this one.
  fixture.restartProcess();
  fixture.setClockSkew('a', SKEW_MS);
  fixture.setClockSkew('b', -SKEW_MS);
  const startedAtMs = fixture.clock.nowMs();
  const delivery = buildDelivery(cell, startedAtMs);
  if (cell?.fault === 'Sync down') fixture.beginServiceOutage('sync.twilio.com', OUTAGE_MS);
  if (trigger.callback !== undefined && delivery.kind === 'late') fixture.undelivered.push(trigger.callback);
  const isSent = !isSkipped && (trigger.kind === 'request' || delivery.kind === 'in time');

  const attempts = isSent ? await sendTrigger(fixture, trigger, page, cell) : NO_ATTEMPTS;
  await passTime(fixture, startedAtMs + durationMs, { delivery, page, afterwards: trigger.afterwards });

  const { results, longestAnswerMs } = attempts;
  return {
    trigger,
    calls: results[0]?.calls ?? [],
    answers: results.map(({ answer }) => answer),
    hits: results[0]?.hits ?? 0,
    longestAnswerMs,
    outcome: await readOutcomeOf(fixture, trigger),
  };
}

function buildDelivery(cell: CellId | undefined, startedAtMs: number): Delivery {
  if (cell?.fault === 'events lost') return { kind: 'lost' };
  return cell?.fault === 'events late'
    ? { kind: 'late', untilMs: startedAtMs + LATE_MS }
    : { kind: 'in time' };
}

interface Attempts {
  readonly results: readonly RunResult<FunctionAnswer>[];
  readonly longestAnswerMs: number;
}
const NO_ATTEMPTS: Attempts = { results: [], longestAnswerMs: 0 };

/** Sends the request once, or as the plugin does. The faults hit the first attempt only. */
async function sendTrigger(
  fixture: FunctionsFixture,
  trigger: Trigger,
  page: Page,
  cell: CellId | undefined,
): Promise<Attempts> {
  const results: RunResult<FunctionAnswer>[] = [];
  let longestAnswerMs = 0;
  const send = async (): Promise<FunctionAnswer | undefined> => {
    const faults = results.length === 0 && cell !== undefined ? toFaults(cell) : [];
    const host = results.length % 2 === 0 ? 'a' : 'b';
    const startedAtMs = fixture.clock.nowMs();
    const result = await fixture.runWithFault(faults, () => trigger.send({ host }));
    results.push(result);
    if (result.answer !== undefined)
      longestAnswerMs = Math.max(longestAnswerMs, fixture.clock.nowMs() - startedAtMs);
    return result.answer;
  };
  const mayRetryHere = (answer: FunctionAnswer | undefined): boolean =>
    trigger.kind === 'request' && page === 'open' && mayRetry(answer);
  // One interleaving: a call that was given up may still succeed during a retry.
  await fixture.runInterleaved(IN_ORDER, [
    () => sendWithRetries(send, { mayRetry: mayRetryHere, sleep: fixture.sleep, random: () => 1 }),
  ]);
  return { results, longestAnswerMs };
}

/** The plugin retries if there is no answer, or if the answer says so. */
export function mayRetry(answer: FunctionAnswer | undefined): boolean {
  return answer === undefined || answer.body.retryable === true;
}

/** Lets time pass after an interleaving, and reads how the chat is then. */
export async function readFinalOutcome(fixture: FunctionsFixture, trigger: Trigger): Promise<Outcome> {
  const untilMs = fixture.clock.nowMs() + DURATION_MS;
  const { afterwards } = trigger;
  await passTime(fixture, untilMs, { delivery: { kind: 'in time' }, page: 'open', afterwards });
  return readOutcomeOf(fixture, trigger);
}

async function readOutcomeOf(fixture: FunctionsFixture, trigger: Trigger): Promise<Outcome> {
  const conversationSid = trigger.conversationSid();
  return conversationSid === undefined
    ? { lines: ['no chat'], problems: [], hasFailed: false }
    : readOutcome(fixture, conversationSid, trigger.transferId);
}

/** Closes the tasks of earlier runs, so that TaskRouter offers them to no agent and sends no events of them. */
async function closeAllTasks(fixture: FunctionsFixture): Promise<void> {
  const isAssigned = (status: string) => ['assigned', 'wrapping'].includes(status);
  const open = fixture.allTasks().filter(({ status }) => !['completed', 'canceled'].includes(status));
  for (const { sid, status } of open) {
    const assignmentStatus = isAssigned(status) ? 'completed' : 'canceled';
    await fixture.workspace().tasks(sid).update({ assignmentStatus });
  }
  await fixture.settle();
  fixture.undelivered.length = 0;
}
