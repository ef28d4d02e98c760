/** On Programmable Chat, a customer can write as long as they are a member of the chat. */
import { SANDBOX_ACCOUNT } from '@chat-transfer/flex-sandbox';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { required } from '../../test/support/account';
import { type FunctionsFixture, startFunctionsFixture } from '../../test/support/functions-fixture';

type Chat = Awaited<ReturnType<FunctionsFixture['startChatWithAlice']>>;

describe('the customer of a chat that has ended', () => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend: 'programmable-chat' });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture?.close());

  const leave = async ({ taskSid, conversationSid }: Chat, worker = 'alice') => {
    const request = { token: await fixture.tokenOf(worker), taskSid, conversationSid };
    const { body } = await fixture.post('/conversation/leave', request);
    expect(body).toMatchObject({ ok: true });
    await fixture.deliverAll();
  };
  const isMember = ({ conversationSid, identity }: Chat) =>
    fixture.members(conversationSid).includes(identity);
  /** The indexes of the calls to Twilio, of this method, whose URL ends like this. */
  const findCalls = (method: string, end: RegExp) =>
    fixture.calls().flatMap((call, index) => (call.method === method && end.test(call.path) ? [index] : []));
  /** Changes the attributes of the chat, as Flex sets them when it creates the chat. */
  async function setAttributes({ conversationSid }: Chat, values: object): Promise<void> {
    const { attributes } = fixture.channel(conversationSid);
    const { chatServiceSid } = SANDBOX_ACCOUNT;
    await fixture.rest.chat.v2
      .services(chatServiceSid)
      .channels(conversationSid)
      .update({ attributes: JSON.stringify({ ...Object(attributes), ...values }) });
  }
  /** A Studio flow creates a task of the chat, and tracks it. */
  async function createTask({ conversationSid }: Chat): Promise<string> {
    const workflows = await fixture.workspace().workflows.list({ friendlyName: 'Assign to Anyone' });
    const { sid } = await fixture.workspace().tasks.create({
      attributes: JSON.stringify({ channelSid: conversationSid, channelType: 'web', name: 'Customer' }),
      taskChannel: 'chat',
      workflowSid: required(workflows[0], 'workflow').sid,
    });
    await fixture.post('/studio/track-task', { taskSid: sid, conversationSid });
    await fixture.deliverAll();
    return sid;
  }

  it.each<[string, (chat: Chat) => Promise<unknown>]>([
    ['the last agent leaves', (chat) => leave(chat)],
    ['the customer ends it', (chat) => fixture.endAsCustomer(chat)],
  ])('is removed when %s, after the notice about the end', async (_how, end) => {
    const chat = await fixture.startChatWithAlice();
    expect(isMember(chat)).toBe(true);

    await end(chat);

    expect(isMember(chat)).toBe(false);
    const [removed] = findCalls('DELETE', new RegExp(`/Members/${chat.identity}$`));
    const lastNotice = findCalls('POST', /\/Messages$/).at(-1);
    expect(removed).toBeGreaterThan(lastNotice ?? Number.POSITIVE_INFINITY);
    expect(fixture.noticeKinds(chat.conversationSid).at(-1)).toBe('chat-ended');
  });

  it('stays until the last agent leaves', async () => {
    const chat = await fixture.startChatWithAlice();
    expect(findCalls('DELETE', /\/Members\//)).toEqual([]);
    expect(isMember(chat)).toBe(true);
  });

  it('is removed by the next event if the removal failed', async () => {
    const chat = await fixture.startChatWithAlice();
    const { taskSid, conversationSid } = chat;
    const request = { token: await fixture.tokenOf('alice'), taskSid, conversationSid };
    const failing = { method: 'DELETE', path: `/Members/${chat.identity}$`, status: 503 };
    await fixture.addSandboxFault({ host: 'chat.twilio.com', times: 20, ...failing });
    await fixture.post('/conversation/leave', request);
    expect(isMember(chat)).toBe(true);
    await fixture.clearSandboxFaults();

    await fixture.post('/conversation/complete', request);
    await fixture.deliverAll();

    expect(isMember(chat)).toBe(false);
  });

  it('stays in a long-lived chat, which the customer uses again', async () => {
    const chat = await fixture.startChatWithAlice();
    await setAttributes(chat, { long_lived: true });
    await leave(chat);
    expect(isMember(chat)).toBe(true);
  });

  it('stays in a chat with a customer who texts', async () => {
    const chat = await fixture.startChatWithAlice();
    await setAttributes(chat, { channel_type: 'sms' });
    await leave(chat);
    expect(isMember(chat)).toBe(true);
  });

  it('is back in the chat, which is open again, when a new task arrives after its last agent has left', async () => {
    const chat = await fixture.startChatWithAlice();
    await leave(chat);

    const late = await createTask(chat);

    expect(isMember(chat)).toBe(true);
    expect(fixture.isOpen(chat.conversationSid)).toBe(true);

    await fixture.accept('alice', late);
    await fixture.deliverAll();
    await leave({ ...chat, taskSid: late });
    await fixture.post('/conversation/complete', {
      token: await fixture.tokenOf('alice'),
      taskSid: late,
      conversationSid: chat.conversationSid,
    });
    await fixture.deliverAll();
    expect([isMember(chat), fixture.isOpen(chat.conversationSid)]).toEqual([false, false]);
  });
});
