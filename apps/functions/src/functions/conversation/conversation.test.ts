import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpFixture, startHttpFixture } from '../../../test/support/http-fixture';
import { BACKENDS, conversationOf } from '../../../test/support/twilio-chats';
import { waitFor } from '../../../test/support/wait-for';

interface Chat {
  readonly taskSid: string;
  readonly conversationSid: string;
}

describe.each(BACKENDS)('on %s', (backend) => {
  let world: HttpFixture;
  beforeAll(async () => {
    world = await startHttpFixture({ backend });
  });
  afterAll(() => world?.close());

  /** Alice has handed the chat to Bob, warm, and both are in it. */
  async function aWarmTransferToBob() {
    const chat = await world.startChatWithAlice();
    const request = await world.startRequest(chat, { mode: 'warm', targetSid: world.workerSid('bob') });
    const { body } = await world.post('/transfer/start', request);
    const bobs: Chat = { ...chat, taskSid: String(body.transferTaskSid) };
    await world.accept('bob', bobs.taskSid, chat.conversationSid);
    await world.untilNotices(chat.conversationSid, ['agent-joined', 'transfer-started', 'agent-joined']);
    return { chat, bobs };
  }

  const leave = async (worker: string, chat: Chat) =>
    world.post('/conversation/leave', await world.taskRequest(worker, chat));
  const complete = async (worker: string, chat: Chat) =>
    world.post('/conversation/complete', await world.taskRequest(worker, chat));
  const isOpen = ({ conversationSid }: Chat) => world.isOpen(conversationSid);

  describe('leaving and completing', () => {
    it('keeps the chat open for the first agent when the second of a warm transfer completes first', async () => {
      const { chat, bobs } = await aWarmTransferToBob();

      expect((await leave('bob', bobs)).body).toEqual({ ok: true, conversation: 'open' });
      expect((await complete('bob', bobs)).body).toEqual({ ok: true, conversation: 'open' });

      expect(isOpen(chat)).toBe(true);
      expect(world.members(chat.conversationSid)).toEqual(expect.arrayContaining(['alice']));
      expect(world.members(chat.conversationSid)).not.toContain('bob');
      expect(world.noticeKinds(chat.conversationSid)).not.toContain('chat-ended');

      expect((await leave('alice', chat)).body).toEqual({ ok: true, conversation: 'ended' });
      expect(isOpen(chat)).toBe(false);
      expect(world.noticeKinds(chat.conversationSid).slice(-3)).toEqual([
        'agent-left',
        'agent-left',
        'chat-ended',
      ]);
    });

    it('keeps the chat open for the second agent when the first leaves and completes', async () => {
      const { chat, bobs } = await aWarmTransferToBob();

      await leave('alice', chat);
      expect(await world.reservationStatus('alice', chat.taskSid)).toBe('wrapping');
      await complete('alice', chat);

      expect(await world.reservationStatus('alice', chat.taskSid)).toBe('completed');
      expect(isOpen(chat)).toBe(true);
      expect((await complete('bob', bobs)).body).toEqual({ ok: true, conversation: 'ended' });
      expect(isOpen(chat)).toBe(false);
    });

    it('completes straight from the chat, with the same notices', async () => {
      const chat = await world.startChatWithAlice();

      expect((await complete('alice', chat)).body).toEqual({ ok: true, conversation: 'ended' });

      expect(world.noticeKinds(chat.conversationSid)).toEqual(['agent-joined', 'agent-left', 'chat-ended']);
      expect(world.members(chat.conversationSid)).toEqual([expect.stringMatching(/^customer-/)]);
    });

    it('does nothing the second time', async () => {
      const chat = await world.startChatWithAlice();
      await leave('alice', chat);
      const before = await world.ledger(chat.conversationSid);

      expect((await leave('alice', chat)).body).toEqual({ ok: true, conversation: 'ended' });

      expect(await world.ledger(chat.conversationSid)).toEqual(before);
      expect(world.noticeKinds(chat.conversationSid)).toEqual(['agent-joined', 'agent-left', 'chat-ended']);
    });

    it('answers a completion again whose first answer was lost', async () => {
      const { chat } = await aWarmTransferToBob();

      const first = await complete('alice', chat);
      const second = await complete('alice', chat);

      expect(second).toMatchObject({ status: 200, body: first.body });
      expect((await complete('bob', chat)).status).toBe(403);
    });

    it('keeps the SID of the chat on the task for reports, where no janitor of Flex looks for it', async () => {
      const { chat } = await aWarmTransferToBob();
      await leave('alice', chat);
      await complete('alice', chat);

      const attributes = JSON.parse((await world.workspace.tasks(chat.taskSid).fetch()).attributes);
      expect(conversationOf(attributes)).toBe(chat.conversationSid);
      expect(attributes).not.toHaveProperty('channelSid');
    });

    it('waits for the pending transfer: an agent who leaves meanwhile does not end the chat', async () => {
      const chat = await world.startChatWithAlice();
      await world.post('/transfer/start', await world.startRequest(chat, { mode: 'warm' }));

      expect((await leave('alice', chat)).body).toEqual({ ok: true, conversation: 'open' });
      expect(isOpen(chat)).toBe(true);
    });

    it('lets the agent go when the chat itself has been deleted', async () => {
      const chat = await world.startChatWithAlice();
      await world.remove(chat.conversationSid);

      expect((await leave('alice', chat)).body).toEqual({ ok: true, conversation: 'ended' });
      expect((await complete('alice', chat)).body).toEqual({ ok: true, conversation: 'ended' });
      expect(await world.reservationStatus('alice', chat.taskSid)).toBe('completed');
    });

    it('refuses a worker who is not on the task', async () => {
      const chat = await world.startChatWithAlice();

      const { status, body } = await leave('bob', chat);

      expect({ status, code: body.code }).toEqual({ status: 403, code: 'not-allowed' });
      expect(await world.reservationStatus('alice', chat.taskSid)).toBe('accepted');
    });

    it('is done in one request though Twilio stumbles over a step, and once', async () => {
      const chat = await world.startChatWithAlice();
      await world.addFault({ ...world.calls.newMessage, times: 1, status: 503, code: 20503 });

      expect((await leave('alice', chat)).body).toEqual({ ok: true, conversation: 'ended' });
      expect((await leave('alice', chat)).body).toEqual({ ok: true, conversation: 'ended' });

      expect(world.noticeKinds(chat.conversationSid)).toEqual(['agent-joined', 'agent-left', 'chat-ended']);
    });
  });

  describe('what TaskRouter tells', () => {
    it('is heard only with Twilio’s signature', async () => {
      const chat = await world.startChat();
      await waitFor(() => world.ledger(chat.conversationSid));
      const event = {
        EventType: 'task.canceled',
        TaskSid: chat.taskSid,
        TaskAttributes: (await world.workspace.tasks(chat.taskSid).fetch()).attributes,
      };

      const unsigned = await world.post('/task-router/events', event);
      const forged = await world.post('/task-router/events', event, {
        'x-twilio-signature': 'bm90IHNpZ25lZA==',
      });

      expect([unsigned.status, forged.status]).toEqual([403, 403]);
      expect((await world.ledger(chat.conversationSid)).tasks).toMatchObject({
        [chat.taskSid]: { state: 'waiting' },
      });
    });

    it('keeps the chat open when something else completed the task of one agent, whatever Flex made of it', async () => {
      const { chat } = await aWarmTransferToBob();

      // As a supervisor's page would: on Programmable Chat the channel janitor sets the chat INACTIVE then.
      await world.workspace.tasks(chat.taskSid).update({ assignmentStatus: 'completed' });

      await waitFor(async () => {
        expect(world.noticeKinds(chat.conversationSid).at(-1)).toBe('agent-left');
        expect(isOpen(chat)).toBe(true);
        expect((await world.ledger(chat.conversationSid)).outbox).toEqual([]);
      });
    });

    it('ends the chat with a notice when the transfer task is cancelled and nobody is left', async () => {
      const chat = await world.startChatWithAlice();
      const { body } = await world.post('/transfer/start', await world.startRequest(chat));

      await world.workspace.tasks(String(body.transferTaskSid)).update({ assignmentStatus: 'canceled' });

      await world.untilNotices(chat.conversationSid, [
        'agent-joined',
        'transfer-started',
        'agent-left',
        'transfer-unanswered',
        'chat-ended',
      ]);
      await waitFor(() => expect(isOpen(chat)).toBe(false));
    });

    it('leaves tasks alone that are no chats', async () => {
      const task = await world.workspace.tasks.create({
        attributes: JSON.stringify({ kind: 'callback' }),
        taskChannel: 'default',
        workflowSid:
          (await world.workspace.workflows.list({ friendlyName: 'Assign to Anyone' }))[0]?.sid ?? '',
      });
      await world.workspace.tasks(task.sid).update({ assignmentStatus: 'canceled' });

      expect((await world.workspace.tasks(task.sid).fetch()).attributes).toBe('{"kind":"callback"}');
    });
  });
});
