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
    fixture = await startFunctionsFixture({ backend });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture?.close());

  /** Sends what a flow sends right after "Send to Flex", before the first event of the chat. */
  const track = ({ taskSid, conversationSid }: Chat) =>
    fixture.post('/studio/track-task', { taskSid, conversationSid });
  const tasksIn = async ({ conversationSid }: Chat) => (await fixture.ledger(conversationSid))?.tasks;

  /** The calls to Twilio other than GET while `run` ran. */
  async function changesDuring(run: () => Promise<unknown>): Promise<string[]> {
    const last = fixture.calls().at(-1)?.id ?? 0;
    await run();
    return fixture
      .calls()
      .filter(({ id, method }) => id > last && method !== 'GET')
      .map(({ method, path }) => `${method} ${path}`);
  }

  describe('POST /studio/track-task', () => {
    it('records the first task of a chat before any event of TaskRouter', async () => {
      const chat = await fixture.startChat();

      expect(await track(chat)).toMatchObject({ status: 200, body: { ok: true } });

      expect(await tasksIn(chat)).toMatchObject({ [chat.taskSid]: { state: 'waiting' } });
      const { attributes } = fixture.channel(chat.conversationSid);
      const associatedTasks = { [chat.taskSid]: 'inflight' };
      // Flows of the original feature read `associatedTasks`.
      if (backend === 'programmable-chat') expect(attributes).toMatchObject({ associatedTasks });
      expect(fixture.notices(chat.conversationSid)).toEqual([]);
    });

    it('accepts the field names that flows of the original feature send', async () => {
      const { taskSid, conversationSid, ...chat } = await fixture.startChat();

      expect(
        await fixture.post('/studio/track-task', { taskSid, channelSid: conversationSid }),
      ).toMatchObject({
        body: { ok: true },
      });

      expect(await tasksIn({ ...chat, taskSid, conversationSid })).toHaveProperty(taskSid);
    });

    it('changes nothing when a request is repeated', async () => {
      const chat = await fixture.startChat();
      await track(chat);

      expect(await changesDuring(() => track(chat))).toEqual([]);
    });

    it('changes nothing when TaskRouter’s events came first', async () => {
      const chat = await fixture.startChat();
      await fixture.accept('alice', chat.taskSid);
      await fixture.deliverAll();
      const before = await fixture.ledger(chat.conversationSid);

      expect(await changesDuring(() => track(chat))).toEqual([]);

      expect(await fixture.ledger(chat.conversationSid)).toEqual(before);
    });

    it('lets later events of TaskRouter change the chat', async () => {
      const chat = await fixture.startChat();
      await track(chat);

      await fixture.accept('alice', chat.taskSid);
      await fixture.deliverAll();

      expect(await tasksIn(chat)).toMatchObject({ [chat.taskSid]: { state: 'active' } });
      expect(fixture.notices(chat.conversationSid).map(({ kind }) => kind)).toEqual(['agent-joined']);
    });

    it('lets the only agent end the chat without any event of TaskRouter', async () => {
      const chat = await fixture.startChat();
      await track(chat);
      await fixture.accept('alice', chat.taskSid);

      const request = { token: await fixture.tokenOf('alice'), taskSid: chat.taskSid };
      const { body } = await fixture.post('/conversation/complete', {
        ...request,
        conversationSid: chat.conversationSid,
      });

      expect(body).toMatchObject({ ok: true, conversation: 'ended', pending: [] });
      expect(fixture.task(chat.taskSid)?.status).toBe('completed');
    });

    it.each(['completed', 'canceled'] as const)(
      'ends the chat when the task is %s already',
      async (status) => {
        const chat = await fixture.startChat();
        if (status === 'completed') await fixture.accept('alice', chat.taskSid);
        await fixture.workspace().tasks(chat.taskSid).update({ assignmentStatus: status });

        expect(await track(chat)).toMatchObject({ body: { ok: true } });

        expect(await tasksIn(chat)).toMatchObject({ [chat.taskSid]: { state: 'closed' } });
        expect(fixture.notices(chat.conversationSid).at(-1)?.kind).toBe('chat-ended');
      },
    );

    describe('refuses', () => {
      const refused = { status: 422, body: { ok: false, code: 'not-a-chat', retryable: false } };

      it('a task that does not exist, and writes no ledger', async () => {
        const chat = await fixture.startChat();
        expect(await track({ ...chat, taskSid: `WT${'f'.repeat(32)}` })).toMatchObject(refused);
        expect(await fixture.ledger(chat.conversationSid)).toBeUndefined();
      });

      it('the task of another chat, and writes no ledger', async () => {
        const [chat, other] = [await fixture.startChat(), await fixture.startChat()];
        expect(await track({ ...chat, taskSid: other.taskSid })).toMatchObject(refused);
        expect(await fixture.ledger(chat.conversationSid)).toBeUndefined();
        expect(await fixture.ledger(other.conversationSid)).toBeUndefined();
      });

      it('a task that is not a chat', async () => {
        const chat = await fixture.startChat();
        const [workflow] = await fixture.workspace().workflows.list({ friendlyName: 'Assign to Anyone' });
        const { sid } = await fixture.workspace().tasks.create({
          ...{ attributes: '{"kind":"callback"}', taskChannel: 'default', workflowSid: workflow?.sid ?? '' },
        });
        expect(await track({ ...chat, taskSid: sid })).toMatchObject(refused);
      });
    });
  });
});
