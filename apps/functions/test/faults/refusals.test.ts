/**
 * Twilio's codes for "another caller was first" (20001, 20404, 409) have other causes too. Each row lets one call of the
 * functions be refused with such a code although nothing has changed. The functions must not count the change as made: the
 * ledger keeps it, and a sweep makes it when Twilio no longer refuses.
 */
import { randomUUID } from 'node:crypto';
import type { Ledger } from '@chat-transfer/transfer-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Chat, type FunctionsFixture, startFunctionsFixture } from '../support/functions-fixture';
import { BACKENDS } from '../support/twilio-chats';

interface Refusal {
  readonly status: number;
  readonly code: number;
}

const INVALID: Refusal = { status: 400, code: 20001 };
const NOT_FOUND: Refusal = { status: 404, code: 20404 };
const CONFLICT: Refusal = { status: 409, code: 50433 };

interface Pattern {
  readonly method: string;
  readonly host: string;
  readonly path: string;
}

const at = (method: string, host: string, path: string): Pattern => ({
  method,
  host: `${host}.twilio.com`,
  path,
});

describe.each(BACKENDS)('on %s', (backend) => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture?.close());

  const CHAT_HOST = backend === 'conversations' ? 'conversations' : 'chat';
  const MEMBERS = backend === 'conversations' ? 'Participants' : 'Members';

  const ask = async (path: string, worker: string, chat: Chat, values: object = {}) => {
    const answer = await fixture.post(path, {
      token: await fixture.tokenOf(worker),
      taskSid: chat.taskSid,
      conversationSid: chat.conversationSid,
      ...values,
    });
    return answer.body;
  };
  const transferToBob = async (chat: Chat, mode: 'warm' | 'cold') => {
    const transferId = randomUUID();
    const targetSid = fixture.workerSid('bob');
    const body = await ask('/transfer/start', 'alice', chat, { transferId, targetSid, mode });
    return { transferId, taskSid: String(body.transferTaskSid) };
  };

  /** Does the action while Twilio refuses all calls of the pattern, and delivers the events of it. */
  async function refuse(pattern: Pattern, refusal: Refusal, action: () => Promise<unknown>) {
    await fixture.addSandboxFault({ ...pattern, ...refusal, times: null, message: 'For another reason' });
    await action();
    await fixture.deliverAll();
    await fixture.clearSandboxFaults();
  }

  /** Sweeps until nothing is left to do. */
  async function recover({ conversationSid }: Chat): Promise<Ledger | undefined> {
    for (let sweeps = 0; sweeps < 10; sweeps += 1) {
      fixture.clock.advance(20_000);
      await fixture.sweepAsAdmin();
      await fixture.deliverAll();
    }
    const ledger = await fixture.ledger(conversationSid);
    expect(ledger?.outbox).toEqual([]);
    return ledger;
  }

  /** The kinds of the effects that are not made. */
  const openEffects = async ({ conversationSid }: Chat) =>
    (await fixture.ledger(conversationSid))?.outbox.map(({ effect }) => effect.kind);

  const removeAgent = async (agent: string, conversationSid: string): Promise<unknown> => {
    const service = String(fixture.settings().TWILIO_CHAT_SERVICE_SID);
    // On Programmable Chat, Flex adds an agent in the browser, and no browser is open.
    return backend === 'conversations'
      ? fixture.rest.conversations.v1
          .services(service)
          .conversations(conversationSid)
          .participants(agent)
          .remove()
      : undefined;
  };

  it.each([INVALID, NOT_FOUND])(
    'does not count a task as completed when Twilio refuses it: %j',
    async (refusal) => {
      const chat = await fixture.startChatWithAlice();
      // On Flex Conversations the interaction refuses as well, so that TaskRouter is asked.
      if (backend === 'conversations')
        await fixture.addSandboxFault({
          path: '/Participants/UT\\w+$',
          method: 'POST',
          times: null,
          status: 422,
        });
      await refuse(at('POST', 'taskrouter', '/Tasks/WT\\w+$'), refusal, () =>
        ask('/conversation/complete', 'alice', chat),
      );
      expect(fixture.task(chat.taskSid)?.status).not.toBe('completed');
      expect(await openEffects(chat)).toContain('complete-task');

      await recover(chat);
      expect(fixture.task(chat.taskSid)?.status ?? 'deleted').toMatch(/completed|deleted/);
    },
  );

  if (backend === 'programmable-chat')
    it.each([INVALID, NOT_FOUND])('wraps up an agent later when Twilio refuses it: %j', async (refusal) => {
      const chat = await fixture.startChatWithAlice();
      await refuse(at('POST', 'taskrouter', '/Reservations/WR\\w+$'), refusal, () =>
        transferToBob(chat, 'cold'),
      );
      expect(fixture.reservation('alice', chat.taskSid)?.status).toBe('accepted');

      await recover(chat);
      expect(fixture.reservation('alice', chat.taskSid)?.status).toBe('wrapping');
    });

  if (backend === 'conversations')
    it.each([INVALID, NOT_FOUND, CONFLICT, { status: 422, code: 80102 }])(
      'releases an agent in another way when the interaction refuses it: %j',
      async (refusal) => {
        const chat = await fixture.startChatWithAlice();
        await refuse(at('POST', 'flex-api', '/Participants/UT\\w+$'), refusal, () =>
          transferToBob(chat, 'cold'),
        );

        expect(fixture.reservation('alice', chat.taskSid)?.status).toBe('wrapping');
        expect(fixture.agents(chat.conversationSid)).toEqual([]);
      },
    );

  it.each([INVALID, NOT_FOUND])('withdraws an offer later when Twilio refuses it: %j', async (refusal) => {
    // Otherwise the new attributes withdraw it already.
    fixture.sandbox.state().setQuirks({ reservedTaskIsRoutedAgain: false });
    const chat = await fixture.startChatWithAlice();
    const { transferId, taskSid } = await transferToBob(chat, 'cold');
    await fixture.deliverAll();
    await refuse(at('POST', 'taskrouter', '/Reservations/WR\\w+$'), refusal, () =>
      ask('/transfer/cancel', 'alice', chat, { transferId }),
    );
    expect(fixture.reservation('bob', taskSid)?.status).toBe('pending');

    fixture.clock.advance(15_000);
    await fixture.sweepAsAdmin();
    await fixture.deliverAll();
    expect(fixture.reservation('bob', taskSid)).toBeUndefined();
    expect(fixture.reservation('alice', taskSid)?.status).toBe('pending');
  });

  it.each([INVALID, NOT_FOUND])(
    'does not count a transfer as cancelled when Twilio refuses it: %j',
    async (refusal) => {
      const chat = await fixture.startChatWithAlice();
      const { transferId, taskSid } = await transferToBob(chat, 'warm');
      await fixture.deliverAll();
      let body: object = {};
      await refuse(at('POST', 'taskrouter', '/Tasks/WT\\w+$'), refusal, async () => {
        body = await ask('/transfer/cancel', 'alice', chat, { transferId });
      });
      expect(body).toMatchObject({ ok: false, code: 'twilio-failed', retryable: false });
      expect(fixture.task(taskSid)?.status).toBe('reserved');

      const again = await ask('/transfer/cancel', 'alice', chat, { transferId });
      expect(again).toMatchObject({ ok: true, state: 'cancelled' });
      expect(fixture.task(taskSid)?.status).toBe('canceled');
    },
  );

  it('takes few calls to find out that Twilio refuses a change', async () => {
    const chat = await fixture.startChatWithAlice();
    const { transferId } = await transferToBob(chat, 'warm');
    await fixture.deliverAll();
    const writes = () =>
      fixture.calls().filter(({ method, path }) => method === 'POST' && /\/Tasks\/WT\w+$/.test(path)).length;
    const before = writes();
    await refuse(at('POST', 'taskrouter', '/Tasks/WT\\w+$'), INVALID, () =>
      ask('/transfer/cancel', 'alice', chat, { transferId }),
    );
    // With the attributes, without them, and once more.
    expect(writes() - before).toBe(3);
  });

  it.each([NOT_FOUND, CONFLICT, INVALID])(
    'adds an agent later when Twilio refuses it: %j',
    async (refusal) => {
      const chat = await fixture.startChatWithAlice();
      const { taskSid } = await transferToBob(chat, 'cold');
      await fixture.deliverAll();
      await fixture.updateReservation('bob', taskSid, 'rejected');
      await fixture.deliverAll();
      // Twilio adds her on Flex Conversations, so she must be gone before the functions try.
      await fixture.updateReservation('alice', taskSid, 'accepted');
      await removeAgent('alice', chat.conversationSid);
      await refuse(at('POST', CHAT_HOST, `/${MEMBERS}$`), refusal, async () => undefined);
      expect(fixture.agents(chat.conversationSid)).toEqual([]);

      await recover(chat);
      expect(fixture.agents(chat.conversationSid)).toEqual(['alice']);
    },
  );

  if (backend === 'programmable-chat')
    it.each([NOT_FOUND, INVALID])('removes an agent later when Twilio refuses it: %j', async (refusal) => {
      const chat = await fixture.startChatWithAlice();
      await refuse(at('DELETE', CHAT_HOST, `/${MEMBERS}/\\w+$`), refusal, () => transferToBob(chat, 'cold'));
      expect(fixture.agents(chat.conversationSid)).toEqual(['alice']);

      await recover(chat);
      expect(fixture.agents(chat.conversationSid)).toEqual([]);
    });

  it('posts a notice later when Twilio says that the chat does not exist', async () => {
    const chat = await fixture.startChatWithAlice();
    await refuse(fixture.callPatterns.newMessage, NOT_FOUND, () => transferToBob(chat, 'warm'));
    expect(fixture.noticeKinds(chat.conversationSid)).toEqual(['agent-joined']);

    await recover(chat);
    expect(fixture.noticeKinds(chat.conversationSid)).toContain('transfer-started');
  });

  it('posts no notice twice when Twilio says that the chat does not exist while it is looked up', async () => {
    const chat = await fixture.startChatWithAlice();
    await fixture.addSandboxFault({
      ...fixture.callPatterns.newMessage,
      times: null,
      status: 503,
      refuse: 'after',
    });
    await refuse(at('GET', CHAT_HOST, '/Messages$'), NOT_FOUND, () => transferToBob(chat, 'warm'));
    await recover(chat);
    const ids = fixture
      .channel(chat.conversationSid)
      .messages.map(({ attributes }) => JSON.stringify(attributes));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each([NOT_FOUND, INVALID, CONFLICT])('ends a chat later when Twilio refuses it: %j', async (refusal) => {
    const chat = await fixture.startChatWithAlice();
    const pattern =
      backend === 'conversations'
        ? at('POST', 'flex-api', '/Channels/UO\\w+$')
        : at('POST', 'chat', '/Channels/CH\\w+$');
    await refuse(pattern, refusal, () => ask('/conversation/complete', 'alice', chat));
    if (backend === 'conversations') expect(fixture.isOpen(chat.conversationSid)).toBe(true);

    await recover(chat);
    expect(fixture.isOpen(chat.conversationSid)).toBe(false);
  });

  it('finds a chat in the index even if Twilio answered that its item exists', async () => {
    const chat = await fixture.startChatWithAlice();
    await refuse(at('POST', 'sync', '/Items$'), { status: 409, code: 54208 }, () =>
      transferToBob(chat, 'cold'),
    );
    await fixture.settle();
    fixture.undelivered.length = 0;
    await recover(chat);
    const ledger = await fixture.ledger(chat.conversationSid);
    expect(ledger?.transfer?.state).not.toBe('offered');
  });
});
