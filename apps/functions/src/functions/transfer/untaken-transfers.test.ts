import { randomUUID } from 'node:crypto';
import { findTransfer } from '@chat-transfer/transfer-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Chat,
  type FunctionsFixture,
  startFunctionsFixture,
} from '../../../test/support/functions-fixture';
import { BACKENDS } from '../../../test/support/twilio-chats';

describe.each(BACKENDS)('on %s', (backend) => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend, queueLabels: { Billing: 'Billing' } });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture?.close());

  /** Alice transfers the chat. Returns the transfer's id and task. */
  async function transfer(chat: Chat, mode: 'warm' | 'cold', to: 'bob' | 'Billing' = 'bob') {
    const transferId = randomUUID();
    const { body } = await fixture.post('/transfer/start', {
      token: await fixture.tokenOf('alice'),
      taskSid: chat.taskSid,
      conversationSid: chat.conversationSid,
      transferId,
      targetSid: to === 'bob' ? fixture.workerSid('bob') : fixture.queueSid('Billing'),
      mode,
      note: 'Between us',
    });
    expect(body).toMatchObject({ ok: true });
    await fixture.deliverAll();
    return { transferId, taskSid: String(body.transferTaskSid) };
  }

  const cancel = async (chat: Chat, transferId: string, worker = 'alice') =>
    fixture.post('/transfer/cancel', {
      token: await fixture.tokenOf(worker),
      taskSid: chat.taskSid,
      conversationSid: chat.conversationSid,
      transferId,
    });

  const stateOf = async (chat: Chat, transferId: string) => {
    const ledger = await fixture.ledger(chat.conversationSid);
    return ledger && findTransfer(ledger, transferId)?.state;
  };

  /** The notices after Alice joined. */
  const noticesSinceStart = (chat: Chat) => fixture.notices(chat.conversationSid).slice(1);
  const kinds = (chat: Chat) => noticesSinceStart(chat).map(({ kind }) => kind);

  describe('a warm transfer that no agent accepts', () => {
    it('leaves the chat with its agent, who can start another, when the target declines', async () => {
      const chat = await fixture.startChatWithAlice();
      const { transferId, taskSid } = await transfer(chat, 'warm');

      await fixture.updateReservation('bob', taskSid, 'rejected');
      await fixture.deliverAll();

      expect(noticesSinceStart(chat)).toMatchObject([
        { kind: 'transfer-started' },
        { kind: 'transfer-declined', to: { name: 'Bob' } },
      ]);
      expect(noticesSinceStart(chat)[1]).not.toHaveProperty('looking');
      expect(await stateOf(chat, transferId)).toBe('returned');
      expect(fixture.task(taskSid)?.status).toBe('canceled');
      expect(fixture.members(chat.conversationSid)).toEqual([chat.identity, 'alice']);
      await transfer(chat, 'warm', 'Billing');
    });

    it.each([
      ['bob', 30],
      ['Billing', 60],
    ] as const)('ends without an answer from %s after %i s', async (target, seconds) => {
      fixture.sandbox.state().setQuirks({ reservationTimeoutEndsTarget: false });
      const chat = await fixture.startChatWithAlice();
      const { transferId, taskSid } = await transfer(chat, 'warm', target);

      fixture.clock.advance((seconds - 1) * 1000);
      await fixture.deliverAll();
      expect(await stateOf(chat, transferId)).toBe('offered');
      fixture.clock.advance(2_000);
      await fixture.deliverAll();

      expect(kinds(chat)).toEqual(['transfer-started', 'transfer-unanswered']);
      expect(await stateOf(chat, transferId)).toBe('returned');
      expect(fixture.task(taskSid)?.status).toBe('canceled');
    });

    it('is offered to the agent who started it when they have left the chat', async () => {
      const chat = await fixture.startChatWithAlice();
      const { transferId, taskSid } = await transfer(chat, 'warm');
      await fixture.post('/conversation/leave', {
        token: await fixture.tokenOf('alice'),
        taskSid: chat.taskSid,
        conversationSid: chat.conversationSid,
      });
      await fixture.deliverAll();

      await fixture.updateReservation('bob', taskSid, 'rejected');
      await fixture.deliverAll();

      expect(noticesSinceStart(chat).at(-1)).toMatchObject({ kind: 'transfer-declined', looking: true });
      expect(await stateOf(chat, transferId)).toBe('declined');
      expect(fixture.reservation('alice', taskSid)?.status).toBe('pending');
    });
  });

  describe('a cold transfer that no agent accepts', () => {
    it('is offered to the agent who started it, with the reason, when the target declines', async () => {
      const chat = await fixture.startChatWithAlice();
      const { transferId, taskSid } = await transfer(chat, 'cold');

      await fixture.updateReservation('bob', taskSid, 'rejected');
      await fixture.deliverAll();

      expect(noticesSinceStart(chat).at(-1)).toMatchObject({ kind: 'transfer-declined', looking: true });
      expect(fixture.reservation('bob', taskSid)).toBeUndefined();
      expect(fixture.task(taskSid)?.attributes.chatTransfer).toMatchObject({
        note: 'Between us',
        returned: { reason: 'declined', to: { name: 'Bob' } },
      });

      await fixture.accept('alice', taskSid);
      await fixture.deliverAll();

      expect(await stateOf(chat, transferId)).toBe('returned');
      expect(kinds(chat)).toEqual(['transfer-started', 'agent-left', 'transfer-declined', 'agent-joined']);
      expect(fixture.members(chat.conversationSid)).toEqual([chat.identity, 'alice']);
      expect(fixture.allTasks().filter((task) => task.attributes.chatTransferId === transferId)).toHaveLength(
        1,
      );
    });

    it('stays offered to the agent who started it when the workflow redirects it before the functions', async () => {
      const chat = await fixture.startChatWithAlice();
      const { taskSid } = await transfer(chat, 'cold');
      fixture.clock.advance(61_000);
      await fixture.settle();
      const late = fixture.undelivered.splice(0);
      fixture.clock.advance(10_000);
      await fixture.settle();
      expect(fixture.reservation('alice', taskSid)?.status).toBe('pending');

      for (const callback of [...late, ...fixture.undelivered.splice(0)]) await fixture.deliver(callback);
      await fixture.deliverAll();

      expect(fixture.reservation('alice', taskSid)?.status).toBe('pending');
      await fixture.accept('alice', taskSid);
    });

    it('does not count a withdrawn offer as declined', async () => {
      const chat = await fixture.startChatWithAlice();
      const { transferId, taskSid } = await transfer(chat, 'cold', 'Billing');
      const [offer] = fixture.task(taskSid)?.reservations ?? [];

      await cancel(chat, transferId);
      await fixture.deliverAll();

      expect(offer?.status).toBe('pending');
      expect(fixture.task(taskSid)?.attributes).toMatchObject({ chatTransferDeclinedBy: [] });
      expect(fixture.reservation('alice', taskSid)?.status).toBe('pending');
    });

    it('goes to the queue that the chat came from when the agent who started it declines too', async () => {
      const chat = await fixture.startChatWithAlice();
      const { taskSid } = await transfer(chat, 'cold');
      const queue = fixture.task(chat.taskSid)?.queueName;

      await fixture.updateReservation('bob', taskSid, 'rejected');
      await fixture.deliverAll();
      await fixture.updateReservation('alice', taskSid, 'rejected');
      await fixture.deliverAll();

      expect(fixture.reservation('alice', taskSid)).toBeUndefined();
      expect(fixture.task(taskSid)?.queueName).toBe(queue);
      expect(kinds(chat).filter((kind) => kind === 'transfer-declined')).toHaveLength(1);
    });

    it('is offered to the agent who started it when the target does not answer in time', async () => {
      const chat = await fixture.startChatWithAlice();
      const { transferId, taskSid } = await transfer(chat, 'cold');

      fixture.clock.advance(31_000);
      await fixture.deliverAll();

      expect(noticesSinceStart(chat).at(-1)).toMatchObject({ kind: 'transfer-unanswered', looking: true });
      expect(await stateOf(chat, transferId)).toBe('unanswered');
      expect(fixture.reservation('alice', taskSid)?.status).toBe('pending');
    });

    it('becomes unanswered at the next request when TaskRouter’s event about it was lost', async () => {
      const chat = await fixture.startChatWithAlice();
      const { transferId } = await transfer(chat, 'cold');
      fixture.clock.advance(80_000);
      await fixture.settle();
      fixture.undelivered.length = 0;

      await cancel(chat, transferId);

      expect(await stateOf(chat, transferId)).toBe('unanswered');
    });
  });

  describe('a transfer that is accepted in time', () => {
    it('counts as accepted even if the events arrive late and the task is completed', async () => {
      const chat = await fixture.startChatWithAlice();
      const { transferId, taskSid } = await transfer(chat, 'warm');
      await fixture.accept('bob', taskSid);
      await fixture.updateReservation('bob', taskSid, 'completed');
      await fixture.settle();
      const late = fixture.undelivered.splice(0);
      fixture.clock.advance(120_000);

      for (const callback of late) await fixture.deliver(callback);
      await fixture.deliverAll();

      expect(await stateOf(chat, transferId)).toBe('accepted');
      expect(kinds(chat)).toEqual(['transfer-started', 'agent-joined', 'agent-left']);
    });
  });

  describe('a transfer whose start gets no answer from Twilio', () => {
    it('leaves no pending offer when the customer ends the chat', async () => {
      const chat = await fixture.startChatWithAlice();
      await fixture.addSandboxFault({ ...fixture.callPatterns.newTask, times: 1, drop: 'after' });
      await fixture.addSandboxFault({
        method: 'GET',
        host: 'taskrouter.twilio.com',
        path: '/Tasks',
        times: 12,
        status: 503,
      });
      await fixture.post('/transfer/start', {
        token: await fixture.tokenOf('alice'),
        taskSid: chat.taskSid,
        conversationSid: chat.conversationSid,
        transferId: randomUUID(),
        targetSid: fixture.workerSid('bob'),
        mode: 'cold',
      });
      await fixture.clearSandboxFaults();

      await fixture.endAsCustomer(chat);
      await fixture.deliverAll();

      expect(fixture.tasks(chat.conversationSid).map(({ status }) => status)).not.toContain('reserved');
    });
  });

  describe('POST /transfer/cancel', () => {
    it('cancels a warm transfer and its task', async () => {
      const chat = await fixture.startChatWithAlice();
      const { transferId, taskSid } = await transfer(chat, 'warm');

      const { status, body } = await cancel(chat, transferId);
      const again = await cancel(chat, transferId);
      await fixture.deliverAll();

      expect({ status, body }).toMatchObject({
        status: 200,
        body: { ok: true, transferId, state: 'cancelled', pending: [] },
      });
      expect(again).toMatchObject({ status: 200, body });
      expect(fixture.task(taskSid)?.status).toBe('canceled');
      expect(noticesSinceStart(chat)).toMatchObject([
        { kind: 'transfer-started' },
        { kind: 'transfer-cancelled', name: 'Alice' },
      ]);
    });

    it('offers a cold transfer to the agent who cancels it', async () => {
      const chat = await fixture.startChatWithAlice();
      const { transferId, taskSid } = await transfer(chat, 'cold', 'Billing');

      const { body } = await cancel(chat, transferId);
      await fixture.deliverAll();
      await fixture.accept('alice', taskSid);
      await fixture.deliverAll();

      expect(body).toMatchObject({ ok: true, transferId, state: 'cancelled', pending: [] });
      expect(noticesSinceStart(chat).map(({ kind }) => kind)).toEqual([
        'transfer-started',
        'agent-left',
        'transfer-cancelled',
        'agent-joined',
      ]);
      expect(await stateOf(chat, transferId)).toBe('returned');
    });

    it('names the agent who accepted first, even before the event about it', async () => {
      const chat = await fixture.startChatWithAlice();
      const { transferId, taskSid } = await transfer(chat, 'warm');
      await fixture.accept('bob', taskSid);

      const { status, body } = await cancel(chat, transferId);
      await fixture.deliverAll();

      expect({ status, ...body }).toMatchObject({ status: 409, code: 'transfer-accepted', name: 'Bob' });
      expect(kinds(chat)).toEqual(['transfer-started', 'agent-joined']);
      expect(await stateOf(chat, transferId)).toBe('accepted');
    });

    it('names the agent who accepted first and has completed, even before the events about it', async () => {
      const chat = await fixture.startChatWithAlice();
      const { transferId, taskSid } = await transfer(chat, 'warm');
      await fixture.accept('bob', taskSid);
      await fixture.updateReservation('bob', taskSid, 'completed');

      const { status, body } = await cancel(chat, transferId);
      await fixture.deliverAll();

      expect({ status, ...body }).toMatchObject({ status: 409, code: 'transfer-accepted', name: 'Bob' });
      expect(fixture.members(chat.conversationSid)).toEqual([chat.identity, 'alice']);
    });

    it('refuses an agent who is not on the task, and changes nothing', async () => {
      const chat = await fixture.startChatWithAlice();
      const { transferId, taskSid } = await transfer(chat, 'warm');

      const { status, body } = await cancel(chat, transferId, 'bob');

      expect({ status, code: body.code }).toEqual({ status: 403, code: 'not-allowed' });
      expect(fixture.reservation('bob', taskSid)?.status).toBe('pending');
      expect(await stateOf(chat, transferId)).toBe('offered');
    });
  });
});
