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
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend: 'conversations', settings });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture?.close());

  const ask = async (path: string, worker: string, { conversationSid }: Chat, values: object) => {
    const token = await fixture.tokenOf(worker);
    const { body } = await fixture.post(path, { token, conversationSid, ...values });
    expect(body).toMatchObject({ ok: true });
    await fixture.deliverAll();
    return body;
  };

  /** Alice takes the chat, hands it to Bob and completes; Bob completes. */
  async function playAll(chat: Chat): Promise<void> {
    const { taskSid } = chat;
    await fixture.accept('alice', taskSid);
    await fixture.deliverAll();
    const values = { transferId: randomUUID(), targetSid: fixture.workerSid('bob'), mode: 'cold' };
    const { transferTaskSid } = await ask('/transfer/start', 'alice', chat, { taskSid, ...values });
    await fixture.accept('bob', String(transferTaskSid));
    await fixture.deliverAll();
    await ask('/conversation/complete', 'alice', chat, { taskSid });
    await ask('/conversation/complete', 'bob', chat, { taskSid: transferTaskSid });
  }

  /** What the agents are told, in order. */
  const told = ({ conversationSid }: Chat) =>
    parseAgentNotices(fixture.channel(conversationSid).attributes).map(({ kind }) => kind);
  /** What came to the customer's phone. */
  const texted = () => fixture.sandbox.texts().map(({ body }) => body);

  it.each(['sms', 'whatsapp'] as const)('gets by %s what is named and nothing else', async (type) => {
    const chat = await fixture.startByText(type);
    await playAll(chat);

    const isNamed = settings === SETTING && type === 'sms';
    expect(texted()).toEqual(
      isNamed ? [expect.stringMatching(/Alice/), expect.stringMatching(/Bob/), expect.any(String)] : [],
    );
    expect(told(chat)).toEqual(KINDS);
    expect(fixture.isOpen(chat.conversationSid)).toBe(false);
  });

  it('gets every message of an agent', async () => {
    const { conversationSid, taskSid } = await fixture.startByText('sms');
    await fixture.accept('alice', taskSid);
    await fixture.write(conversationSid, 'alice', 'How can I help?');

    expect(texted()).toContain('How can I help?');
  });

  it('keeps what others keep on the conversation', async () => {
    const chat = await fixture.startByText('sms');
    const { attributes: before } = fixture.channel(chat.conversationSid);
    await playAll(chat);

    expect(fixture.channel(chat.conversationSid).attributes).toMatchObject(before as object);
  });
});
