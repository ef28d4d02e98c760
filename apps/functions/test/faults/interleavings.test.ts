import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FunctionsFixture, type Host, startFunctionsFixture } from '../support/functions-fixture';
import { byLatency } from '../support/interleaving-scheduler';
import { sendWithRetries } from '../support/plugin-retries';
import { createRandom } from '../support/seeded-random';
import { chooseSeeds, isSampled, tierDescription } from '../support/test-tier';
import { BACKENDS } from '../support/twilio-chats';
import { mayRetry, readFinalOutcome } from './run-situation';
import {
  acceptAsBob,
  type Offer,
  offerToBob,
  prepareAgentRequest,
  prepareCancel,
  prepareEnd,
  prepareStart,
  startSharedChat,
  type Trigger,
} from './situation';

const SEEDS = chooseSeeds({ sample: 4, full: 20 });
/** For two agents who do the same at the same moment. */
const MANY_SEEDS = chooseSeeds({ sample: 4, full: 200 });
/** The clocks of the hosts differ by 30 s. */
const SKEW_MS = 15_000;
/** Of a call to Twilio, and of its answer. */
const MAX_LATENCY_MS = 80;
/** The most time between the starts of two requests. */
const MAX_DELAY_MS = 60;
/** About as long as a cancellation takes, so that either may win. */
const MAX_DELAY_OF_ACCEPTANCE_MS = 800;
/** About as long as a completion takes. */
const MAX_DELAY_OF_END_MS = 600;

console.log(`The interleavings run ${tierDescription}.`);

describe.each(BACKENDS)('two interleaved requests on %s', (backend) => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend });
  });
  afterAll(() => fixture?.close());

  /** One interleaving of two runs. Each first waits for a random time. */
  interface Interleaving {
    run<T>(...runs: ReadonlyArray<(random: () => number) => Promise<T>>): Promise<T[]>;
  }

  /** Checks an interleaving for every seed. What `check` returns must not be the same for all of them. */
  async function forEverySeed(
    check: (interleaving: Interleaving) => Promise<unknown>,
    seeds: readonly number[] = SEEDS,
  ): Promise<void> {
    const outcomes = new Set<string>();
    for (const seed of seeds) {
      await fixture.reset();
      fixture.setClockSkew('a', seed % 2 === 0 ? SKEW_MS : -SKEW_MS);
      fixture.setClockSkew('b', seed % 2 === 0 ? -SKEW_MS : SKEW_MS);
      const random = createRandom(seed);
      const plan = byLatency(seed, random, MAX_LATENCY_MS);
      const run: Interleaving['run'] = (...runs) =>
        fixture.runInterleaved(
          plan,
          runs.map((start) => () => start(random)),
        );
      try {
        outcomes.add(JSON.stringify(await check({ run })));
      } catch (error) {
        if (error instanceof Error) error.message = `Seed ${seed} of ${tierDescription}: ${error.message}`;
        throw error;
      }
    }
    // A few seeds may happen to end the same.
    if (!isSampled) expect([...outcomes].length).toBeGreaterThan(1);
  }

  /** Sends the request as the plugin does, after a delay. */
  const sendAfterDelay =
    (
      { send }: Trigger,
      { maxDelayMs = MAX_DELAY_MS, host = 'a' }: { maxDelayMs?: number; host?: Host } = {},
    ) =>
    async (random: () => number) => {
      await fixture.sleep(random() * maxDelayMs);
      return sendWithRetries(() => send({ host }), { mayRetry, sleep: fixture.sleep, random });
    };

  /** Bob accepts in Flex, if the task is still offered to him, and TaskRouter sends the event. Returns whether he has. */
  const acceptAfterDelay = (offer: Offer) => async (random: () => number) => {
    await fixture.sleep(random() * MAX_DELAY_OF_ACCEPTANCE_MS);
    const accepted = await acceptAsBob(fixture, offer).catch(() => undefined);
    await accepted?.send();
    return accepted !== undefined;
  };

  async function expectOneEnd(trigger: Trigger): Promise<void> {
    const { lines, problems } = await readFinalOutcome(fixture, trigger);
    const conversationSid = trigger.conversationSid() ?? '';
    const notices = fixture.notices(conversationSid);
    expect(problems).toEqual([]);
    expect(notices.filter(({ kind }) => kind === 'chat-ended')).toHaveLength(1);
    expect(lines).toContain('the chat: "ended"');
    expect(lines).toContain('agents in the chat: []');
    const interaction = fixture.interaction(conversationSid);
    if (interaction !== undefined) expect(fixture.countClosings(interaction.sid)).toBe(1);
  }

  /** The transfer, the notices and the agents at the end. */
  async function readTransfer(trigger: Trigger, { transferId, chat }: Offer) {
    const { problems } = await readFinalOutcome(fixture, trigger);
    expect(problems).toEqual([]);
    const { transfer, past = [] } = (await fixture.ledger(chat.conversationSid)) ?? {};
    return {
      state: [transfer, ...past].find((candidate) => candidate?.id === transferId)?.state,
      kinds: fixture.noticeKinds(chat.conversationSid),
      agents: fixture.agents(chat.conversationSid),
    };
  }

  it.each(['/conversation/complete', '/conversation/leave'] as const)(
    'end the chat once when both agents send %s',
    (path) =>
      forEverySeed(async ({ run }) => {
        const { chat, transferTaskSid } = await startSharedChat(fixture);
        const byAlice = await prepareAgentRequest(fixture, path, chat, 'alice');
        const byBob = await prepareAgentRequest(fixture, path, { ...chat, taskSid: transferTaskSid }, 'bob');

        const answers = await run(sendAfterDelay(byAlice), sendAfterDelay(byBob, { host: 'b' }));

        const conversations = answers.map(({ body }) => body.conversation);
        expect(answers.map(({ status }) => status)).toEqual([200, 200]);
        expect(conversations).toContain('ended');
        await expectOneEnd(byAlice);
        return [conversations, fixture.notices(chat.conversationSid)];
      }, MANY_SEEDS),
  );

  it('start one transfer when both agents send /transfer/start', () =>
    forEverySeed(async ({ run }) => {
      const { chat, transferTaskSid } = await startSharedChat(fixture);
      const target = fixture.queueSid('Billing');
      const byAlice = await prepareStart(fixture, chat, 'cold', { agent: 'alice', target });
      const ofBob = { ...chat, taskSid: transferTaskSid };
      const byBob = await prepareStart(fixture, ofBob, 'cold', { agent: 'bob', target });

      const answers = await run(sendAfterDelay(byAlice), sendAfterDelay(byBob, { host: 'b' }));

      const statuses = answers.map(({ status }) => status);
      const winner = statuses[0] === 200 ? 'alice' : 'bob';
      expect([...statuses].sort()).toEqual([200, 409]);
      expect(fixture.tasks(chat.conversationSid)).toHaveLength(3);
      const { problems } = await readFinalOutcome(fixture, byAlice);
      expect(problems).toEqual([]);
      const kinds = fixture.noticeKinds(chat.conversationSid);
      // The first transfer brought Bob into the chat.
      expect(kinds.filter((kind) => kind === 'transfer-started')).toHaveLength(2);
      expect(kinds.filter((kind) => kind === 'agent-left')).toHaveLength(1);
      return winner;
    }, MANY_SEEDS));

  it('end the chat once when the agent completes and the customer ends it', () =>
    forEverySeed(async ({ run }) => {
      const chat = await fixture.startChatWithAlice();
      const byAlice = await prepareAgentRequest(fixture, '/conversation/complete', chat, 'alice');

      const answers = await run(
        sendAfterDelay(byAlice),
        sendAfterDelay(prepareEnd(fixture, chat), { maxDelayMs: MAX_DELAY_OF_END_MS, host: 'b' }),
      );

      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      await expectOneEnd(byAlice);
      return fixture.noticeKinds(chat.conversationSid);
    }));

  it('either cancel or accept a transfer when an agent is in the chat', () =>
    forEverySeed(async ({ run }) => {
      const offer = await offerToBob(fixture, 'warm');
      const cancel = await prepareCancel(fixture, offer);

      const [answer, isAccepted] = await run<unknown>(sendAfterDelay(cancel), acceptAfterDelay(offer));

      const { state, kinds, agents } = await readTransfer(cancel, offer);
      if (isAccepted === true) {
        expect(answer).toMatchObject({ status: 409, body: { code: 'transfer-accepted', name: 'Bob' } });
        expect({ state, agents }).toEqual({ state: 'accepted', agents: ['alice', 'bob'] });
        expect(kinds).toEqual(['agent-joined', 'transfer-started', 'agent-joined']);
      } else {
        expect(answer).toMatchObject({ status: 200, body: { state: 'cancelled' } });
        expect({ state, agents }).toEqual({ state: 'cancelled', agents: ['alice'] });
        expect(kinds).toEqual(['agent-joined', 'transfer-started', 'transfer-cancelled']);
      }
      return isAccepted;
    }));

  it('give agent, notices and ledger the same result when a transfer is cancelled and accepted without an agent in the chat', () =>
    forEverySeed(async ({ run }) => {
      const offer = await offerToBob(fixture, 'cold');
      const cancel = await prepareCancel(fixture, offer);

      const [answer, isAccepted] = await run<unknown>(sendAfterDelay(cancel), acceptAfterDelay(offer));

      const { state, kinds, agents } = await readTransfer(cancel, offer);
      const isCancelled = kinds.includes('transfer-cancelled');
      expect(answer).toMatchObject(
        isCancelled
          ? { status: 200, body: { ok: true } }
          : { status: 409, body: { code: 'transfer-accepted', name: 'Bob' } },
      );
      expect(agents).toEqual(isAccepted === true ? ['bob'] : []);
      // Bob may accept a cancelled transfer while the task is still offered to him. Then the chat has an agent.
      expect(state).toBe(isAccepted === true ? (isCancelled ? 'returned' : 'accepted') : 'cancelled');
      return { isAccepted, isCancelled };
    }));
});
