import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpFixture, startHttpFixture } from '../../../test/support/http-fixture';
import { BACKENDS, readConversationSid } from '../../../test/support/twilio-chats';
import { waitFor } from '../../../test/support/wait-for';

interface Chat {
  readonly taskSid: string;
  readonly conversationSid: string;
}

describe.each(BACKENDS)('on %s', (backend) => {
  let fixture: HttpFixture;
  beforeAll(async () => {
    fixture = await startHttpFixture({ backend });
  });
  afterAll(() => fixture?.close());

  /** A warm transfer from Alice to Bob, after which both are in the chat. */
  async function aWarmTransferToBob() {
    const chat = await fixture.startChatWithAlice();
    const request = await fixture.startRequest(chat, { mode: 'warm', targetSid: fixture.workerSid('bob') });
    const { body } = await fixture.post('/transfer/start', request);
    const bobs: Chat = { ...chat, taskSid: String(body.transferTaskSid) };
    await fixture.accept('bob', bobs.taskSid, chat.conversationSid);
    await fixture.waitForNotices(chat.conversationSid, ['agent-joined', 'transfer-started', 'agent-joined']);
    return { chat, bobs };
  }

  const leave = async (worker: string, chat: Chat) =>
    fixture.post('/conversation/leave', await fixture.taskRequest(worker, chat));
  const complete = async (worker: string, chat: Chat) =>
    fixture.post('/conversation/complete', await fixture.taskRequest(worker, chat));
  const isOpen = ({ conversationSid }: Chat) => fixture.isOpen(conversationSid);

  describe('finishTask', () => {
    it('keeps the chat open for the first agent when the second completes', async () => {
      const { chat, bobs } = await aWarmTransferToBob();

      expect((await leave('bob', bobs)).body).toMatchObject({ ok: true, conversation: 'open', pending: [] });
      expect((await complete('bob', bobs)).body).toMatchObject({
        ok: true,
        conversation: 'open',
        pending: [],
      });

      expect(isOpen(chat)).toBe(true);
      expect(fixture.members(chat.conversationSid)).toEqual(expect.arrayContaining(['alice']));
      expect(fixture.members(chat.conversationSid)).not.toContain('bob');
      expect(fixture.noticeKinds(chat.conversationSid)).not.toContain('chat-ended');

      expect((await leave('alice', chat)).body).toMatchObject({
        ok: true,
        conversation: 'ended',
        pending: [],
      });
      expect(isOpen(chat)).toBe(false);
      expect(fixture.noticeKinds(chat.conversationSid).slice(-3)).toEqual([
        'agent-left',
        'agent-left',
        'chat-ended',
      ]);
    });

    it('keeps the chat open for the second agent when the first leaves and completes', async () => {
      const { chat, bobs } = await aWarmTransferToBob();

      await leave('alice', chat);
      expect(await fixture.reservationStatus('alice', chat.taskSid)).toBe('wrapping');
      await complete('alice', chat);

      expect(await fixture.reservationStatus('alice', chat.taskSid)).toBe('completed');
      expect(isOpen(chat)).toBe(true);
      expect((await complete('bob', bobs)).body).toMatchObject({
        ok: true,
        conversation: 'ended',
        pending: [],
      });
      expect(isOpen(chat)).toBe(false);
    });

    it('posts every notice when an agent completes without leaving first', async () => {
      const chat = await fixture.startChatWithAlice();

      expect((await complete('alice', chat)).body).toMatchObject({
        ok: true,
        conversation: 'ended',
        pending: [],
      });

      expect(fixture.noticeKinds(chat.conversationSid)).toEqual(['agent-joined', 'agent-left', 'chat-ended']);
      expect(fixture.agents(chat.conversationSid)).toEqual([]);
    });

    it('changes nothing when a request is repeated', async () => {
      const chat = await fixture.startChatWithAlice();
      await leave('alice', chat);
      const before = await fixture.ledger(chat.conversationSid);

      expect((await leave('alice', chat)).body).toMatchObject({
        ok: true,
        conversation: 'ended',
        pending: [],
      });

      expect(await fixture.ledger(chat.conversationSid)).toEqual(before);
      expect(fixture.noticeKinds(chat.conversationSid)).toEqual(['agent-joined', 'agent-left', 'chat-ended']);
    });

    it('answers a repeated completion like the first one', async () => {
      const { chat } = await aWarmTransferToBob();

      const first = await complete('alice', chat);
      const second = await complete('alice', chat);

      expect(second).toMatchObject({ status: 200, body: first.body });
      expect((await complete('bob', chat)).status).toBe(403);
    });

    it('keeps the SID of the chat on the task for reports, where Flex’s channel janitor does not read it', async () => {
      const { chat } = await aWarmTransferToBob();
      await leave('alice', chat);
      await complete('alice', chat);

      const attributes = JSON.parse((await fixture.workspace.tasks(chat.taskSid).fetch()).attributes);
      expect(readConversationSid(attributes)).toBe(chat.conversationSid);
      expect(attributes).not.toHaveProperty('channelSid');
    });

    it('keeps the chat open for a pending transfer', async () => {
      const chat = await fixture.startChatWithAlice();
      await fixture.post('/transfer/start', await fixture.startRequest(chat, { mode: 'warm' }));

      expect((await leave('alice', chat)).body).toMatchObject({
        ok: true,
        conversation: 'open',
        pending: [],
      });
      expect(isOpen(chat)).toBe(true);
    });

    it('releases the agent when the chat itself has been deleted', async () => {
      const chat = await fixture.startChatWithAlice();
      await fixture.deleteChat(chat.conversationSid);

      expect((await leave('alice', chat)).body).toMatchObject({
        ok: true,
        conversation: 'ended',
        pending: [],
      });
      expect((await complete('alice', chat)).body).toMatchObject({
        ok: true,
        conversation: 'ended',
        pending: [],
      });
      expect(await fixture.reservationStatus('alice', chat.taskSid)).toBe('completed');
    });

    it('refuses a worker who is not on the task', async () => {
      const chat = await fixture.startChatWithAlice();

      const { status, body } = await leave('bob', chat);

      expect({ status, code: body.code }).toEqual({ status: 403, code: 'not-allowed' });
      expect(await fixture.reservationStatus('alice', chat.taskSid)).toBe('accepted');
    });

    it('posts each notice once when a call to Twilio fails at first', async () => {
      const chat = await fixture.startChatWithAlice();
      await fixture.addSandboxFault({
        ...fixture.callPatterns.newMessage,
        times: 1,
        status: 503,
        code: 20503,
      });

      expect((await leave('alice', chat)).body).toMatchObject({
        ok: true,
        conversation: 'ended',
        pending: [],
      });
      expect((await leave('alice', chat)).body).toMatchObject({
        ok: true,
        conversation: 'ended',
        pending: [],
      });

      expect(fixture.noticeKinds(chat.conversationSid)).toEqual(['agent-joined', 'agent-left', 'chat-ended']);
    });
  });

  describe('POST /task-router/events', () => {
    it('refuses an event without Twilio’s signature', async () => {
      const chat = await fixture.startChat();
      await waitFor(() => fixture.ledger(chat.conversationSid));
      const event = {
        EventType: 'task.canceled',
        TaskSid: chat.taskSid,
        TaskAttributes: (await fixture.workspace.tasks(chat.taskSid).fetch()).attributes,
      };

      const unsigned = await fixture.post('/task-router/events', event);
      const forged = await fixture.post('/task-router/events', event, {
        'x-twilio-signature': 'bm90IHNpZ25lZA==',
      });

      expect([unsigned.status, forged.status]).toEqual([403, 403]);
      expect((await fixture.ledger(chat.conversationSid)).tasks).toMatchObject({
        [chat.taskSid]: { state: 'waiting' },
      });
    });

    it('keeps the chat open when another program completed the task of one agent', async () => {
      const { chat } = await aWarmTransferToBob();

      // A supervisor's page does this. On Programmable Chat, the channel janitor then sets the chat INACTIVE.
      await fixture.workspace.tasks(chat.taskSid).update({ assignmentStatus: 'completed' });

      await waitFor(async () => {
        expect(fixture.noticeKinds(chat.conversationSid).at(-1)).toBe('agent-left');
        expect(isOpen(chat)).toBe(true);
        // The outbox may keep an unconfirmed effect, which the next event checks.
        const { outbox } = await fixture.ledger(chat.conversationSid);
        expect(outbox.filter(({ state }) => state.kind !== 'unconfirmed')).toEqual([]);
      });
    });

    it('ends the chat with a notice when the transfer task is cancelled and no agent is left', async () => {
      const chat = await fixture.startChatWithAlice();
      const { body } = await fixture.post('/transfer/start', await fixture.startRequest(chat));

      await fixture.workspace.tasks(String(body.transferTaskSid)).update({ assignmentStatus: 'canceled' });

      await fixture.waitForNotices(chat.conversationSid, [
        'agent-joined',
        'transfer-started',
        'agent-left',
        'transfer-unanswered',
        'chat-ended',
      ]);
      await waitFor(() => expect(isOpen(chat)).toBe(false));
    });

    it('does not change tasks that are not chats', async () => {
      const task = await fixture.workspace.tasks.create({
        attributes: JSON.stringify({ kind: 'callback' }),
        taskChannel: 'default',
        workflowSid:
          (await fixture.workspace.workflows.list({ friendlyName: 'Assign to Anyone' }))[0]?.sid ?? '',
      });
      await fixture.workspace.tasks(task.sid).update({ assignmentStatus: 'canceled' });

      expect((await fixture.workspace.tasks(task.sid).fetch()).attributes).toBe('{"kind":"callback"}');
    });
  });
});
