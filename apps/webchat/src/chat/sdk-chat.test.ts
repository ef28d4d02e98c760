/** Failures that no sandbox produces: an SDK that does not load, never connects, or connects too late. */
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChatEvent } from './client';
import type { ChatSdk, SdkClient, SdkConversation, SdkMessage } from './sdk';
import { createSdkChat } from './sdk-chat';

const DEADLINE_MS = 20_000;
const access = { token: 'jwt', conversationSid: 'CH1' };

class FakeClient extends EventEmitter implements SdkClient {
  connectionState = 'connecting';
  wasShutDown = false;
  async shutdown(): Promise<void> {
    this.wasShutDown = true;
  }
  connect(): void {
    this.connectionState = 'connected';
    this.emit('stateChanged', 'initialized');
  }
}

class FakeConversation extends EventEmitter implements SdkConversation<SdkMessage> {
  readonly sid = access.conversationSid;
  constructor(private readonly messages: readonly SdkMessage[] = []) {
    super();
  }
  getAttributes = async () => ({});
  getMessages = async () => ({ items: this.messages, hasPrevPage: false, prevPage: this.getMessages });
  sendMessage = async () => 0;
  typing = async () => undefined;
}

/** The client that the fake SDK created last. */
let client: FakeClient | undefined;
const createFakeSdk = (
  changes: Partial<ChatSdk<FakeClient, FakeConversation, SdkMessage>> = {},
): ChatSdk<FakeClient, FakeConversation, SdkMessage> => ({
  load: async () =>
    class extends FakeClient {
      constructor(_token: string) {
        super();
        client = this;
      }
    },
  fetchConversation: async () => new FakeConversation(),
  onConversationLeft() {},
  hasEnded: () => false,
  getAttachmentNames: () => undefined,
  ...changes,
});

function openChat(sdk = createFakeSdk()) {
  const events: ChatEvent[] = [];
  const chat = createSdkChat(sdk).open(access, (event) => events.push(event));
  return { chat, events };
}
const connectionsIn = (events: readonly ChatEvent[]) =>
  events.flatMap((event) => (event.type === 'connection-changed' ? [event.connection] : []));
const settlePromises = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, 'warn').mockReturnValue();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('createSdkChat().open', () => {
  it('connects when the client fails its first attempt and succeeds later', async () => {
    const { events } = openChat();
    await settlePromises();
    client?.emit('stateChanged', 'failed');
    client?.emit('connectionError', { terminal: false, message: 'try again' });
    await vi.advanceTimersByTimeAsync(DEADLINE_MS - 1);
    client?.connect();
    await settlePromises();
    expect(connectionsIn(events)).toEqual(['connected']);
  });

  it('gives up on a client that misses the deadline, and ignores its later events', async () => {
    const { chat, events } = openChat();
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    expect(connectionsIn(events)).toEqual(['unreachable']);
    expect(client?.wasShutDown).toBe(true);

    client?.connect();
    await settlePromises();
    expect(events).toHaveLength(1);
    expect(await chat.send({ id: 'a', body: 'Hello?' })).toBe(false);
  });

  it('gives up when the request for the conversation gets no answer before the deadline', async () => {
    const { events } = openChat(createFakeSdk({ fetchConversation: () => new Promise(() => undefined) }));
    await settlePromises();
    client?.connect();
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    expect(connectionsIn(events)).toEqual(['unreachable']);
  });

  it('reports the connection as unreachable when the SDK fails to load', async () => {
    const { events } = openChat(createFakeSdk({ load: () => Promise.reject(new Error('no network')) }));
    await settlePromises();
    expect(connectionsIn(events)).toEqual(['unreachable']);
  });

  it.each([
    [401, 'refused'],
    [403, 'refused'],
    [404, 'refused'],
    [503, 'unreachable'],
  ])('maps status %i of the request for the conversation to %s', async (status, connection) => {
    const failure = Object.assign(new Error('no'), { status });
    const { events } = openChat(createFakeSdk({ fetchConversation: () => Promise.reject(failure) }));
    await settlePromises();
    client?.connect();
    await settlePromises();
    expect(connectionsIn(events)).toEqual([connection]);
  });

  it('shuts the client down when the chat is closed before the client connects', async () => {
    const { chat, events } = openChat();
    await settlePromises();
    chat.close();
    client?.connect();
    await settlePromises();
    expect(events).toEqual([]);
    expect(client?.wasShutDown).toBe(true);
  });

  it('reads a message without author, text, attributes or date', async () => {
    const emptyMessage = { index: 7, author: null, body: null, attributes: null, dateCreated: null };
    const { events } = openChat(
      createFakeSdk({ fetchConversation: async () => new FakeConversation([emptyMessage]) }),
    );
    await settlePromises();
    client?.connect();
    await settlePromises();
    expect(events).toContainEqual({
      type: 'messages-received',
      messages: [{ index: 7, author: '', body: '', attributes: {}, sentAt: Date.now() }],
    });
  });

  it('reports no typing for a participant without an identity', async () => {
    const conversation = new FakeConversation();
    const { events } = openChat(createFakeSdk({ fetchConversation: async () => conversation }));
    await settlePromises();
    client?.connect();
    await settlePromises();
    conversation.emit('typingStarted', { identity: null });
    conversation.emit('typingStarted', { identity: 'agent_alice' });
    conversation.emit('typingEnded', { identity: 'agent_alice' });
    expect(events.flatMap((event) => (event.type === 'typing-changed' ? [event.identities] : []))).toEqual([
      [],
      ['agent_alice'],
      [],
    ]);
  });
});

describe('createSdkChat().preload', () => {
  it('ignores an SDK that fails to load', async () => {
    const load = vi.fn(() => Promise.reject(new Error('no network')));
    createSdkChat(createFakeSdk({ load })).preload();
    await settlePromises();
    expect(load).toHaveBeenCalledOnce();
  });
});
