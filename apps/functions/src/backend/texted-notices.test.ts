import { randomUUID } from 'node:crypto';
import { type NoticeKind, parseAgentNotices } from '@chat-transfer/transfer-core';
import { aConversationSid } from '@chat-transfer/transfer-core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FunctionsFixture, startFunctionsFixture } from '../../test/support/functions-fixture';
import { isSentToCustomer } from './texted-notices';

type Chat = Awaited<ReturnType<FunctionsFixture['startTextChat']>>;

const SETTING = { CHAT_TRANSFER_TEXTED_NOTICES: JSON.stringify({ sms: ['agent-joined', 'chat-ended'] }) };
/** The notices of a chat that Alice accepts and transfers to Bob, and that both complete. */
const KINDS = [
  'agent-joined',
  'transfer-started',
  'agent-left',
  'agent-joined',
  'agent-left',
  'chat-ended',
] as const;

describe('isSentToCustomer', () => {
  const texted = { sms: ['chat-ended'], WhatsApp: ['agent-joined'] } as const;
  const isSent = (channelType: string, kind: NoticeKind) =>
    isSentToCustomer(
      { sms: [...texted.sms], WhatsApp: [...texted.WhatsApp] },
      { conversationSid: aConversationSid(), channelType },
      kind,
    );

  it.each(['web', 'Web', 'web-widget', 'custom', 'chat'])('is true for every notice on %s', (channelType) => {
    expect(isSent(channelType, 'agent-left')).toBe(true);
  });

  it('compares channel types without case and punctuation', () => {
    expect(isSent('SMS', 'chat-ended')).toBe(true);
    expect(isSent('whatsapp', 'agent-joined')).toBe(true);
    expect(isSent('SMS', 'agent-joined')).toBe(false);
    expect(isSent('messenger', 'chat-ended')).toBe(false);
  });
});

describe.each([
  ['with the default settings', {}],
  ['with a setting for SMS', SETTING],
] as const)('a customer who texts, %s,', (_settings, settings) => {
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

  /** Alice accepts the chat, transfers it to Bob and completes; Bob completes. */
  async function transferAndComplete(chat: Chat): Promise<void> {
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

  /** The notices that agents see, in order. */
  const agentNotices = ({ conversationSid }: Chat) =>
    parseAgentNotices(fixture.channel(conversationSid).attributes).map(({ kind }) => kind);
  /** The texts that the customer received. */
  const texted = () => fixture.sandbox.texts().map(({ body }) => body);

  it.each(['sms', 'whatsapp'] as const)(
    'gets by %s the notices that the setting names and no others',
    async (type) => {
      const chat = await fixture.startTextChat(type);
      await transferAndComplete(chat);

      const isNamed = settings === SETTING && type === 'sms';
      expect(texted()).toEqual(
        isNamed ? [expect.stringMatching(/Alice/), expect.stringMatching(/Bob/), expect.any(String)] : [],
      );
      expect(agentNotices(chat)).toEqual(KINDS);
      expect(fixture.isOpen(chat.conversationSid)).toBe(false);
    },
  );

  it('gets every message of an agent', async () => {
    const { conversationSid, taskSid } = await fixture.startTextChat('sms');
    await fixture.accept('alice', taskSid);
    await fixture.postMessage(conversationSid, 'alice', 'How can I help?');

    expect(texted()).toContain('How can I help?');
  });

  it('has a conversation that keeps the attributes of other programs', async () => {
    const chat = await fixture.startTextChat('sms');
    const { attributes: before } = fixture.channel(chat.conversationSid);
    await transferAndComplete(chat);

    expect(fixture.channel(chat.conversationSid).attributes).toMatchObject(before as object);
  });
});
