/** What an account, its customers and other programs put on tasks, and what a transfer makes of it. */
import { randomUUID } from 'node:crypto';
import { TASK_ATTRIBUTES_BUDGET } from '@chat-transfer/transfer-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Chat,
  type FunctionsFixture,
  startFunctionsFixture,
} from '../../../test/support/functions-fixture';
import { readTwilioState } from '../../../test/support/sandbox-control';
import { BACKENDS } from '../../../test/support/twilio-chats';

describe.each(BACKENDS)('on %s', (backend) => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture?.close());

  const attributesOf = (taskSid: unknown): Readonly<Record<string, unknown>> =>
    fixture.task(String(taskSid))?.attributes ?? expect.fail('there is no such task');

  /** Adds keys to a task, as a Studio flow or another plugin does. */
  async function addKeys(taskSid: string, keys: object): Promise<void> {
    const attributes = JSON.stringify({ ...attributesOf(taskSid), ...keys });
    await fixture.workspace().tasks(taskSid).update({ attributes });
  }

  /** Adds a key so that the task's attributes have this length. */
  async function fillUp(taskSid: string, length: number): Promise<void> {
    const missing = length - JSON.stringify({ ...attributesOf(taskSid), crm: '' }).length;
    await addKeys(taskSid, { crm: 'x'.repeat(missing) });
  }

  async function ask(path: string, worker: string, chat: Chat, values: object = {}, taskSid = chat.taskSid) {
    const { conversationSid } = chat;
    const request = { token: await fixture.tokenOf(worker), taskSid, conversationSid, ...values };
    return (await fixture.post(path, request)).body;
  }

  const start = async (chat: Chat, values: object = {}) => {
    const target = { targetSid: fixture.workerSid('bob'), mode: 'cold' };
    const body = await ask('/transfer/start', 'alice', chat, {
      transferId: randomUUID(),
      ...target,
      ...values,
    });
    await fixture.deliverAll();
    return body;
  };

  describe('a first task', () => {
    it.each<object>([
      { transferId: null },
      { transferId: 42 },
      { transferId: 'order 66' },
      { transferTargetType: 'worker', transferTargetSid: 'branch 7' },
      { workerSidsInConversation: 'all' },
      { channelType: null },
      { chatTransfer: 'yes' },
      { chatTransferId: null },
      { transferredChannelSid: 42 },
    ])('with %j is a chat that can be transferred, and keeps its keys', async (keys) => {
      const chat = await fixture.startChat();
      await addKeys(chat.taskSid, keys);
      await fixture.accept('alice', chat.taskSid);
      await fixture.deliverAll();
      expect(fixture.noticeKinds(chat.conversationSid)).toEqual(['agent-joined']);

      const body = await start(chat);

      expect(body).toMatchObject({ ok: true });
      const kept = Object.entries(keys).filter(
        // Flex names the channel type of an invite's task itself.
        ([key]) => !key.startsWith('chatTransfer') && key !== 'channelType',
      );
      expect(attributesOf(body.transferTaskSid)).toMatchObject(Object.fromEntries(kept));
      await fixture.accept('bob', String(body.transferTaskSid));
      await fixture.deliverAll();
      expect(fixture.agents(chat.conversationSid)).toEqual(['bob']);
    });
  });

  describe('a callback on the task channel voice that has the attributes of the chat', () => {
    async function aCallback(chat: Chat): Promise<string> {
      const { workflowSid } = await fixture.workspace().tasks(chat.taskSid).fetch();
      const { sid } = await fixture.workspace().tasks.create({
        attributes: JSON.stringify({ ...attributesOf(chat.taskSid), callTo: '+15005550006' }),
        taskChannel: 'voice',
        workflowSid,
      });
      fixture.recordTrueChat(sid, undefined);
      return sid;
    }

    it('has no part in the chat, which ends with its last agent', async () => {
      const chat = await fixture.startChatWithAlice();
      const callback = await aCallback(chat);
      await fixture.deliverAll();
      expect((await fixture.ledger(chat.conversationSid))?.tasks).not.toHaveProperty(callback);

      expect(await ask('/conversation/complete', 'alice', chat)).toMatchObject({ conversation: 'ended' });
      expect(fixture.task(callback)?.status).not.toBe('canceled');
    });

    it('is refused by every endpoint', async () => {
      const chat = await fixture.startChatWithAlice();
      const callback = await aCallback(chat);
      await fixture.settle();
      await fixture.updateReservation('alice', callback, 'accepted');
      await fixture.deliverAll();
      for (const path of ['/conversation/leave', '/conversation/complete']) {
        expect(await ask(path, 'alice', chat, {}, callback)).toMatchObject({ code: 'not-a-chat' });
      }
      const target = { transferId: randomUUID(), targetSid: fixture.workerSid('bob'), mode: 'cold' };
      expect(await ask('/transfer/start', 'alice', chat, target, callback)).toMatchObject({
        code: 'not-a-chat',
      });
      expect(fixture.agents(chat.conversationSid)).toEqual(['alice']);
    });
  });

  describe('the transfer task', () => {
    it('keeps the priority of the original task', async () => {
      const chat = await fixture.startChatWithAlice();
      await fixture.workspace().tasks(chat.taskSid).update({ priority: 70 });
      const { transferTaskSid } = await start(chat);
      const { priority } = await fixture.workspace().tasks(String(transferTaskSid)).fetch();
      expect(priority).toBe(70);
    });

    it('gets the priority and the attributes that the caller sets', async () => {
      const chat = await fixture.startChatWithAlice();
      await addKeys(chat.taskSid, { language: 'en', tier: 'gold' });
      const options = { attributes: JSON.stringify({ language: 'fr', reason: 'refund' }), priority: '50' };
      const { transferTaskSid } = await start(chat, options);
      expect(attributesOf(transferTaskSid)).toMatchObject({ language: 'fr', tier: 'gold', reason: 'refund' });
      const { priority } = await fixture.workspace().tasks(String(transferTaskSid)).fetch();
      expect(priority).toBe(50);
      expect((await fixture.ledger(chat.conversationSid))?.transfer).not.toHaveProperty('attributes');
    });

    it('gets them from a second attempt too, after Twilio did not answer the first', async () => {
      const chat = await fixture.startChatWithAlice();
      await fixture.addSandboxFault({ ...fixture.callPatterns.newTask, times: 1, drop: 'before' });
      const options = { attributes: JSON.stringify({ language: 'fr' }), priority: '50' };
      const { transferTaskSid } = await start(chat, options);
      await fixture.clearSandboxFaults();
      expect(attributesOf(transferTaskSid)).toMatchObject({ language: 'fr' });
      const { priority } = await fixture.workspace().tasks(String(transferTaskSid)).fetch();
      expect(priority).toBe(50);
    });

    it('does not get keys that routing trusts from the caller', async () => {
      const chat = await fixture.startChatWithAlice();
      const forged = {
        chatTransferTargetSid: fixture.workerSid('carol'),
        chatTransferFromSid: fixture.workerSid('carol'),
        chatTransferInChat: [],
        chatTransfer: { from: 'Mallory' },
        channelSid: `CH${'f'.repeat(32)}`,
        conversationSid: `CH${'f'.repeat(32)}`,
        flexInteractionSid: `KD${'f'.repeat(32)}`,
      };
      const { transferTaskSid } = await start(chat, { attributes: JSON.stringify(forged) });
      const attributes = attributesOf(transferTaskSid);
      expect(attributes).toMatchObject({
        chatTransferTargetSid: fixture.workerSid('bob'),
        chatTransferFromSid: fixture.workerSid('alice'),
        chatTransferInChat: [fixture.workerSid('alice')],
        chatTransfer: { from: 'Alice' },
      });
      expect(JSON.stringify(attributes)).not.toContain('f'.repeat(32));
    });

    it('has no segment of the original task, and names it although the account uses the key itself', async () => {
      const chat = await fixture.startChatWithAlice();
      const conversations = {
        ...Object(attributesOf(chat.taskSid).conversations),
        ...{ conversation_attribute_10: 'gold', case: '24567' },
        ...{ hang_up_by: 'Agent', outcome: 'Sold', abandoned: 'No', queue_time: 7, ring_time: 3 },
        ...{ segment_link: 'https://example.com/1' },
      };
      await addKeys(chat.taskSid, { conversations });
      const { transferTaskSid } = await start(chat);
      const attributes = attributesOf(transferTaskSid);
      expect(attributes).toMatchObject({
        conversations: { conversation_attribute_10: 'gold', case: '24567', order: 2 },
        chatTransfer: { previousTaskSid: chat.taskSid },
      });
      for (const key of ['hang_up_by', 'outcome', 'abandoned', 'queue_time', 'ring_time', 'segment_link']) {
        expect(attributes.conversations).not.toHaveProperty(key);
      }
    });
  });

  describe('the task that is left', () => {
    const followedBy = (taskSid: string) => Object(attributesOf(taskSid).conversations).followed_by;

    it.each(['before', 'after'])(
      'says that a cold transfer follows when it is completed %s the target accepts',
      async (when) => {
        const chat = await fixture.startChatWithAlice();
        const { transferTaskSid } = await start(chat);
        if (when === 'after') await fixture.accept('bob', String(transferTaskSid));
        await fixture.deliverAll();
        expect(await ask('/conversation/complete', 'alice', chat)).toMatchObject({ ok: true });
        expect(followedBy(chat.taskSid)).toBe('Cold Transfer');
      },
    );

    it.each([[['/conversation/complete']], [['/conversation/leave', '/conversation/complete']]])(
      'says that a warm transfer follows after %j',
      async (paths) => {
        const chat = await fixture.startChatWithAlice();
        const { transferTaskSid } = await start(chat, { mode: 'warm' });
        expect(followedBy(chat.taskSid)).toBeUndefined();
        await fixture.accept('bob', String(transferTaskSid));
        await fixture.deliverAll();

        for (const path of paths) {
          expect(await ask(path, 'alice', chat)).toMatchObject({ ok: true, conversation: 'open' });
        }

        expect(followedBy(chat.taskSid)).toBe('Warm Transfer');
        expect(fixture.agents(chat.conversationSid)).toEqual(['bob']);
      },
    );

    it('says nothing if no transfer follows', async () => {
      const chat = await fixture.startChatWithAlice();
      await ask('/conversation/complete', 'alice', chat);
      expect(followedBy(chat.taskSid)).toBeUndefined();
    });

    it.each(['/conversation/leave', '/conversation/complete'])(
      'can be left with %s if it has no room for it, or Twilio refuses it',
      async (path) => {
        for (const refuse of [true, false]) {
          await fixture.reset();
          const chat = await fixture.startChatWithAlice();
          const { transferTaskSid } = await start(chat, { mode: 'warm' });
          await fixture.accept('bob', String(transferTaskSid));
          await fixture.deliverAll();
          if (refuse) {
            const refusal = { host: 'taskrouter.twilio.com', method: 'POST', status: 400, code: 20001 };
            await fixture.addSandboxFault({ ...refusal, path: `/Tasks/${chat.taskSid}$`, times: 2 });
          } else {
            await fillUp(chat.taskSid, TASK_ATTRIBUTES_BUDGET);
          }

          expect(await ask(path, 'alice', chat)).toMatchObject({ ok: true, conversation: 'open' });

          await fixture.clearSandboxFaults();
          await fixture.deliverAll();
          expect(fixture.isOpen(chat.conversationSid)).toBe(true);
          expect(fixture.agents(chat.conversationSid)).toEqual(['bob']);
        }
      },
    );
  });

  describe('a task that is almost full', () => {
    it('is not transferred, and nothing begins', async () => {
      const chat = await fixture.startChatWithAlice();
      await fillUp(chat.taskSid, 3_900);
      const before = await readTwilioState(fixture.sandbox, fixture.rest);

      const body = await start(chat, { note: 'Wants a refund' });

      expect(body).toMatchObject({ ok: false, code: 'task-full', retryable: false });
      expect(body.message).toContain('3900 characters');
      expect(await readTwilioState(fixture.sandbox, fixture.rest)).toEqual(before);
    });

    it('can be transferred when other programs have made room', async () => {
      const chat = await fixture.startChatWithAlice();
      await fillUp(chat.taskSid, 3_900);
      await start(chat);
      await fillUp(chat.taskSid, 1_000);
      expect(await start(chat)).toMatchObject({ ok: true });
    });

    it('stays with its agent if it has become full since the request was checked', async () => {
      const chat = await fixture.startChatWithAlice();
      const transferId = randomUUID();
      await fixture.addSandboxFault({ ...fixture.callPatterns.newTask, times: 20, status: 503 });
      expect(await start(chat, { transferId })).toMatchObject({ ok: false, retryable: true });
      await fixture.clearSandboxFaults();
      await fillUp(chat.taskSid, 3_900);

      expect(await start(chat, { transferId })).toMatchObject({ ok: false, code: 'task-full' });

      expect((await fixture.ledger(chat.conversationSid))?.transfer).toBeUndefined();
      expect(fixture.agents(chat.conversationSid)).toEqual(['alice']);
      expect(fixture.noticeKinds(chat.conversationSid).at(-1)).toBe('transfer-failed');
    });

    it('is full too if TaskRouter counts characters in a stricter way', async () => {
      const chat = await fixture.startChatWithAlice();
      // Fits as characters, and has more than 4,096 characters as escaped ones.
      await addKeys(chat.taskSid, { crm: '電'.repeat(900) });
      await fixture.addSandboxFault({ ...fixture.callPatterns.newTask, times: 3, status: 400, code: 20001 });

      expect(await start(chat)).toMatchObject({ ok: false, code: 'task-full' });

      await fixture.clearSandboxFaults();
      expect(fixture.agents(chat.conversationSid)).toEqual(['alice']);
      expect(await start(chat)).toMatchObject({ ok: true });
    });
  });

  describe('a note for which the task has no room', () => {
    const NOTE = '注'.repeat(1_000);

    async function offerToBob(values: object = {}) {
      const chat = await fixture.startChatWithAlice();
      await fillUp(chat.taskSid, 2_400);
      const transferId = randomUUID();
      const { transferTaskSid } = await start(chat, { note: NOTE, transferId, ...values });
      const taskSid = String(transferTaskSid);
      const read = (worker: string, more: object = {}) =>
        ask('/transfer/note', worker, chat, { transferId, ...more }, taskSid);
      return { chat, taskSid, transferId, read };
    }

    it('is shortened on the task, and its agent reads it whole, before and after they accept', async () => {
      const { taskSid, read } = await offerToBob();
      const attributes = attributesOf(taskSid);
      const { note, noteIsShortened } = Object(attributes.chatTransfer);
      expect(noteIsShortened).toBe(true);
      expect(NOTE.startsWith(String(note).slice(0, -1))).toBe(true);
      expect(JSON.stringify(attributes).length).toBeLessThanOrEqual(TASK_ATTRIBUTES_BUDGET);

      expect(await read('bob')).toEqual({ ok: true, note: NOTE });
      await fixture.accept('bob', taskSid);
      await fixture.deliverAll();
      expect(await read('bob')).toEqual({ ok: true, note: NOTE });
      await fixture.updateReservation('bob', taskSid, 'wrapping');
      await fixture.deliverAll();
      expect(await read('bob')).toEqual({ ok: true, note: NOTE });
    });

    it('is readable for a supervisor', async () => {
      const { read } = await offerToBob();
      expect(await read('carol')).toEqual({ ok: true, note: NOTE });
    });

    it('is not readable for anyone else, nor with another chat, task or transfer', async () => {
      const { chat, taskSid, transferId, read } = await offerToBob();
      const other = await fixture.startChat();
      const refused = { ok: false, code: 'not-allowed' };
      expect(await read('alice')).toMatchObject(refused);
      expect(await read('bob', { transferId: randomUUID() })).toMatchObject(refused);
      expect(await read('bob', { conversationSid: other.conversationSid })).toMatchObject(refused);
      expect(await ask('/transfer/note', 'alice', chat, { transferId })).toMatchObject(refused);

      await fixture.updateReservation('bob', taskSid, 'rejected');
      await fixture.deliverAll();
      expect(await read('bob')).toMatchObject(refused);
    });

    it('is gone from the ledger when the task of its agent is closed', async () => {
      const { chat, taskSid, read } = await offerToBob();
      await fixture.accept('bob', taskSid);
      await fixture.deliverAll();
      expect(JSON.stringify(await fixture.ledger(chat.conversationSid))).toContain(NOTE);
      await ask('/conversation/complete', 'bob', chat, {}, taskSid);
      await fixture.deliverAll();
      expect(JSON.stringify(await fixture.ledger(chat.conversationSid))).not.toContain(NOTE);
      expect(await read('bob')).toMatchObject({ ok: false });
    });

    it('is on the task as a whole if there is room', async () => {
      const chat = await fixture.startChatWithAlice();
      const { transferTaskSid } = await start(chat, { note: 'Wants a refund' });
      const { chatTransfer } = attributesOf(transferTaskSid);
      expect(chatTransfer).toMatchObject({ note: 'Wants a refund' });
      expect(chatTransfer).not.toHaveProperty('noteIsShortened');
    });
  });
});
