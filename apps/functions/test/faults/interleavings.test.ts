import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BACKENDS } from '../support/twilio-chats';
import type { FunctionAnswer } from '../support/twilio-runtime';
import { type MeetingPlace, openMeetingPlace, type Pause } from './meeting';
import { bringToRest, isWorthAnother, MOST_TRIES } from './run-situation';
import {
  acceptedByBob,
  agentRequest,
  aliceInChat,
  bothInChat,
  cancelRequest,
  endRequest,
  type Moment,
  type Transferred,
  transferred,
} from './situation';

const TRIES = 20;
/** How far apart two requests begin. */
const APART_MS = 60;
/** About as long as a cancellation takes, so that either may win. */
const ACCEPTED_WITHIN_MS = 800;
/** Or a completion. */
const COMPLETED_WITHIN_MS = 600;

describe.each(BACKENDS)('when two do it at the same moment, on %s', (backend) => {
  let place: MeetingPlace;
  beforeAll(async () => {
    place = await openMeetingPlace(backend);
  });
  afterAll(() => place?.world.close());

  /** Plays it again and again; the answers say what came of it, which must not be the same every time. */
  async function manyTimes(play: (seed: number) => Promise<unknown>): Promise<void> {
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= TRIES; seed += 1) {
      await place.world.reset();
      place.watched.forget();
      try {
        outcomes.add(JSON.stringify(await play(seed)));
      } catch (error) {
        if (error instanceof Error) error.message = `Try ${seed}: ${error.message}`;
        throw error;
      }
    }
    expect([...outcomes].length).toBeGreaterThan(1);
  }

  /** Bob accepts in Flex, if he is still asked, and TaskRouter tells of it. Answers whether he has. */
  function accepts(offer: Transferred): (pause: Pause) => Promise<boolean> {
    return async (pause) => {
      await pause(ACCEPTED_WITHIN_MS);
      const accepted = await acceptedByBob(place.world, offer).catch(() => undefined);
      await accepted?.act();
      return accepted !== undefined;
    };
  }

  async function expectOneEnd(moment: Moment): Promise<void> {
    const { lines, problems } = await bringToRest(place.world, moment);
    const notices = place.world.notices(moment.conversationSid() ?? '');
    expect(problems).toEqual([]);
    expect(notices.filter(({ kind }) => kind === 'chat-ended')).toHaveLength(1);
    expect(lines).toContain('the chat: "ended"');
    expect(lines).toContain('agents in the chat: []');
    const interaction = place.world.interaction(moment.conversationSid() ?? '');
    if (interaction !== undefined) expect(place.watched.closings(interaction.sid)).toBe(1);
  }

  /** The transfer, the notices and the agents of the chat in the end. */
  async function standing(moment: Moment, { transferId, chat }: Transferred) {
    const { problems } = await bringToRest(place.world, moment);
    expect(problems).toEqual([]);
    const { world } = place;
    const { transfer, past = [] } = (await world.ledger(chat.conversationSid)) ?? {};
    return {
      state: [transfer, ...past].find((one) => one?.id === transferId)?.state,
      kinds: world.notices(chat.conversationSid).map(({ kind }) => kind),
      agents: world.agents(chat.conversationSid),
    };
  }

  it.each(['/conversation/complete', '/conversation/leave'] as const)(
    'both agents by %s, the chat ends once',
    (path) =>
      manyTimes(async (seed) => {
        const { chat, transferTaskSid } = await bothInChat(place.world);
        const alices = await agentRequest(place.world, path, chat, 'alice');
        const bobs = await agentRequest(place.world, path, { ...chat, taskSid: transferTaskSid }, 'bob');

        const answers = await place.meet(seed, asks(alices), asks(bobs));

        const told = answers.map(({ body }) => body.conversation);
        expect(answers.map(({ status }) => status)).toEqual([200, 200]);
        expect(told).toContain('ended');
        await expectOneEnd(alices);
        return [told, place.world.notices(chat.conversationSid)];
      }),
  );

  it('the agent completing and the customer ending it, the chat ends once', () =>
    manyTimes(async (seed) => {
      const chat = await aliceInChat(place.world);
      const alices = await agentRequest(place.world, '/conversation/complete', chat, 'alice');

      const answers = await place.meet(
        seed,
        asks(alices),
        asks(endRequest(place.world, chat), COMPLETED_WITHIN_MS),
      );

      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      await expectOneEnd(alices);
      return place.world.notices(chat.conversationSid).map(({ kind }) => kind);
    }));

  it('one cancelling and one accepting, with an agent in the chat, one of them wins', () =>
    manyTimes(async (seed) => {
      const offer = await transferred(place.world, 'warm');
      const cancel = await cancelRequest(place.world, offer);

      const [answer, isAccepted] = await place.meet<unknown>(seed, asks(cancel), accepts(offer));

      const { state, kinds, agents } = await standing(cancel, offer);
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

  it('one cancelling and one accepting, with nobody in the chat, all are told the same', () =>
    manyTimes(async (seed) => {
      const offer = await transferred(place.world, 'cold');
      const cancel = await cancelRequest(place.world, offer);

      const [answer, isAccepted] = await place.meet<unknown>(seed, asks(cancel), accepts(offer));

      const { state, kinds, agents } = await standing(cancel, offer);
      const isCancelled = kinds.includes('transfer-cancelled');
      expect(answer).toMatchObject(
        isCancelled
          ? { status: 200, body: { ok: true } }
          : { status: 409, body: { code: 'transfer-accepted', name: 'Bob' } },
      );
      expect(agents).toEqual(isAccepted === true ? ['bob'] : []);
      // Cancelled while it rang, taken all the same: the chat has an agent, and that is what matters.
      expect(state).toBe(isAccepted === true ? (isCancelled ? 'returned' : 'accepted') : 'cancelled');
      return { isAccepted, isCancelled };
    }));
});

/** As the plugin asks. */
function asks({ act }: Moment, withinMs = APART_MS): (pause: Pause) => Promise<FunctionAnswer> {
  return async (pause) => {
    await pause(withinMs);
    for (let tries = 1; ; tries += 1) {
      const answer = await act();
      if (tries === MOST_TRIES || !isWorthAnother(answer)) return answer;
      await pause(600);
    }
  };
}
