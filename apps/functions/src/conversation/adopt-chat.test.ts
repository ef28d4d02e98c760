import { SANDBOX_ACCOUNT } from '@chat-transfer/flex-sandbox';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Chat,
  type FunctionsFixture,
  startFunctionsFixture,
} from '../../test/support/functions-fixture';
import { BACKENDS } from '../../test/support/twilio-chats';

describe.each(BACKENDS)('on %s', (backend) => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture?.close());

  /**
   * Alice's chat without a ledger, as after an installation: no event of TaskRouter reached the functions.
   */
  async function anOlderChat(): Promise<Chat> {
    const chat = await fixture.startChat();
    await fixture.accept('alice', chat.taskSid);
    fixture.clock.advance(120_000);
    await dropEvents();
    return chat;
  }

  async function dropEvents() {
    await fixture.settle();
    fixture.undelivered.length = 0;
  }

  /**
   * Transfers the chat without the functions, and returns the SID of the new task. On Programmable Chat,
   * copies the task like the original feature. On Flex Conversations, sends an invite like Flex.
   */
  async function transferWithoutFunctions(chat: Chat): Promise<string> {
    return backend === 'conversations' ? inviteAsFlex(chat) : copyTask(chat);
  }

  async function inviteAsFlex({ conversationSid, taskSid }: Chat): Promise<string> {
    const task = await fixture.workspace().tasks(taskSid).fetch();
    const { flexInteractionSid, flexInteractionChannelSid, from } = JSON.parse(task.attributes);
    const properties = {
      workspace_sid: task.workspaceSid,
      workflow_sid: task.workflowSid,
      task_channel_unique_name: 'chat',
      attributes: { from },
    };
    await fixture.rest.flexApi.v1
      .interaction(flexInteractionSid)
      .channels(flexInteractionChannelSid)
      .invites.create({ routing: { properties } });
    await fixture.settle();
    return fixture.tasks(conversationSid).at(-1)?.sid ?? '';
  }

  async function copyTask(chat: Chat): Promise<string> {
    const attributes = fixture.task(chat.taskSid)?.attributes;
    const { sid } = await fixture.workspace().tasks.create({
      attributes: JSON.stringify({
        ...attributes,
        transferTargetType: 'worker',
        transferTargetSid: fixture.workerSid('bob'),
        transferDeclinedBy: [],
      }),
      taskChannel: 'chat',
      workflowSid: (await fixture.workspace().tasks(chat.taskSid).fetch()).workflowSid,
    });
    await fixture
      .workspace()
      .tasks(chat.taskSid)
      .update({
        attributes: JSON.stringify({
          ...attributes,
          chatTransferData: { transferTaskSid: sid, transferType: 'WARM' },
        }),
      });
    await fixture.settle();
    return sid;
  }

  const request = async (worker: string, { conversationSid }: Chat, taskSid: string) => ({
    token: await fixture.tokenOf(worker),
    taskSid,
    conversationSid,
  });

  describe('a chat that is older than its ledger', () => {
    it('gets no notice that its agent joined', async () => {
      const chat = await anOlderChat();

      const { body } = await fixture.post('/conversation/leave', await request('alice', chat, chat.taskSid));

      expect(body).toMatchObject({ ok: true, conversation: 'ended', pending: [] });
      expect(fixture.notices(chat.conversationSid).map(({ kind }) => kind)).toEqual([
        'agent-left',
        'chat-ended',
      ]);
    });

    it('stays open for the second agent of an earlier transfer when the first one completes', async () => {
      const chat = await anOlderChat();
      const second = await transferWithoutFunctions(chat);
      const secondAgent = fixture.task(second)?.reservations[0]?.workerName ?? '';
      await fixture.accept(secondAgent, second);
      await dropEvents();

      const { body } = await fixture.post(
        '/conversation/complete',
        await request('alice', chat, chat.taskSid),
      );
      await fixture.deliverAll();

      expect(body).toMatchObject({ ok: true, conversation: 'open', pending: [] });
      expect(fixture.members(chat.conversationSid)).toContain(secondAgent);
      const last = await fixture.post('/conversation/complete', await request(secondAgent, chat, second));
      expect(last.body).toMatchObject({ ok: true, conversation: 'ended', pending: [] });
    });

    it('has its waiting tasks cancelled when the customer ends it', async () => {
      const chat = await anOlderChat();
      const second = await transferWithoutFunctions(chat);
      await dropEvents();

      await fixture.endAsCustomer(chat);
      await fixture.deliverAll();

      expect(fixture.task(second)?.status).toBe('canceled');
      expect(fixture.notices(chat.conversationSid).map(({ kind }) => kind)).toEqual([
        'customer-left',
        'chat-ended',
      ]);
    });

    it('gets the notice that its agent joined when it is new and its first events are late', async () => {
      const chat = await fixture.startChat();
      await fixture.accept('alice', chat.taskSid);

      await fixture.post('/conversation/leave', await request('alice', chat, chat.taskSid));
      await fixture.deliverAll();

      expect(fixture.notices(chat.conversationSid).map(({ kind }) => kind)).toEqual([
        'agent-joined',
        'agent-left',
        'chat-ended',
      ]);
    });

    it('keeps no agent who completed before the customer ends it', async () => {
      const chat = await fixture.startChat();
      await fixture.accept('alice', chat.taskSid);
      await fixture.updateReservation('alice', chat.taskSid, 'completed');

      await fixture.endAsCustomer(chat);
      await fixture.deliverAll();

      expect(fixture.agents(chat.conversationSid)).toEqual([]);
    });

    it('has its tasks looked up only once', async () => {
      const chat = await anOlderChat();
      await fixture.post('/transfer/start', {
        ...(await request('alice', chat, chat.taskSid)),
        transferId: '00000000-0000-4000-8000-000000000001',
        targetSid: fixture.queueSid('Billing'),
        mode: 'warm',
      });
      const before = fixture.calls().length;

      await fixture.post('/conversation/leave', await request('alice', chat, chat.taskSid));

      const lists = fixture
        .calls()
        .slice(before)
        .filter(({ path }) => path.includes('EvaluateTaskAttributes'));
      expect(lists).toHaveLength(0);
    });
  });
});

describe('a chat that the original feature transferred', () => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend: 'programmable-chat' });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture?.close());

  /** Creates a task like the original feature, and lists it in the chat's attributes. */
  async function copyTask({ conversationSid, taskSid }: Chat, changes: object = {}): Promise<string> {
    const task = await fixture.workspace().tasks(taskSid).fetch();
    const attributes = { ...JSON.parse(task.attributes), ...changes };
    const { sid } = await fixture.workspace().tasks.create({
      ...{ attributes: JSON.stringify(attributes), taskChannel: 'chat', workflowSid: task.workflowSid },
    });
    await fixture.rest.chat.v2
      .services(SANDBOX_ACCOUNT.chatServiceSid)
      .channels(conversationSid)
      .update({ attributes: JSON.stringify({ status: 'ACTIVE', associatedTasks: { [sid]: 'inflight' } }) });
    await fixture.settle();
    return sid;
  }

  /** Alice’s chat, without a ledger. */
  async function anOlderChat(): Promise<Chat> {
    const chat = await fixture.startChat();
    await fixture.accept('alice', chat.taskSid);
    fixture.clock.advance(120_000);
    await dropEvents();
    return chat;
  }

  async function dropEvents() {
    await fixture.settle();
    fixture.undelivered.length = 0;
  }

  const complete = async (worker: string, { conversationSid }: Chat, taskSid: string) =>
    fixture.post('/conversation/complete', {
      token: await fixture.tokenOf(worker),
      taskSid,
      conversationSid,
    });

  it('can be ended by its agent after TaskRouter has deleted the first task', async () => {
    const chat = await anOlderChat();
    const copy = await copyTask(chat);
    // The original feature writes the new task into the old one, and takes the chat from it before it is completed.
    const chatTransferData = { transferTaskSid: copy, transferType: 'COLD' };
    await fixture
      .workspace()
      .tasks(chat.taskSid)
      .update({ attributes: JSON.stringify({ chatTransferData }) });
    await fixture.updateReservation('alice', chat.taskSid, 'completed');
    const agent = fixture.task(copy)?.reservations[0]?.workerName ?? '';
    await fixture.accept(agent, copy);
    fixture.clock.advance(6 * 60_000);
    await dropEvents();
    expect(fixture.task(chat.taskSid)).toBeUndefined();

    expect((await complete(agent, chat, copy)).body).toMatchObject({ ok: true, conversation: 'ended' });
  });

  it('does not belong to the agent of a task that only associatedTasks lists', async () => {
    const chat = await anOlderChat();
    const copy = await copyTask(chat);
    const agent = fixture.task(copy)?.reservations[0]?.workerName ?? '';
    await fixture.accept(agent, copy);
    await dropEvents();

    expect((await complete(agent, chat, copy)).body).toMatchObject({ code: 'not-allowed' });
    expect((await complete('alice', chat, chat.taskSid)).body).toMatchObject({
      ok: true,
      conversation: 'ended',
    });
  });

  it('lists its earlier tasks as completed in associatedTasks', async () => {
    const chat = await fixture.startChat();
    const { conversationSid, taskSid } = chat;
    const earlier = `WT${'f'.repeat(32)}`;
    await fixture.rest.chat.v2
      .services(SANDBOX_ACCOUNT.chatServiceSid)
      .channels(conversationSid)
      .update({
        attributes: JSON.stringify({
          status: 'ACTIVE',
          from: 'Ada',
          associatedTasks: { [earlier]: 'inflight' },
        }),
      });

    await fixture.deliverAll();

    expect(fixture.channel(conversationSid).attributes).toMatchObject({
      from: 'Ada',
      associatedTasks: { [earlier]: 'completed', [taskSid]: 'inflight' },
    });
  });
});
