/**
 * Runs a situation once, with a fault or without, and then everything that happens anyway: the page retries as the
 * plugin does, TaskRouter sends the other events, leases expire, and one more event of the chat arrives.
 */
import type { Call, Fault, RunResult } from '../support/fault-injector';
import { AFTER_CLAIMS_MS, type FunctionsFixture } from '../support/functions-fixture';
import { IN_ORDER } from '../support/interleaving-scheduler';
import { sendWithRetries } from '../support/plugin-retries';
import { seedRandom } from '../support/seeded-random';
import type { FunctionAnswer } from '../support/twilio-runtime';
import { type Outcome, readOutcome } from './outcome';
import type { Situation, Trigger } from './situation';

export interface SituationRun {
  readonly kind: Trigger['kind'];
  /** Calls of the first attempt. */
  readonly calls: readonly Call[];
  /** One for every attempt; `undefined` from a function that crashed. */
  readonly answers: readonly (FunctionAnswer | undefined)[];
  readonly isFaultHit: boolean;
  /** The longest time to an answer, on the virtual clock. */
  readonly longestAnswerMs: number;
  readonly outcome: Outcome;
  /** After another delivery of an event that the functions failed. TaskRouter itself delivers an event once. */
  readonly outcomeOfRedelivery?: Outcome;
}

export async function runSituation(
  fixture: FunctionsFixture,
  situation: Situation,
  fault?: Fault,
): Promise<SituationRun> {
  const restoreRandom = seedRandom(1);
  try {
    return await runSeeded(fixture, situation, fault);
  } finally {
    restoreRandom();
  }
}

async function runSeeded(
  fixture: FunctionsFixture,
  situation: Situation,
  fault: Fault | undefined,
): Promise<SituationRun> {
  await closeAllTasks(fixture);
  const trigger = await situation.prepare(fixture);
  const { kind } = trigger;
  const results: RunResult<FunctionAnswer>[] = [];
  let longestAnswerMs = 0;
  /** The fault hits the first attempt only. */
  const send = async (): Promise<FunctionAnswer | undefined> => {
    const injected = results.length === 0 ? fault : undefined;
    const startedAtMs = fixture.clock.nowMs();
    const runOnce = async () => {
      const result = await fixture.runWithFault(injected, trigger.send);
      const elapsedMs = fixture.clock.nowMs() - startedAtMs;
      if (result.answer !== undefined) longestAnswerMs = Math.max(longestAnswerMs, elapsedMs);
      results.push(result);
      return result.answer;
    };
    const [answer] = await fixture.runInterleaved(IN_ORDER, [runOnce]);
    return answer;
  };

  await sendWithRetries(send, {
    mayRetry: (answer) => kind === 'request' && mayRetry(answer),
    sleep: fixture.clock.advance,
    random: () => 1,
  });
  const outcome = await readFinalOutcome(fixture, trigger);
  const hasFailed = results.at(-1)?.answer?.status !== 200;
  if (kind === 'event' && hasFailed) await send();
  return {
    kind,
    calls: results[0]?.calls ?? [],
    answers: results.map(({ answer }) => answer),
    isFaultHit: (results[0]?.hits ?? 0) > 0,
    longestAnswerMs,
    outcome,
    ...(kind === 'event' && hasFailed
      ? { outcomeOfRedelivery: await readFinalOutcome(fixture, trigger) }
      : {}),
  };
}

/** The plugin retries if there is no answer, or if the answer says so. */
export function mayRetry(answer: FunctionAnswer | undefined): boolean {
  return answer === undefined || answer.body.retryable === true;
}

/** Lets everything happen that happens after the trigger, and reads how the chat is then. */
export async function readFinalOutcome(fixture: FunctionsFixture, trigger: Trigger): Promise<Outcome> {
  await fixture.deliverAll();
  await runAfterwards(fixture, trigger);
  fixture.clock.advance(AFTER_CLAIMS_MS);
  const conversationSid = trigger.conversationSid();
  if (conversationSid === undefined) return { lines: ['no chat'], problems: [] };
  const [firstTask] = fixture.tasks(conversationSid);
  if (firstTask === undefined) throw new Error(`The chat ${conversationSid} has no task.`);
  await fixture.deliverTaskCreated(firstTask.sid, JSON.stringify(firstTask.attributes));
  await fixture.deliverAll();
  await runAfterwards(fixture, trigger);
  return readOutcome(fixture, conversationSid);
}

async function runAfterwards(fixture: FunctionsFixture, { afterwards }: Trigger): Promise<void> {
  if (afterwards === undefined) return;
  await afterwards();
  await fixture.deliverAll();
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
