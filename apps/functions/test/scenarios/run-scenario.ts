/** A scenario from its first chat to its last: after every step what must always hold, at rest and at the end the rest. */
import fc from 'fast-check';
import { BACKENDS } from '../support/twilio-chats';
import { seededRandom } from '../support/interleaving-scheduler';
import { comeToRest } from './liveness';
import { fieldsOf } from './actions';
import { checkSafety, type SeenTransferTasks } from './safety';
import { createScenario, type Scenario } from './scenario';
import type { Stage } from './environment';
import { AGENTS, aScript, type Script } from './step';
import { takeStep } from './run-step';

/** Throws what was violated, with everything that happened until then. */
async function playScript(stage: Stage, { isAnswered, steps }: Script): Promise<void> {
  await stage.world.reset();
  stage.watched.forget();
  const scenario = createScenario(stage);
  const seen: SeenTransferTasks = new Map();
  const stopLoading = loadDice();
  try {
    for (const name of ['First customer', 'Second customer']) {
      await scenario.begin(name);
      if (isAnswered) await takeStep(scenario, { do: 'accept', offer: 0 });
    }
    if (isAnswered) await scenario.deliverAll();
    for (const step of steps) {
      await takeStep(scenario, step);
      if (step.do === 'come-to-rest') await comeToRest(scenario);
      await checkSafety(scenario, seen);
    }
    await comeToRest(scenario);
    await bringToEnd(scenario);
    await checkSafety(scenario, seen);
  } catch (error) {
    if (error instanceof Error) {
      const happened = `${error.message}\n\nWhat happened:\n${scenario.trace.join('\n')}`;
      error.message = shortenIds(happened);
    }
    throw error;
  } finally {
    stopLoading();
  }
}

/** Waits are jittered: the same script must meet the same ones. */
function loadDice(): () => void {
  const { random } = Math;
  Math.random = seededRandom(1);
  return () => Object.assign(Math, { random });
}

/** `WT…8b15` and `transfer-1` can be told apart by eye. */
function shortenIds(text: string): string {
  return text
    .replaceAll(/([A-Z]{2})[0-9a-f]{28}([0-9a-f]{4})\b/g, '$1…$2')
    .replaceAll(/0{8}-0000-4000-8000-0*(\d+)/g, 'transfer-$1');
}

/** More than an answer takes, and TaskRouter's grace after it. */
const ANSWERS_OVERDUE_MS = 70_000;
/** Everybody takes what they are offered: nothing goes round more often than that. */
const ROUNDS = 6;

/** Everybody is there, takes what is offered, and goes home: no chat may be left over. */
async function bringToEnd(scenario: Scenario): Promise<void> {
  const { world, chats, trace } = scenario;
  trace.push('coming to an end');
  for (const agent of AGENTS) await scenario.setPresence(agent, true);
  const waiting = () => scenario.tasks().filter(({ status }) => ['pending', 'reserved'].includes(status));

  for (let round = 1; waiting().length > 0; round += 1) {
    if (round > ROUNDS) {
      const left = waiting().map(({ sid, attributes }) => `${sid} ${JSON.stringify(attributes)}`);
      throw new Error(`Invariant 7: nobody is ever offered ${left.join(', ')}`);
    }
    await scenario.atTaskRouter(async () => world.clock.advance(ANSWERS_OVERDUE_MS));
    // Whoever let an offer ring out was sent away by TaskRouter.
    for (const agent of AGENTS) await scenario.setPresence(agent, true);
    await world.settle();
    for (const { agent, task } of scenario.seats('pending')) {
      if (world.reservation(agent, task.sid)?.status !== 'pending') continue;
      await world.accept(agent, task.sid);
      trace.push(`  ${agent} accepts ${task.sid}`);
    }
    await comeToRest(scenario);
  }

  for (const { agent, task } of scenario.seats('accepted', 'wrapping')) {
    const fields = await fieldsOf(scenario, agent, { task });
    await scenario.send({ path: '/conversation/complete', fields, answers: [] });
  }
  await comeToRest(scenario);
  const live = scenario.tasks().filter(({ status }) => !['completed', 'canceled'].includes(status));
  if (live.length > 0) throw new Error(`Invariant 7: ${live.map(({ sid }) => sid).join(', ')} never ends`);
  for (const { conversationSid } of chats) {
    const ledger = await world.ledger(conversationSid);
    if (ledger?.ended === undefined) throw new Error(`Invariant 3: the chat ${conversationSid} never ended`);
    if (ledger.transfer !== undefined)
      throw new Error(`Invariant 7: transfer ${ledger.transfer.id} never ended`);
  }
}

const { INVARIANTS_RUNS = '100', INVARIANTS_SEED, INVARIANTS_PATH, SOAK_MINUTES = '0' } = process.env;
/** For each test: those of one file share the time. */
const SOAK_MS = (Number(SOAK_MINUTES) * 60_000) / BACKENDS.length;

/** How long a test may take: with shrinking, when it fails. */
export const TIMEOUT_MS = SOAK_MS + 15 * 60_000;

/** So that a test fails because of a change and not by chance; a soak looks for what nobody has thought of. */
const EVERY_DAY = { seed: 20_261_123 };

/**
 * Plays `INVARIANTS_RUNS` scripts, or as many as `SOAK_MINUTES` have room for. A failure names its seed and path:
 * `INVARIANTS_SEED` and `INVARIANTS_PATH` play just that one again.
 */
export async function playScripts(stage: Stage): Promise<void> {
  const chosen = {
    ...(SOAK_MS === 0 ? EVERY_DAY : {}),
    ...(INVARIANTS_SEED === undefined ? {} : { seed: Number(INVARIANTS_SEED) }),
    ...(INVARIANTS_PATH === undefined ? {} : { path: INVARIANTS_PATH }),
  };
  // The clock that tests move is not the one to stop by.
  const startedAt = performance.now();
  do {
    await fc.assert(
      fc.asyncProperty(aScript, (script) => playScript(stage, script)),
      { numRuns: Number(INVARIANTS_RUNS), ...chosen },
    );
  } while (performance.now() - startedAt < SOAK_MS);
}
