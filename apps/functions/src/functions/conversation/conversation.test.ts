import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type FunctionsWorld, startWorld } from '../../testing/world';

let world: FunctionsWorld;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.close());

interface Chat {
  readonly taskSid: string;
  readonly conversationSid: string;
}

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
const statusOf = async ({ conversationSid }: Chat) =>
  (await world.conversationAttributes(conversationSid)).status;

describe('leaving and completing', () => {
  it('keeps the chat open for the first agent when the second of a warm transfer completes first', async () => {
    const { chat, bobs } = await aWarmTransferToBob();

    expect((await leave('bob', bobs)).body).toEqual({ ok: true, conversation: 'open' });
    expect((await complete('bob', bobs)).body).toEqual({ ok: true, conversation: 'open' });

    expect(await statusOf(chat)).toBe('ACTIVE');
    expect(await world.members(chat.conversationSid)).toEqual(expect.arrayContaining(['alice']));
    expect(await world.members(chat.conversationSid)).not.toContain('bob');
    expect(await world.noticeKinds(chat.conversationSid)).not.toContain('chat-ended');

    expect((await leave('alice', chat)).body).toEqual({ ok: true, conversation: 'ended' });
    expect(await statusOf(chat)).toBe('INACTIVE');
    expect((await world.noticeKinds(chat.conversationSid)).slice(-3)).toEqual([
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
    expect(await statusOf(chat)).toBe('ACTIVE');
    expect((await complete('bob', bobs)).body).toEqual({ ok: true, conversation: 'ended' });
    expect(await statusOf(chat)).toBe('INACTIVE');
  });

  it('completes straight from the chat, with the same notices', async () => {
    const chat = await world.startChatWithAlice();

    expect((await complete('alice', chat)).body).toEqual({ ok: true, conversation: 'ended' });

    expect(await world.noticeKinds(chat.conversationSid)).toEqual([
      'agent-joined',
      'agent-left',
      'chat-ended',
    ]);
    expect(await world.members(chat.conversationSid)).toEqual([expect.stringMatching(/^customer-/)]);
  });

  it('does nothing the second time', async () => {
    const chat = await world.startChatWithAlice();
    await leave('alice', chat);
    const before = await world.ledger(chat.conversationSid);

    expect((await leave('alice', chat)).body).toEqual({ ok: true, conversation: 'ended' });

    expect(await world.ledger(chat.conversationSid)).toEqual(before);
    expect(await world.noticeKinds(chat.conversationSid)).toEqual([
      'agent-joined',
      'agent-left',
      'chat-ended',
    ]);
  });

  it('answers a completion again whose first answer was lost', async () => {
    const { chat } = await aWarmTransferToBob();

    const first = await complete('alice', chat);
    const second = await complete('alice', chat);

    expect(second).toMatchObject({ status: 200, body: first.body });
    expect((await complete('bob', chat)).status).toBe(403);
  });

  it('keeps the SID of the chat on the task for reports, under a key that Flex does not read', async () => {
    const { chat } = await aWarmTransferToBob();
    await leave('alice', chat);
    await complete('alice', chat);

    const attributes = JSON.parse((await world.workspace.tasks(chat.taskSid).fetch()).attributes);
    expect(attributes).toMatchObject({ transferredChannelSid: chat.conversationSid });
    expect(attributes).not.toHaveProperty('channelSid');
  });

  it('waits for the pending transfer: an agent who leaves meanwhile does not end the chat', async () => {
    const chat = await world.startChatWithAlice();
    await world.post('/transfer/start', await world.startRequest(chat, { mode: 'warm' }));

    expect((await leave('alice', chat)).body).toEqual({ ok: true, conversation: 'open' });
    expect(await statusOf(chat)).toBe('ACTIVE');
  });

  it('lets the agent go when the chat itself has been deleted', async () => {
    const chat = await world.startChatWithAlice();
    await world.deleteChat(chat.conversationSid);

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
    await world.addFault({
      method: 'POST',
      host: 'chat.twilio.com',
      path: '/Messages$',
      times: 1,
      status: 503,
      code: 20503,
    });

    expect((await leave('alice', chat)).body).toEqual({ ok: true, conversation: 'ended' });
    expect((await leave('alice', chat)).body).toEqual({ ok: true, conversation: 'ended' });

    expect(await world.noticeKinds(chat.conversationSid)).toEqual([
      'agent-joined',
      'agent-left',
      'chat-ended',
    ]);
  });
});

describe('what TaskRouter tells', () => {
  it('is heard only with Twilio’s signature', async () => {
    const chat = await world.startChat();
    await vi.waitFor(() => world.ledger(chat.conversationSid));
    const event = {
      EventType: 'task.canceled',
      TaskSid: chat.taskSid,
      TaskAttributes: JSON.stringify({ channelSid: chat.conversationSid }),
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

  it('re-opens the chat when something else completed the task of one agent and Flex closed it for all', async () => {
    const { chat } = await aWarmTransferToBob();

    // As a supervisor's page would: the task still names the chat, so the channel janitor sets it INACTIVE.
    await world.workspace.tasks(chat.taskSid).update({ assignmentStatus: 'completed' });

    await vi.waitFor(async () => {
      expect((await world.noticeKinds(chat.conversationSid)).at(-1)).toBe('agent-left');
      expect(await statusOf(chat)).toBe('ACTIVE');
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
    expect(await statusOf(chat)).toBe('INACTIVE');
  });

  it('leaves tasks alone that are no chats', async () => {
    const task = await world.workspace.tasks.create({
      attributes: JSON.stringify({ kind: 'callback' }),
      taskChannel: 'default',
      workflowSid: (await world.workspace.workflows.list({ friendlyName: 'Assign to Anyone' }))[0]?.sid ?? '',
    });
    await world.workspace.tasks(task.sid).update({ assignmentStatus: 'canceled' });

    expect((await world.workspace.tasks(task.sid).fetch()).attributes).toBe('{"kind":"callback"}');
  });
});
