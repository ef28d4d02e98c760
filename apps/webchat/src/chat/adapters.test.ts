// @vitest-environment node
/** Both adapters, each with its real SDK on a sandbox: the customer must not be able to tell them apart. */
import { type Backend, NOTICE_AUTHOR, noticeAttributes, parseNotice } from '@chat-transfer/transfer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ChatClient } from './client';
import { conversations } from './conversations';
import { type OpenedChat, openChat, type SandboxChat, startSandboxChat } from '../../test/sandbox-chat';
import { twilioChat } from './programmable-chat';

const CUSTOMER = 'customer-1';
const AGENT = 'agent_alice';
const MINUTE_MS = 60_000;
const ADAPTERS: ReadonlyArray<readonly [Backend, ChatClient]> = [
  ['programmable-chat', twilioChat],
  ['conversations', conversations],
];

let twilio: SandboxChat;
const opened: OpenedChat[] = [];

beforeAll(async () => {
  twilio = await startSandboxChat();
});
afterEach(() => {
  for (const chat of opened.splice(0)) chat.close();
  vi.restoreAllMocks();
});
afterAll(() => twilio.close());

/** Longer than anything takes: SDKs wait before they reconnect, and machines are busy. */
const eventually = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 15_000, interval: 20 });

describe.each(ADAPTERS)('the adapter of %s', { timeout: 30_000 }, (backend, client) => {
  const open = (sid: string, identity = CUSTOMER, token = twilio.tokenOf(identity)) => {
    const chat = openChat(client, token, sid);
    opened.push(chat);
    return chat;
  };
  const openedAt = async (sid: string, identity?: string) => {
    const chat = open(sid, identity);
    await eventually(() => expect(chat.now.connection).toBe('connected'));
    return chat;
  };
  const says = (sid: string, body: string, author = AGENT) =>
    twilio.conversation(sid).messages.create({ author, body });
  const bodies = (chat: OpenedChat) => chat.now.messages.map(({ body }) => body);
  const indexesReceived = ({ events }: OpenedChat) =>
    events.flatMap((event) =>
      event.type === 'messages-received' ? event.messages.map(({ index }) => index) : [],
    );

  it('shows what was said before, the newest page first and all of it in the end', async () => {
    const sid = await twilio.aConversation(CUSTOMER);
    const texts = Array.from({ length: 230 }, (_, index) => `text ${index}`);
    for (const text of texts) await says(sid, text);
    const chat = await openedAt(sid);

    await eventually(() => expect(bodies(chat)).toEqual(texts));
    const indexes = indexesReceived(chat);
    expect(indexes.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, place) => 130 + place));
    expect(indexes).toHaveLength(texts.length);
    expect(chat.now.status).toBe('open');
  });

  it('says that it is connected only when there is something to show', async () => {
    const sid = await twilio.aConversation(CUSTOMER);
    const { dateCreated } = await says(sid, 'Hello');
    const chat = await openedAt(sid);
    expect(chat.events.map(({ type }) => type)).toEqual([
      'messages-received',
      'status-changed',
      'connection-changed',
    ]);
    expect(chat.now.messages).toMatchObject([{ index: 0, author: AGENT, body: 'Hello' }]);
    // REST gives whole seconds, SDKs milliseconds.
    const secondOf = (ms: number | undefined = 0) => Math.floor(ms / 1000);
    expect(secondOf(chat.now.messages[0]?.sentAt)).toBe(secondOf(dateCreated.getTime()));
  });

  it('sends a text once, and the message that arrives carries its id', async () => {
    const sid = await twilio.aConversation(CUSTOMER);
    const chat = await openedAt(sid);

    expect(await chat.send({ id: 'minted-1', body: 'My order is late' })).toBe(true);
    await eventually(() => expect(chat.now.messages).toHaveLength(1));
    expect(chat.now.messages[0]).toMatchObject({ author: CUSTOMER, outgoingId: 'minted-1' });
    const stored = await twilio.conversation(sid).messages.list();
    expect(stored.map(({ author, body }) => [author, body])).toEqual([[CUSTOMER, 'My order is late']]);
  });

  it('sends what was written before it was connected', async () => {
    const sid = await twilio.aConversation(CUSTOMER);
    expect(await open(sid).send({ id: 'a', body: 'Quick' })).toBe(true);
  });

  it('answers that a text was not sent when the conversation takes none any more', async () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    const sid = await twilio.aConversation(CUSTOMER);
    const chat = await openedAt(sid);
    await twilio.conversation(sid).update({ state: 'closed' });
    expect(await chat.send({ id: 'a', body: 'Too late' })).toBe(false);
  });

  it('shows what others write, change and take back', async () => {
    const sid = await twilio.aConversation(CUSTOMER);
    const chat = await openedAt(sid);
    const first = await says(sid, 'Helo');
    await says(sid, 'Let me look');
    await eventually(() => expect(bodies(chat)).toEqual(['Helo', 'Let me look']));

    await twilio.conversation(sid).messages(first.sid).update({ body: 'Hello' });
    await eventually(() => expect(bodies(chat)).toEqual(['Hello', 'Let me look']));
    await twilio.conversation(sid).messages(first.sid).remove();
    await eventually(() => expect(bodies(chat)).toEqual(['Let me look']));
  });

  it('hands a notice on as it was posted', async () => {
    const sid = await twilio.aConversation(CUSTOMER);
    const chat = await openedAt(sid);
    const notice = { v: 1, id: 'notice-1', kind: 'agent-joined', name: 'Alice' } as const;
    await twilio.conversation(sid).messages.create({
      author: NOTICE_AUTHOR,
      body: 'Alice joined the chat',
      attributes: JSON.stringify(noticeAttributes(notice)),
    });

    await eventually(() => expect(chat.now.messages).toHaveLength(1));
    const [message] = chat.now.messages;
    expect(message && parseNotice(message)).toEqual(notice);
  });

  it('names the file that came with a message, and says of one without a name that there is one', async () => {
    const sid = await twilio.aConversation(CUSTOMER, AGENT);
    const chat = await openedAt(sid);
    const named = await twilio.upload(AGENT, { name: 'invoice.pdf', content: 'pdf' });
    const nameless = await twilio.upload(AGENT, { content: 'something' });
    for (const mediaSid of [named, nameless])
      await twilio.conversation(sid).messages.create({ author: AGENT, mediaSid });

    await eventually(() => expect(chat.now.messages).toHaveLength(2));
    expect(chat.now.messages.map(({ attachment }) => attachment)).toEqual(['invoice.pdf', 'file']);
  });

  it('says who is typing to the others, until a message of theirs comes', async () => {
    const sid = await twilio.aConversation(CUSTOMER, AGENT);
    const [customer, agent] = [await openedAt(sid), await openedAt(sid, AGENT)];

    await eventually(() => {
      customer.sayTyping();
      expect(agent.now.typing).toEqual([CUSTOMER]);
    });
    agent.sayTyping();
    await eventually(() => expect(customer.now.typing).toEqual([AGENT]));
    await agent.send({ id: 'a', body: 'Done' });
    await eventually(() => expect(customer.now.typing).toEqual([]));
  });

  it('is over when the server ends the chat, with everything still to be read', async () => {
    const sid = await twilio.aConversation(CUSTOMER);
    const chat = await openedAt(sid);
    await says(sid, 'Goodbye');
    await twilio.endChat(backend, sid);

    await eventually(() => expect(chat.now.status).toBe('ended'));
    await eventually(() => expect(bodies(chat)).toEqual(['Goodbye']));
    expect(chat.now.connection).toBe('connected');
  });

  it('is over when the customer is taken out of the conversation', async () => {
    const sid = await twilio.aConversation(CUSTOMER);
    const chat = await openedAt(sid);
    await twilio.conversation(sid).participants(CUSTOMER).remove();
    await eventually(() => expect(chat.now.status).toBe('ended'));
  });

  it('shows a chat that had ended before it was opened as ended, also after a reload', async () => {
    const sid = await twilio.aConversation(CUSTOMER);
    await says(sid, 'Goodbye');
    await twilio.endChat(backend, sid);
    for (const _ of ['opened', 'reloaded']) {
      const chat = await openedAt(sid);
      expect([chat.now.status, bodies(chat)]).toEqual(['ended', ['Goodbye']]);
      chat.close();
    }
  });

  it('has everything again after a reload, and goes on', async () => {
    const sid = await twilio.aConversation(CUSTOMER);
    const before = await openedAt(sid);
    await before.send({ id: 'a', body: 'Hello?' });
    before.close();

    const after = await openedAt(sid);
    expect(after.now.messages).toMatchObject([{ body: 'Hello?', outgoingId: 'a' }]);
    await says(sid, 'Hello!');
    await eventually(() => expect(bodies(after)).toEqual(['Hello?', 'Hello!']));
  });

  it('goes on after the connection was lost, with what was said meanwhile, once', async () => {
    const sid = await twilio.aConversation(CUSTOMER);
    const chat = await openedAt(sid);
    await says(sid, 'before');
    await eventually(() => expect(bodies(chat)).toEqual(['before']));

    twilio.cutConnections();
    await eventually(() => expect(chat.now.connection).toBe('reconnecting'));
    await says(sid, 'meanwhile');
    await eventually(() => expect(chat.now.connection).toBe('connected'));
    await says(sid, 'after');

    await eventually(() => expect(bodies(chat)).toEqual(['before', 'meanwhile', 'after']));
    expect(await chat.send({ id: 'a', body: 'I am back' })).toBe(true);
    await eventually(() => expect(indexesReceived(chat)).toEqual([0, 1, 2, 3]));
  });

  it('learns at its return of a chat that has ended meanwhile', async () => {
    const sid = await twilio.aConversation(CUSTOMER);
    const chat = await openedAt(sid);
    twilio.cutConnections();
    await twilio.endChat(backend, sid);
    await eventually(() => expect(chat.now).toMatchObject({ connection: 'connected', status: 'ended' }));
  });

  it('is refused with a token that is none, and says nothing more', async () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    const sid = await twilio.aConversation(CUSTOMER);
    const chat = open(sid, CUSTOMER, 'no token');
    await eventually(() => expect(chat.now.connection).toBe('refused'));
    expect(await chat.send({ id: 'a', body: 'Hello?' })).toBe(false);
    expect(chat.events).toHaveLength(1);
  });

  it('is refused a chat that is not the customer’s, or is none', async () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    const sid = await twilio.aConversation('somebody else');
    for (const chat of [open(sid), open(`CH${'0'.repeat(32)}`)])
      await eventually(() => expect(chat.now.connection).toBe('refused'));
  });

  it('is refused once the token has run out', async () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    const sid = await twilio.aConversation(CUSTOMER);
    const chat = open(sid, CUSTOMER, twilio.tokenOf(CUSTOMER, 10 * MINUTE_MS));
    await eventually(() => expect(chat.now.connection).toBe('connected'));
    twilio.passTime(10 * MINUTE_MS);
    await eventually(() => expect(chat.now.connection).toBe('refused'));
  });

  it('says nothing more once it is closed', async () => {
    const sid = await twilio.aConversation(CUSTOMER);
    const [closed, watching] = [await openedAt(sid), await openedAt(sid)];
    const heard = closed.events.length;
    closed.close();
    await says(sid, 'Anybody?');
    await eventually(() => expect(bodies(watching)).toEqual(['Anybody?']));
    expect(closed.events).toHaveLength(heard);
  });
});

describe('what only one of them knows', () => {
  it('is that the server opens a chat of Programmable Chat again that was ended by mistake', async () => {
    const sid = await twilio.aConversation(CUSTOMER);
    await twilio.endChat('programmable-chat', sid);
    const chat = openChat(twilioChat, twilio.tokenOf(CUSTOMER), sid);
    opened.push(chat);
    await eventually(() => expect(chat.now.status).toBe('ended'));
    await twilio.conversation(sid).update({ attributes: '{"status":"ACTIVE"}' });
    await eventually(() => expect(chat.now.status).toBe('open'));
  });

  it('is that an inactive conversation only sleeps', async () => {
    const sid = await twilio.aConversation(CUSTOMER);
    await twilio.conversation(sid).update({ state: 'inactive' });
    const chat = openChat(conversations, twilio.tokenOf(CUSTOMER), sid);
    opened.push(chat);
    await eventually(() => expect(chat.now.connection).toBe('connected'));
    expect(chat.now.status).toBe('open');
    expect(await chat.send({ id: 'a', body: 'Are you still there?' })).toBe(true);
  });
});
