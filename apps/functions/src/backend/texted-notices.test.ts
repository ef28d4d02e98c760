import { randomUUID } from 'node:crypto';
import { parseAgentNotices } from '@chat-transfer/transfer-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FunctionsFixture, startFunctionsFixture } from '../../test/support/functions-fixture';

type Chat = Awaited<ReturnType<FunctionsFixture['startByText']>>;

const NAMED = ['agent-joined', 'chat-ended'];
const SETTING = { CHAT_TRANSFER_TEXTED_NOTICES: JSON.stringify({ sms: NAMED }) };
/** Everything that happens between Alice's coming and the end. */
const KINDS = [
  'agent-joined',
  'transfer-started',
  'agent-left',
  'agent-joined',
  'agent-left',
  'chat-ended',
] as const;

describe.each([
  ['by default', {}],
  ['where the setting names some', SETTING],
] as const)('a customer who texts, %s,', (_when, settings) => {
  let world: FunctionsFixture;
  beforeAll(async () => {
    world = await startFunctionsFixture({ backend: 'conversations', settings });
  });
  beforeEach(() => world.reset());
  afterAll(() => world?.close());

  const ask = async (path: string, worker: string, { conversationSid }: Chat, values: object) => {
    const token = await world.tokenOf(worker);
    const { body } = await world.post(path, { token, conversationSid, ...values });
    expect(body).toMatchObject({ ok: true });
    await world.deliverAll();
    return body;
  };

  /** Alice takes the chat, hands it to Bob and completes; Bob completes. */
  async function playAll(chat: Chat): Promise<void> {
    const { taskSid } = chat;
    await world.accept('alice', taskSid);
    await world.deliverAll();
    const values = { transferId: randomUUID(), targetSid: world.workerSid('bob'), mode: 'cold' };
    const { transferTaskSid } = await ask('/transfer/start', 'alice', chat, { taskSid, ...values });
    await world.accept('bob', String(transferTaskSid));
    await world.deliverAll();
    await ask('/conversation/complete', 'alice', chat, { taskSid });
    await ask('/conversation/complete', 'bob', chat, { taskSid: transferTaskSid });
  }

  /** What the agents are told, in order. */
  const told = ({ conversationSid }: Chat) =>
    parseAgentNotices(world.channel(conversationSid).attributes).map(({ kind }) => kind);
  /** What came to the customer's phone. */
  const texted = () => world.sandbox.texts().map(({ body }) => body);

  it.each(['sms', 'whatsapp'] as const)('gets by %s what is named and nothing else', async (type) => {
    const chat = await world.startByText(type);
    await playAll(chat);

    const isNamed = settings === SETTING && type === 'sms';
    expect(texted()).toEqual(
      isNamed ? [expect.stringMatching(/Alice/), expect.stringMatching(/Bob/), expect.any(String)] : [],
    );
    expect(told(chat)).toEqual(KINDS);
    expect(world.isOpen(chat.conversationSid)).toBe(false);
  });

  it('gets every message of an agent', async () => {
    const { conversationSid, taskSid } = await world.startByText('sms');
    await world.accept('alice', taskSid);
    await world.write(conversationSid, 'alice', 'How can I help?');

    expect(texted()).toContain('How can I help?');
  });

  it('keeps what others keep on the conversation', async () => {
    const chat = await world.startByText('sms');
    const { attributes: before } = world.channel(chat.conversationSid);
    await playAll(chat);

    expect(world.channel(chat.conversationSid).attributes).toMatchObject(before as object);
  });
});
