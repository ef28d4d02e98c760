/** Both adapters with their real SDKs and a sandbox. A customer must see no difference between them. */
import { type Backend, NOTICE_AUTHOR, noticeAttributes, parseNotice } from '@chat-transfer/transfer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  openRecordedChat,
  type RecordedChat,
  type SandboxChat,
  startSandboxChat,
} from '../../test/sandbox-chat';
import type { ChatClient } from './client';
import { conversationsClient } from './conversations';
import { programmableChatClient } from './programmable-chat';

const CUSTOMER = 'customer-1';
const AGENT = 'agent_alice';
const MINUTE_MS = 60_000;
const ADAPTERS: ReadonlyArray<readonly [Backend, ChatClient]> = [
  ['programmable-chat', programmableChatClient],
  ['conversations', conversationsClient],
];

let sandbox: SandboxChat;
const openChats: RecordedChat[] = [];

beforeAll(async () => {
  sandbox = await startSandboxChat();
});
afterEach(() => {
  for (const chat of openChats.splice(0)) chat.close();
  vi.restoreAllMocks();
});
afterAll(() => sandbox.close());

/** The timeout is long enough for a slow machine and for SDKs that wait before they reconnect. */
const eventually = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 60_000, interval: 20 });

describe.each(ADAPTERS)('the adapter for %s', (backend, client) => {
  const open = (sid: string, identity = CUSTOMER, token = sandbox.issueToken(identity)) => {
    const chat = openRecordedChat(client, token, sid);
    openChats.push(chat);
    return chat;
  };
  const openConnected = async (sid: string, identity?: string) => {
    const chat = open(sid, identity);
    await eventually(() => expect(chat.state.connection).toBe('connected'));
    return chat;
  };
  const addMessage = (sid: string, body: string, author = AGENT) =>
    sandbox.conversation(sid).messages.create({ author, body });
  const bodies = (chat: RecordedChat) => chat.state.messages.map(({ body }) => body);
  const indexesReceived = ({ events }: RecordedChat) =>
    events.flatMap((event) =>
      event.type === 'messages-received' ? event.messages.map(({ index }) => index) : [],
    );

  it('reads all messages of a long conversation, newest page first', async () => {
    const sid = await sandbox.createConversation(CUSTOMER);
    const texts = Array.from({ length: 230 }, (_, index) => `text ${index}`);
    for (const text of texts) await addMessage(sid, text);
    const chat = await openConnected(sid);

    await eventually(() => expect(bodies(chat)).toEqual(texts));
    const indexes = indexesReceived(chat);
    expect(indexes.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, offset) => 130 + offset));
    expect(indexes).toHaveLength(texts.length);
    expect(chat.state.status).toBe('open');
  });

  it('reports the connection after the messages and the status', async () => {
    const sid = await sandbox.createConversation(CUSTOMER);
    const { dateCreated } = await addMessage(sid, 'Hello');
    const chat = await openConnected(sid);
    expect(chat.events.map(({ type }) => type)).toEqual([
      'messages-received',
      'status-changed',
      'connection-changed',
    ]);
    expect(chat.state.messages).toMatchObject([{ index: 0, author: AGENT, body: 'Hello' }]);
    // REST returns whole seconds, the SDKs milliseconds.
    const toSeconds = (ms: number | undefined = 0) => Math.floor(ms / 1000);
    expect(toSeconds(chat.state.messages[0]?.sentAt)).toBe(toSeconds(dateCreated.getTime()));
  });

  it('sends a text once, and reads its id from the message that arrives', async () => {
    const sid = await sandbox.createConversation(CUSTOMER);
    const chat = await openConnected(sid);

    expect(await chat.send({ id: 'outgoing-1', body: 'My order is late' })).toBe(true);
    await eventually(() => expect(chat.state.messages).toHaveLength(1));
    expect(chat.state.messages[0]).toMatchObject({ author: CUSTOMER, outgoingId: 'outgoing-1' });
    const stored = await sandbox.conversation(sid).messages.list();
    expect(stored.map(({ author, body }) => [author, body])).toEqual([[CUSTOMER, 'My order is late']]);
  });

  it('sends a text that was written before the connection was ready', async () => {
    const sid = await sandbox.createConversation(CUSTOMER);
    expect(await open(sid).send({ id: 'a', body: 'Quick' })).toBe(true);
  });

  it('resolves send to false when the conversation is closed', async () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    const sid = await sandbox.createConversation(CUSTOMER);
    const chat = await openConnected(sid);
    await sandbox.conversation(sid).update({ state: 'closed' });
    expect(await chat.send({ id: 'a', body: 'Too late' })).toBe(false);
  });

  it('reports messages that are added, changed and removed', async () => {
    const sid = await sandbox.createConversation(CUSTOMER);
    const chat = await openConnected(sid);
    const first = await addMessage(sid, 'Helo');
    await addMessage(sid, 'Let me look');
    await eventually(() => expect(bodies(chat)).toEqual(['Helo', 'Let me look']));

    await sandbox.conversation(sid).messages(first.sid).update({ body: 'Hello' });
    await eventually(() => expect(bodies(chat)).toEqual(['Hello', 'Let me look']));
    await sandbox.conversation(sid).messages(first.sid).remove();
    await eventually(() => expect(bodies(chat)).toEqual(['Let me look']));
  });

  it('reads a notice without changes', async () => {
    const sid = await sandbox.createConversation(CUSTOMER);
    const chat = await openConnected(sid);
    const notice = { v: 1, id: 'notice-1', kind: 'agent-joined', name: 'Alice' } as const;
    await sandbox.conversation(sid).messages.create({
      author: NOTICE_AUTHOR,
      body: 'Alice joined the chat',
      attributes: JSON.stringify(noticeAttributes(notice)),
    });

    await eventually(() => expect(chat.state.messages).toHaveLength(1));
    const [message] = chat.state.messages;
    expect(message && parseNotice(message)).toEqual(notice);
  });

  it('reads the file name of an attachment, or "file" if it has none', async () => {
    const sid = await sandbox.createConversation(CUSTOMER, AGENT);
    const chat = await openConnected(sid);
    const named = await sandbox.uploadFile(AGENT, { name: 'invoice.pdf', content: 'pdf' });
    const unnamed = await sandbox.uploadFile(AGENT, { content: 'something' });
    for (const mediaSid of [named, unnamed])
      await sandbox.conversation(sid).messages.create({ author: AGENT, mediaSid });

    await eventually(() => expect(chat.state.messages).toHaveLength(2));
    expect(chat.state.messages.map(({ attachment }) => attachment)).toEqual(['invoice.pdf', 'file']);
  });

  it('shows typing to the other participants until the message arrives', async () => {
    const sid = await sandbox.createConversation(CUSTOMER, AGENT);
    const [customer, agent] = [await openConnected(sid), await openConnected(sid, AGENT)];

    await eventually(() => {
      customer.sendTyping();
      expect(agent.state.typing).toEqual([CUSTOMER]);
    });
    agent.sendTyping();
    await eventually(() => expect(customer.state.typing).toEqual([AGENT]));
    await agent.send({ id: 'a', body: 'Done' });
    await eventually(() => expect(customer.state.typing).toEqual([]));
  });

  it('ends when the functions end the chat, and keeps the messages', async () => {
    const sid = await sandbox.createConversation(CUSTOMER);
    const chat = await openConnected(sid);
    // The SDK subscribes to new messages a moment after it has connected.
    await addMessage(sid, 'Hello');
    await eventually(() => expect(bodies(chat)).toEqual(['Hello']));
    await addMessage(sid, 'Goodbye');
    await sandbox.endChat(backend, sid, CUSTOMER);

    await eventually(() => expect(chat.state.status).toBe('ended'));
    await eventually(() => expect(bodies(chat)).toEqual(['Hello', 'Goodbye']));
    const connections = chat.events.flatMap((event) =>
      event.type === 'connection-changed' ? [event.connection] : [],
    );
    expect(connections).toEqual(['connected']);
  });

  it('ends when the customer is removed from the conversation', async () => {
    const sid = await sandbox.createConversation(CUSTOMER);
    const chat = await openConnected(sid);
    await sandbox.conversation(sid).participants(CUSTOMER).remove();
    await eventually(() => expect(chat.state.status).toBe('ended'));
  });

  it('reads all messages again after a reload, and receives new ones', async () => {
    const sid = await sandbox.createConversation(CUSTOMER);
    const before = await openConnected(sid);
    await before.send({ id: 'a', body: 'Hello?' });
    before.close();

    const after = await openConnected(sid);
    expect(after.state.messages).toMatchObject([{ body: 'Hello?', outgoingId: 'a' }]);
    await addMessage(sid, 'Hello!');
    await eventually(() => expect(bodies(after)).toEqual(['Hello?', 'Hello!']));
  });

  it('receives each message once, including those sent while it was disconnected', async () => {
    const sid = await sandbox.createConversation(CUSTOMER);
    const chat = await openConnected(sid);
    await addMessage(sid, 'before');
    await eventually(() => expect(bodies(chat)).toEqual(['before']));

    sandbox.dropConnections();
    await eventually(() => expect(chat.state.connection).toBe('reconnecting'));
    await addMessage(sid, 'while disconnected');
    await eventually(() => expect(chat.state.connection).toBe('connected'));
    await addMessage(sid, 'after');

    await eventually(() => expect(bodies(chat)).toEqual(['before', 'while disconnected', 'after']));
    expect(await chat.send({ id: 'a', body: 'I am back' })).toBe(true);
    await eventually(() => expect(indexesReceived(chat)).toEqual([0, 1, 2, 3]));
  });

  it('reports after a reconnect that the chat ended while it was disconnected', async () => {
    const sid = await sandbox.createConversation(CUSTOMER);
    const chat = await openConnected(sid);
    sandbox.dropConnections();
    await sandbox.endChat(backend, sid, CUSTOMER);
    await eventually(() => expect(chat.state).toMatchObject({ connection: 'connected', status: 'ended' }));
  });

  it('reports an invalid token as refused, and emits no other event', async () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    const sid = await sandbox.createConversation(CUSTOMER);
    const chat = open(sid, CUSTOMER, 'no token');
    await eventually(() => expect(chat.state.connection).toBe('refused'));
    expect(await chat.send({ id: 'a', body: 'Hello?' })).toBe(false);
    expect(chat.events).toHaveLength(1);
  });

  it('reports a chat as refused if it does not exist or belongs to another customer', async () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    const sid = await sandbox.createConversation('customer-2');
    for (const chat of [open(sid), open(`CH${'0'.repeat(32)}`)])
      await eventually(() => expect(chat.state.connection).toBe('refused'));
  });

  it('reports an expired token as refused', async () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    const sid = await sandbox.createConversation(CUSTOMER);
    const chat = open(sid, CUSTOMER, sandbox.issueToken(CUSTOMER, 10 * MINUTE_MS));
    await eventually(() => expect(chat.state.connection).toBe('connected'));
    sandbox.advanceTime(10 * MINUTE_MS);
    await eventually(() => expect(chat.state.connection).toBe('refused'));
  });

  it('emits no event after it was closed', async () => {
    const sid = await sandbox.createConversation(CUSTOMER);
    const [closed, other] = [await openConnected(sid), await openConnected(sid)];
    const eventCount = closed.events.length;
    closed.close();
    await addMessage(sid, 'Hello?');
    await eventually(() => expect(bodies(other)).toEqual(['Hello?']));
    expect(closed.events).toHaveLength(eventCount);
  });
});

describe('programmableChatClient', () => {
  const open = (sid: string) => {
    const chat = openRecordedChat(programmableChatClient, sandbox.issueToken(CUSTOMER), sid);
    openChats.push(chat);
    return chat;
  };

  it('reports an ended chat as refused after a reload, because the functions have removed the customer', async () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    const sid = await sandbox.createConversation(CUSTOMER);
    await sandbox.endChat('programmable-chat', sid, CUSTOMER);
    sandbox.advanceTime(MINUTE_MS);
    const chat = open(sid);
    await eventually(() => expect(chat.state.connection).toBe('refused'));
  });

  it('opens a chat as open after a reload when the functions have let the customer back in', async () => {
    const sid = await sandbox.createConversation(CUSTOMER);
    await sandbox.endChat('programmable-chat', sid, CUSTOMER);
    await sandbox.conversation(sid).participants.create({ identity: CUSTOMER });
    await sandbox.conversation(sid).update({ attributes: '{"status":"ACTIVE"}' });
    const chat = open(sid);
    await eventually(() => expect(chat.state.connection).toBe('connected'));
    expect(chat.state.status).toBe('open');
    expect(await chat.send({ id: 'a', body: 'I am back' })).toBe(true);
  });
});

describe('conversationsClient', () => {
  it('opens an ended chat as ended, also after a reload', async () => {
    const sid = await sandbox.createConversation(CUSTOMER);
    await sandbox.conversation(sid).messages.create({ author: AGENT, body: 'Goodbye' });
    await sandbox.endChat('conversations', sid, CUSTOMER);
    for (const _ of ['opened', 'reloaded']) {
      const chat = openRecordedChat(conversationsClient, sandbox.issueToken(CUSTOMER), sid);
      await eventually(() => expect(chat.state.connection).toBe('connected'));
      expect([chat.state.status, chat.state.messages.map(({ body }) => body)]).toEqual([
        'ended',
        ['Goodbye'],
      ]);
      chat.close();
    }
  });

  it('reports an inactive conversation as open', async () => {
    const sid = await sandbox.createConversation(CUSTOMER);
    await sandbox.conversation(sid).update({ state: 'inactive' });
    const chat = openRecordedChat(conversationsClient, sandbox.issueToken(CUSTOMER), sid);
    openChats.push(chat);
    await eventually(() => expect(chat.state.connection).toBe('connected'));
    expect(chat.state.status).toBe('open');
    expect(await chat.send({ id: 'a', body: 'Are you still there?' })).toBe(true);
  });
});
