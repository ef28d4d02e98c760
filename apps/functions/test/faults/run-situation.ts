/**
 * One situation, played once: what comes next goes wrong in one call or in none, and then everything happens that
 * happens anyway: the page asks again as the plugin does, TaskRouter tells the rest, time goes by, another event comes.
 */
import type { FunctionsFixture } from '../support/functions-fixture';
import type { FunctionAnswer } from '../support/twilio-runtime';
import type { BadLine, Call, Mishap } from '../support/fault-injector';
import { type Outcome, readOutcome } from './outcome';
import type { Moment, Situation } from './situation';

export interface Played {
  readonly kind: Moment['kind'];
  /** Calls of the first try. */
  readonly calls: readonly Call[];
  /** Of every try; `undefined` from a function that died. */
  readonly answers: readonly (FunctionAnswer | undefined)[];
  readonly hasHit: boolean;
  /** The longest that a function took to answer, on its clock. */
  readonly longestMs: number;
  readonly outcome: Outcome;
  /** With the event delivered once more, when the functions had failed it. TaskRouter itself never does. */
  readonly outcomeOfRepeat?: Outcome;
}

/** As the plugin does. */
export const MOST_TRIES = 3;
const LONGEST_WAIT_MS = 600;
/** Longer than any lease. */
const LEASES_RUN_OUT_MS = 12_000;

export async function playOnce(
  world: FunctionsFixture,
  badLine: BadLine,
  situation: Situation,
  mishap?: Mishap,
): Promise<Played> {
  await clearAway(world);
  const moment = await situation.prepare(world);
  const answers: (FunctionAnswer | undefined)[] = [];
  let longestMs = 0;
  const act = async (wrong?: Mishap) => {
    const beganAt = world.clock.nowMs();
    const watched = await badLine.watch(world.clock, wrong, moment.act);
    answers.push(watched.answer);
    if (watched.answer !== undefined) longestMs = Math.max(longestMs, world.clock.nowMs() - beganAt);
    return watched;
  };

  const { calls, hasHit } = await act(mishap);
  if (moment.kind === 'request') {
    for (let tries = 1; tries < MOST_TRIES && isWorthAnother(answers.at(-1)); tries += 1) {
      world.clock.advance(LONGEST_WAIT_MS * 3 ** (tries - 1));
      await act();
    }
  }
  const outcome = await bringToRest(world, moment);
  const played = { kind: moment.kind, calls, answers, hasHit, longestMs, outcome };
  if (moment.kind === 'request' || answers[0]?.status === 200) return played;
  await act();
  return { ...played, outcomeOfRepeat: await bringToRest(world, moment) };
}

/** No answer at all, or one that says so. */
export function isWorthAnother(answer: FunctionAnswer | undefined): boolean {
  return answer === undefined || answer.body.retryable === true;
}

export async function bringToRest(world: FunctionsFixture, moment: Moment): Promise<Outcome> {
  await world.deliverAll();
  await goOn(world, moment);
  world.clock.advance(LEASES_RUN_OUT_MS);
  const conversationSid = moment.conversationSid();
  if (conversationSid === undefined) return { lines: ['no chat'], problems: [] };
  await tellAgain(world, conversationSid);
  await world.deliverAll();
  await goOn(world, moment);
  return readOutcome(world, conversationSid);
}

async function goOn(world: FunctionsFixture, { afterwards }: Moment): Promise<void> {
  if (afterwards === undefined) return;
  await afterwards();
  await world.deliverAll();
}

/** Any event at all of the chat; here the first one of its first task, told again. */
async function tellAgain(world: FunctionsFixture, conversationSid: string): Promise<void> {
  const [first] = world.tasks(conversationSid);
  if (first === undefined) throw new Error(`The chat ${conversationSid} has no task`);
  const fields = {
    EventType: 'task.created',
    TaskSid: first.sid,
    TaskAttributes: JSON.stringify(first.attributes),
    TimestampMs: String(world.clock.nowMs()),
  };
  await world.deliver({ type: fields.EventType, taskSid: first.sid, fields });
}

/** Ends what an earlier run has left, so that no agent is offered it and nobody hears of it. */
async function clearAway(world: FunctionsFixture): Promise<void> {
  const isCompleted = (status: string) => ['assigned', 'wrapping'].includes(status);
  const live = world.allTasks().filter(({ status }) => !['completed', 'canceled'].includes(status));
  for (const { sid, status } of live) {
    const assignmentStatus = isCompleted(status) ? 'completed' : 'canceled';
    await world.workspace().tasks(sid).update({ assignmentStatus });
  }
  await world.settle();
  world.waiting.length = 0;
}
