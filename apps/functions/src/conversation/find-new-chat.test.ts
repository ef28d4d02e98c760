/** A long-lived channel of Programmable Chat stays the customer's after the end of a chat. */
import { randomUUID } from 'node:crypto';
import { SANDBOX_ACCOUNT } from '@chat-transfer/flex-sandbox';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Chat,
  type FunctionsFixture,
  startFunctionsFixture,
} from '../../test/support/functions-fixture';

let fixture: FunctionsFixture;
beforeAll(async () => {
  fixture = await startFunctionsFixture({ backend: 'programmable-chat' });
});
beforeEach(() => fixture.reset());
afterAll(() => fixture?.close());

async function startChat({ isLongLived }: { readonly isLongLived: boolean }): Promise<Chat> {
  const chat = await fixture.startChatWithAlice();
  const { attributes } = fixture.channel(chat.conversationSid);
  await fixture.rest.chat.v2
    .services(SANDBOX_ACCOUNT.chatServiceSid)
    .channels(chat.conversationSid)
    .update({ attributes: JSON.stringify({ ...Object(attributes), long_lived: isLongLived }) });
  return chat;
}

const ask = async (path: string, worker: string, { taskSid, conversationSid }: Chat, values: object = {}) => {
  const request = { token: await fixture.tokenOf(worker), taskSid, conversationSid };
  return (await fixture.post(path, { ...request, ...values })).body;
};

/** Ends the chat, and lets TaskRouter's clock go on. */
async function end(chat: Chat, by: 'customer' | 'last-agent'): Promise<void> {
  if (by === 'customer') await fixture.endAsCustomer(chat);
  await ask('/conversation/complete', 'alice', chat);
  await fixture.deliverAll();
  expect((await fixture.ledger(chat.conversationSid))?.ended?.by).toBe(by);
  fixture.clock.advance(60_000);
}

/** The customer writes again. A Studio flow creates a task of the channel, and tracks it. */
async function writeAgain(chat: Chat): Promise<Chat> {
  const [workflow] = await fixture.workspace().workflows.list({ friendlyName: 'Assign to Anyone' });
  const { sid } = await fixture.workspace().tasks.create({
    attributes: chat.taskAttributes,
    taskChannel: 'chat',
    workflowSid: workflow?.sid ?? expect.fail('there is no workflow'),
  });
  const second = { ...chat, taskSid: sid };
  await fixture.post('/studio/track-task', { taskSid: sid, conversationSid: chat.conversationSid });
  await fixture.deliverAll();
  return second;
}

describe.each(['customer', 'last-agent'] as const)(
  'a second chat, after the %s has ended the first,',
  (by) => {
    it('has its agent, its notices, its transfer and its end in a long-lived channel', async () => {
      const first = await startChat({ isLongLived: true });
      await end(first, by);
      const noticesBefore = fixture.noticeKinds(first.conversationSid).length;

      const second = await writeAgain(first);
      expect(fixture.task(second.taskSid)?.status).toBe('reserved');
      await fixture.accept('alice', second.taskSid);
      await fixture.deliverAll();
      expect(fixture.isOpen(first.conversationSid)).toBe(true);

      const target = { targetSid: fixture.workerSid('bob'), mode: 'cold' };
      const started = await ask('/transfer/start', 'alice', second, { transferId: randomUUID(), ...target });
      expect(started).toMatchObject({ ok: true });
      await fixture.deliverAll();
      const bobs = { ...second, taskSid: String(started.transferTaskSid) };
      await fixture.accept('bob', bobs.taskSid);
      await fixture.deliverAll();
      await ask('/conversation/complete', 'bob', bobs);
      await fixture.deliverAll();

      expect(fixture.noticeKinds(first.conversationSid).slice(noticesBefore)).toEqual([
        'agent-joined',
        'transfer-started',
        'agent-left',
        'agent-joined',
        'agent-left',
        'chat-ended',
      ]);
      const ids = fixture.notices(first.conversationSid).map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect((await fixture.ledger(first.conversationSid))?.ended?.by).toBe('last-agent');
    });

    it('begins once, whatever is repeated', async () => {
      const first = await startChat({ isLongLived: true });
      await end(first, by);
      const second = await writeAgain(first);
      await fixture.deliverTaskCreated(second.taskSid, second.taskAttributes);
      await fixture.post('/studio/track-task', {
        taskSid: second.taskSid,
        conversationSid: first.conversationSid,
      });
      await fixture.deliverTaskCreated(first.taskSid, first.taskAttributes);
      expect(await fixture.ledger(first.conversationSid)).toMatchObject({ chat: 2 });
    });

    it('does not begin in a channel that is not long-lived', async () => {
      const first = await startChat({ isLongLived: false });
      await end(first, by);
      const second = await writeAgain(first);
      expect((await fixture.ledger(first.conversationSid))?.ended?.by).toBe(by);
      // Without the customer, the agent who accepts the task would be alone.
      if (by === 'customer') expect(fixture.task(second.taskSid)?.status).toBe('canceled');
    });
  },
);
