import { SANDBOX_ACCOUNT } from '@chat-transfer/flex-sandbox';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Chat,
  type FunctionsFixture,
  startFunctionsFixture,
} from '../../test/support/functions-fixture';
import { BACKENDS } from '../../test/support/twilio-chats';

describe.each(BACKENDS)('on %s', (backend) => {
  let world: FunctionsFixture;
  beforeAll(async () => {
    world = await startFunctionsFixture({ backend });
  });
  beforeEach(() => world.reset());
  afterAll(() => world?.close());

  /** A chat of which no function has heard anything: all that TaskRouter had to say was said before. */
  async function aChatFromBefore(): Promise<Chat> {
    const chat = await world.startChat();
    await world.accept('alice', chat.taskSid);
    world.clock.advance(120_000);
    await forget();
    return chat;
  }

  async function forget() {
    await world.settle();
    world.waiting.length = 0;
  }

  /**
   * A transfer that is not ours. On Programmable Chat the original feature's: a task with everything copied, named on the
   * channel and on the old task; on Flex Conversations an invite, as Flex itself makes one.
   */
  async function transferAsBefore(chat: Chat): Promise<string> {
    return backend === 'conversations' ? inviteAsFlex(chat) : copyTask(chat);
  }

  async function inviteAsFlex({ conversationSid, taskSid }: Chat): Promise<string> {
    const task = await world.workspace().tasks(taskSid).fetch();
    const { flexInteractionSid, flexInteractionChannelSid, from } = JSON.parse(task.attributes);
    const properties = {
      workspace_sid: task.workspaceSid,
      workflow_sid: task.workflowSid,
      task_channel_unique_name: 'chat',
      attributes: { from },
    };
    await world.rest.flexApi.v1
      .interaction(flexInteractionSid)
      .channels(flexInteractionChannelSid)
      .invites.create({ routing: { properties } });
    await world.settle();
    return world.tasks(conversationSid).at(-1)?.sid ?? '';
  }

  async function copyTask(chat: Chat): Promise<string> {
    const attributes = world.task(chat.taskSid)?.attributes;
    const { sid } = await world.workspace().tasks.create({
      attributes: JSON.stringify({
        ...attributes,
        transferTargetType: 'worker',
        transferTargetSid: world.workerSid('bob'),
        transferDeclinedBy: [],
      }),
      taskChannel: 'chat',
      workflowSid: (await world.workspace().tasks(chat.taskSid).fetch()).workflowSid,
    });
    await world
      .workspace()
      .tasks(chat.taskSid)
      .update({
        attributes: JSON.stringify({
          ...attributes,
          chatTransferData: { transferTaskSid: sid, transferType: 'WARM' },
        }),
      });
    await world.settle();
    return sid;
  }

  const request = async (worker: string, { conversationSid }: Chat, taskSid: string) => ({
    token: await world.tokenOf(worker),
    taskSid,
    conversationSid,
  });

  describe('a chat that began before installation', () => {
    it('is left by its agent without a word about their coming', async () => {
      const chat = await aChatFromBefore();

      const { body } = await world.post('/conversation/leave', await request('alice', chat, chat.taskSid));

      expect(body).toEqual({ ok: true, conversation: 'ended' });
      expect(world.notices(chat.conversationSid).map(({ kind }) => kind)).toEqual([
        'agent-left',
        'chat-ended',
      ]);
    });

    it('goes on for the other agent of a transfer that was not ours when the first one leaves', async () => {
      const chat = await aChatFromBefore();
      const second = await transferAsBefore(chat);
      const taker = world.task(second)?.reservations[0]?.workerName ?? '';
      await world.accept(taker, second);
      await forget();

      const { body } = await world.post('/conversation/complete', await request('alice', chat, chat.taskSid));
      await world.deliverAll();

      expect(body).toEqual({ ok: true, conversation: 'open' });
      expect(world.members(chat.conversationSid)).toContain(taker);
      const last = await world.post('/conversation/complete', await request(taker, chat, second));
      expect(last.body).toEqual({ ok: true, conversation: 'ended' });
    });

    it('has what still waits for an agent cancelled when the customer goes', async () => {
      const chat = await aChatFromBefore();
      const second = await transferAsBefore(chat);
      await forget();

      await world.endByCustomer(chat);
      await world.deliverAll();

      expect(world.task(second)?.status).toBe('canceled');
      expect(world.notices(chat.conversationSid).map(({ kind }) => kind)).toEqual([
        'customer-left',
        'chat-ended',
      ]);
    });

    it('is not taken for one when it is new, though TaskRouter’s word of it is late', async () => {
      const chat = await world.startChat();
      await world.accept('alice', chat.taskSid);

      await world.post('/conversation/leave', await request('alice', chat, chat.taskSid));
      await world.deliverAll();

      expect(world.notices(chat.conversationSid).map(({ kind }) => kind)).toEqual([
        'agent-joined',
        'agent-left',
        'chat-ended',
      ]);
    });

    it('keeps nobody in it who was done before the customer went', async () => {
      const chat = await world.startChat();
      await world.accept('alice', chat.taskSid);
      await world.answer('alice', chat.taskSid, 'completed');

      await world.endByCustomer(chat);
      await world.deliverAll();

      expect(world.members(chat.conversationSid)).toEqual([chat.identity]);
    });

    it('is looked up once', async () => {
      const chat = await aChatFromBefore();
      await world.post('/transfer/start', {
        ...(await request('alice', chat, chat.taskSid)),
        transferId: '00000000-0000-4000-8000-000000000001',
        targetSid: world.queueSid('Billing'),
        mode: 'warm',
      });
      const before = world.requests().length;

      await world.post('/conversation/leave', await request('alice', chat, chat.taskSid));

      const lists = world
        .requests()
        .slice(before)
        .filter(({ path }) => path.includes('EvaluateTaskAttributes'));
      expect(lists).toHaveLength(0);
    });
  });
});

describe('a chat that the original feature has been at', () => {
  let world: FunctionsFixture;
  beforeAll(async () => {
    world = await startFunctionsFixture();
  });
  afterAll(() => world?.close());

  it('shows Studio flows all of its tasks, those from before as over', async () => {
    const chat = await world.startChat();
    const { conversationSid, taskSid } = chat;
    const gone = `WT${'f'.repeat(32)}`;
    await world.rest.chat.v2
      .services(SANDBOX_ACCOUNT.chatServiceSid)
      .channels(conversationSid)
      .update({
        attributes: JSON.stringify({
          status: 'ACTIVE',
          from: 'Ada',
          associatedTasks: { [gone]: 'inflight' },
        }),
      });

    await world.deliverAll();

    expect(world.channel(conversationSid).attributes).toMatchObject({
      from: 'Ada',
      associatedTasks: { [gone]: 'completed', [taskSid]: 'inflight' },
    });
  });
});
