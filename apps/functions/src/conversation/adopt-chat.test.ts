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

  /** A chat of which no function has heard anything: all that TaskRouter had to say was said before. */
  async function aChatFromBefore(): Promise<Chat> {
    const chat = await fixture.startChat();
    await fixture.accept('alice', chat.taskSid);
    fixture.clock.advance(120_000);
    await forget();
    return chat;
  }

  async function forget() {
    await fixture.settle();
    fixture.waiting.length = 0;
  }

  /**
   * A transfer that is not ours. On Programmable Chat the original feature's: a task with everything copied, named on the
   * channel and on the old task; on Flex Conversations an invite, as Flex itself makes one.
   */
  async function transferAsBefore(chat: Chat): Promise<string> {
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

  describe('a chat that began before installation', () => {
    it('is left by its agent without a word about their coming', async () => {
      const chat = await aChatFromBefore();

      const { body } = await fixture.post('/conversation/leave', await request('alice', chat, chat.taskSid));

      expect(body).toEqual({ ok: true, conversation: 'ended' });
      expect(fixture.notices(chat.conversationSid).map(({ kind }) => kind)).toEqual([
        'agent-left',
        'chat-ended',
      ]);
    });

    it('goes on for the other agent of a transfer that was not ours when the first one leaves', async () => {
      const chat = await aChatFromBefore();
      const second = await transferAsBefore(chat);
      const taker = fixture.task(second)?.reservations[0]?.workerName ?? '';
      await fixture.accept(taker, second);
      await forget();

      const { body } = await fixture.post(
        '/conversation/complete',
        await request('alice', chat, chat.taskSid),
      );
      await fixture.deliverAll();

      expect(body).toEqual({ ok: true, conversation: 'open' });
      expect(fixture.members(chat.conversationSid)).toContain(taker);
      const last = await fixture.post('/conversation/complete', await request(taker, chat, second));
      expect(last.body).toEqual({ ok: true, conversation: 'ended' });
    });

    it('has what still waits for an agent cancelled when the customer goes', async () => {
      const chat = await aChatFromBefore();
      const second = await transferAsBefore(chat);
      await forget();

      await fixture.endByCustomer(chat);
      await fixture.deliverAll();

      expect(fixture.task(second)?.status).toBe('canceled');
      expect(fixture.notices(chat.conversationSid).map(({ kind }) => kind)).toEqual([
        'customer-left',
        'chat-ended',
      ]);
    });

    it('is not taken for one when it is new, though TaskRouter’s word of it is late', async () => {
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

    it('keeps nobody in it who was done before the customer went', async () => {
      const chat = await fixture.startChat();
      await fixture.accept('alice', chat.taskSid);
      await fixture.answer('alice', chat.taskSid, 'completed');

      await fixture.endByCustomer(chat);
      await fixture.deliverAll();

      expect(fixture.members(chat.conversationSid)).toEqual([chat.identity]);
    });

    it('is looked up once', async () => {
      const chat = await aChatFromBefore();
      await fixture.post('/transfer/start', {
        ...(await request('alice', chat, chat.taskSid)),
        transferId: '00000000-0000-4000-8000-000000000001',
        targetSid: fixture.queueSid('Billing'),
        mode: 'warm',
      });
      const before = fixture.requests().length;

      await fixture.post('/conversation/leave', await request('alice', chat, chat.taskSid));

      const lists = fixture
        .requests()
        .slice(before)
        .filter(({ path }) => path.includes('EvaluateTaskAttributes'));
      expect(lists).toHaveLength(0);
    });
  });
});

describe('a chat that the original feature has been at', () => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture();
  });
  afterAll(() => fixture?.close());

  it('shows Studio flows all of its tasks, those from before as over', async () => {
    const chat = await fixture.startChat();
    const { conversationSid, taskSid } = chat;
    const gone = `WT${'f'.repeat(32)}`;
    await fixture.rest.chat.v2
      .services(SANDBOX_ACCOUNT.chatServiceSid)
      .channels(conversationSid)
      .update({
        attributes: JSON.stringify({
          status: 'ACTIVE',
          from: 'Ada',
          associatedTasks: { [gone]: 'inflight' },
        }),
      });

    await fixture.deliverAll();

    expect(fixture.channel(conversationSid).attributes).toMatchObject({
      from: 'Ada',
      associatedTasks: { [gone]: 'completed', [taskSid]: 'inflight' },
    });
  });
});
