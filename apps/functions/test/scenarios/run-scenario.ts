/** Runs random scenarios, and checks the safety rules after every step and the liveness rules at the end. */
import { DEFAULT_QUIRKS, describeQuirks, turnQuirks } from '@chat-transfer/flex-sandbox';
import fc from 'fast-check';
import type { FunctionsFixture } from '../support/functions-fixture';
import { seedRandom } from '../support/seeded-random';
import { quirksSetting } from '../support/test-quirks';
import { byTier, FIXED_SEED, testSeed, tierDescription } from '../support/test-tier';
import { BACKENDS } from '../support/twilio-chats';
import { buildFields } from './actions';
import { checkLiveness } from './liveness';
import { runStep } from './run-step';
import { checkSafety, type SeenTransferTasks } from './safety';
import { createScenario, type Scenario } from './scenario';
import { AGENTS, aScript, type Script } from './steps';

/** Throws the first violation, with everything that happened before it. */
async function runScript(
  fixture: FunctionsFixture,
  { quirks, isAnswered, skewMs, steps }: Script,
): Promise<void> {
  await fixture.reset();
  fixture.sandbox.state().setQuirks({ ...DEFAULT_QUIRKS, ...turnQuirks(quirks) });
  fixture.setClockSkew('b', skewMs);
  const scenario = createScenario(fixture);
  scenario.trace.push(describeQuirks(quirks));
  const seen: SeenTransferTasks = new Map();
  // The functions' backoff is random: the same script must wait the same times.
  const restoreRandom = seedRandom(1);
  try {
    for (const name of ['First customer', 'Second customer']) {
      await scenario.startChat(name);
      if (isAnswered) await runStep(scenario, { do: 'accept', offer: 0 });
    }
    if (isAnswered) await scenario.deliverAll();
    for (const step of steps) {
      await runStep(scenario, step);
      if (step.do === 'check-liveness') await checkLiveness(scenario);
      await checkSafety(scenario, seen);
    }
    await checkLiveness(scenario);
    await checkEveryChatEnds(scenario);
    await checkSafety(scenario, seen);
  } catch (error) {
    if (error instanceof Error) {
      error.message = shortenIds(`${error.message}\n\nWhat happened:\n${scenario.trace.join('\n')}`);
    }
    throw error;
  } finally {
    restoreRandom();
  }
}

/** Such as `WT…8b15` and `transfer-1`. */
function shortenIds(text: string): string {
  return text
    .replaceAll(/([A-Z]{2})[0-9a-f]{28}([0-9a-f]{4})\b/g, '$1…$2')
    .replaceAll(/0{8}-0000-4000-8000-0*(\d+)/g, 'transfer-$1');
}

/** Longer than an offer and TaskRouter's grace after it. */
const AFTER_OFFER_MS = 70_000;
/** Every agent accepts every offer, so no task is offered more often. */
const MAX_ROUNDS = 6;

/** Rules 3 and 7: when every agent is available, accepts what is offered and completes, every chat ends. */
async function checkEveryChatEnds(scenario: Scenario): Promise<void> {
  const { fixture, chats, trace } = scenario;
  trace.push('letting every chat end');
  for (const agent of AGENTS) await scenario.setPresence(agent, true);
  const waiting = () => scenario.tasks().filter(({ status }) => ['pending', 'reserved'].includes(status));

  for (let round = 1; waiting().length > 0; round += 1) {
    if (round > MAX_ROUNDS) {
      const left = waiting().map(({ sid, attributes }) => `${sid} ${JSON.stringify(attributes)}`);
      throw new Error(`Rule 7: no agent is offered ${left.join(', ')}`);
    }
    await scenario.changeAtTaskRouter(async () => fixture.clock.advance(AFTER_OFFER_MS));
    // TaskRouter makes an agent unavailable who does not answer an offer.
    for (const agent of AGENTS) await scenario.setPresence(agent, true);
    await fixture.settle();
    for (const { agent, task } of scenario.assignments('pending')) {
      if (fixture.reservation(agent, task.sid)?.status !== 'pending') continue;
      await fixture.accept(agent, task.sid);
      trace.push(`  ${agent} accepts ${task.sid}`);
    }
    await checkLiveness(scenario);
  }

  for (const { agent, task } of scenario.assignments('accepted', 'wrapping')) {
    const fields = await buildFields(scenario, agent, { task });
    await scenario.send({ path: '/conversation/complete', fields, answers: [] });
  }
  await checkLiveness(scenario);
  const open = scenario.tasks().filter(({ status }) => !['completed', 'canceled'].includes(status));
  if (open.length > 0) throw new Error(`Rule 7: ${open.map(({ sid }) => sid).join(', ')} never ends`);
  for (const { conversationSid } of chats) {
    const ledger = await fixture.ledger(conversationSid);
    if (ledger?.ended === undefined) throw new Error(`Rule 3: the chat ${conversationSid} never ends`);
    if (ledger.transfer !== undefined) throw new Error(`Rule 7: transfer ${ledger.transfer.id} never ends`);
  }
}

const {
  SCENARIO_RUNS = String(byTier({ sample: 6, full: 150 })),
  SCENARIO_SEED,
  SCENARIO_PATH,
  SOAK_MINUTES = '0',
} = process.env;
/** The tests of one file share the time. */
const SOAK_MS = (Number(SOAK_MINUTES) * 60_000) / BACKENDS.length;

/** The time that a test may take, with shrinking if it fails. */
export const TIMEOUT_MS = SOAK_MS + 15 * 60_000;

export const scenariosDescription =
  SOAK_MS > 0
    ? `new scenarios for ${SOAK_MINUTES} minutes`
    : `${SCENARIO_RUNS} scenarios of ${tierDescription}`;

/** A soak uses a new seed each time. The full tier always runs the same scenarios, so that a failure means a change. */
const seed = SCENARIO_SEED ?? (SOAK_MS > 0 ? undefined : byTier({ sample: testSeed, full: FIXED_SEED }));

/** Runs `SCENARIO_RUNS` scenarios, or more while `SOAK_MINUTES` lasts. Throws with the command that repeats a failure. */
export async function runScenarios(fixture: FunctionsFixture): Promise<void> {
  // Not the virtual clock.
  const startedAt = performance.now();
  do {
    const details = await fc.check(
      fc.asyncProperty(aScript, (script) => runScript(fixture, script)),
      {
        numRuns: Number(SCENARIO_RUNS),
        ...(seed === undefined ? {} : { seed: Number(seed) }),
        ...(SCENARIO_PATH === undefined ? {} : { path: SCENARIO_PATH }),
      },
    );
    if (details.failed) {
      const command = `${quirksSetting} SCENARIO_SEED=${details.seed} SCENARIO_PATH=${details.counterexamplePath} npx vitest run test/scenarios`;
      const report = await fc.asyncDefaultReportMessage(details);
      throw new Error(`${report}\n\nTo repeat it: ${command}`, { cause: details.errorInstance });
    }
  } while (performance.now() - startedAt < SOAK_MS);
}
