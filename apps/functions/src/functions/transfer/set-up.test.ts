/** Agents whom Twilio sets up before their accept takes effect: the reservation is on hold meanwhile. */
import { randomUUID } from 'node:crypto';
import { findTransfer } from '@chat-transfer/transfer-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Chat,
  type FunctionsFixture,
  startFunctionsFixture,
} from '../../../test/support/functions-fixture';

/** The defaults. */
const ANSWER_SECONDS = 60;
const RING_SECONDS = 30;

describe('on Flex Conversations', () => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend: 'conversations' });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture?.close());

  interface Started {
    readonly chat: Chat;
    readonly transferId: string;
    readonly taskSid: string;
  }

  async function transferToBob(mode: 'warm' | 'cold'): Promise<Started> {
    const chat = await fixture.startChatWithAlice();
    const transferId = randomUUID();
    const { body } = await fixture.post('/transfer/start', {
      ...{ token: await fixture.tokenOf('alice'), taskSid: chat.taskSid, transferId, mode },
      ...{ conversationSid: chat.conversationSid, targetSid: fixture.workerSid('bob') },
    });
    expect(body).toMatchObject({ ok: true });
    await fixture.deliverAll();
    return { chat, transferId, taskSid: String(body.transferTaskSid) };
  }

  /** Bob clicks Accept, and his set-up lasts this long and ends like this. */
  async function accept(taskSid: string, outcome: 'accepted' | 'canceled' | 'failed', seconds: number) {
    await fixture.addSetUpFault({ worker: 'bob', outcome, durationMs: seconds * 1000 });
    const sid = String(fixture.reservation('bob', taskSid)?.sid);
    const reservation = fixture.workspace().tasks(taskSid).reservations(sid);
    await reservation.update({ reservationStatus: 'accepted' });
    await fixture.deliverAll();
    expect(fixture.reservation('bob', taskSid)).toMatchObject({ status: 'pending', isOnHold: true });
  }

  async function pass(seconds: number): Promise<void> {
    fixture.clock.advance(seconds * 1000);
    await fixture.deliverAll();
  }

  /** As a scheduler does it: the offer is checked, because its time is over. */
  const sweep = () => fixture.sweepAsAdmin();

  const stateOf = async ({ chat, transferId }: Started) => {
    const ledger = await fixture.ledger(chat.conversationSid);
    return ledger && findTransfer(ledger, transferId)?.state;
  };
  /** The notices after Alice joined. */
  const kinds = ({ chat }: Started) => fixture.noticeKinds(chat.conversationSid).slice(1);

  it.each(['warm', 'cold'] as const)(
    'an agent who accepts a %s transfer joins the chat after a set-up that lasts longer than the answer time',
    async (mode) => {
      const started = await transferToBob(mode);
      await pass(RING_SECONDS - 5);
      await accept(started.taskSid, 'accepted', ANSWER_SECONDS + 30);

      await pass(ANSWER_SECONDS);
      await sweep();
      expect(await stateOf(started)).toBe('offered');

      await pass(30);
      expect(await stateOf(started)).toBe('accepted');
      expect(kinds(started).at(-1)).toBe('agent-joined');
      expect(fixture.agents(started.chat.conversationSid)).toContain('bob');
    },
  );

  it.each(['canceled', 'failed'] as const)(
    'an agent whose set-up ends with reservation.%s is asked again, and can accept',
    async (outcome) => {
      const started = await transferToBob('warm');
      await accept(started.taskSid, outcome, 1);
      await pass(1);
      expect(await stateOf(started)).toBe('offered');
      expect(kinds(started)).toEqual(['transfer-started']);

      await fixture.accept('bob', started.taskSid);
      await fixture.deliverAll();
      expect(await stateOf(started)).toBe('accepted');
      expect(fixture.agents(started.chat.conversationSid)).toEqual(['alice', 'bob']);
    },
  );

  it.each(['canceled', 'failed'] as const)(
    'a cold transfer returns to its agent when the set-up ends with reservation.%s and the agent does not answer again',
    async (outcome) => {
      const started = await transferToBob('cold');
      await accept(started.taskSid, outcome, 1);
      await pass(1);
      await pass(RING_SECONDS);
      await pass(ANSWER_SECONDS);
      await sweep();
      await fixture.deliverAll();

      expect(await stateOf(started)).toBe('unanswered');
      expect(kinds(started)).toEqual(['transfer-started', 'agent-left', 'transfer-unanswered']);
      expect(fixture.isOpen(started.chat.conversationSid)).toBe(true);
    },
  );

  it('a transfer that is cancelled while its target is set up has one outcome', async () => {
    const started = await transferToBob('warm');
    await accept(started.taskSid, 'accepted', 5);
    const { body } = await fixture.post('/transfer/cancel', {
      ...{ token: await fixture.tokenOf('alice'), taskSid: started.chat.taskSid },
      ...{ conversationSid: started.chat.conversationSid, transferId: started.transferId },
    });
    await pass(5);
    await sweep();
    await fixture.deliverAll();

    const state = await stateOf(started);
    expect([body.ok, state]).toEqual(body.ok === true ? [true, 'cancelled'] : [false, 'accepted']);
    expect(fixture.agents(started.chat.conversationSid)).toEqual(
      state === 'cancelled' ? ['alice'] : ['alice', 'bob'],
    );
  });

  it('the chat ends when the customer leaves while the target of a cold transfer is set up', async () => {
    const started = await transferToBob('cold');
    await accept(started.taskSid, 'accepted', 10);
    await fixture.endAsCustomer(started.chat);
    await fixture.deliverAll();
    await pass(10);
    await sweep();
    await fixture.deliverAll();

    expect(kinds(started).slice(-2)).toEqual(['customer-left', 'chat-ended']);
    expect(fixture.isOpen(started.chat.conversationSid)).toBe(false);
    expect(fixture.task(started.taskSid)?.status ?? 'deleted').not.toMatch(/pending|reserved|assigned/);
  });
});
