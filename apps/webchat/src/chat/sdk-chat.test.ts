// @vitest-environment node
/** What no working account shows: an SDK that cannot be loaded, never connects, or does so too late. */
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChatEvent } from './client';
import type { ChatSdk, SdkClient, SdkConversation, SdkMessage } from './sdk';
import { createSdkChat } from './sdk-chat';

const DEADLINE_MS = 20_000;
const access = { token: 'jwt', conversationSid: 'CH1' };

/** A client that does what the test says; whoever makes one leaves it in `made`. */
class AClient extends EventEmitter implements SdkClient {
  connectionState = 'connecting';
  wasShutDown = false;
  async shutdown(): Promise<void> {
    this.wasShutDown = true;
  }
  comesUp(): void {
    this.connectionState = 'connected';
    this.emit('stateChanged', 'initialized');
  }
}

class AConversation extends EventEmitter implements SdkConversation<SdkMessage> {
  readonly sid = access.conversationSid;
  constructor(private readonly messages: readonly SdkMessage[] = []) {
    super();
  }
  getAttributes = async () => ({});
  getMessages = async () => ({ items: this.messages, hasPrevPage: false, prevPage: this.getMessages });
  sendMessage = async () => 0;
  typing = async () => undefined;
}

let made: AClient | undefined;
const anSdk = (
  changes: Partial<ChatSdk<AClient, AConversation, SdkMessage>> = {},
): ChatSdk<AClient, AConversation, SdkMessage> => ({
  load: async () =>
    class extends AClient {
      constructor(_token: string) {
        super();
        made = this;
      }
    },
  fetchConversation: async () => new AConversation(),
  whenLeft() {},
  hasEnded: () => false,
  attachmentOf: () => undefined,
  ...changes,
});

function opening(sdk = anSdk()) {
  const events: ChatEvent[] = [];
  const chat = createSdkChat(sdk).open(access, (event) => events.push(event));
  return { chat, events };
}
const connections = (events: readonly ChatEvent[]) =>
  events.flatMap((event) => (event.type === 'connection-changed' ? [event.connection] : []));
const settled = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, 'warn').mockReturnValue();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('opening a chat with an SDK', () => {
  it('goes on when the client comes up at a later try than its first', async () => {
    const { events } = opening();
    await settled();
    made?.emit('stateChanged', 'failed');
    made?.emit('connectionError', { terminal: false, message: 'try again' });
    await vi.advanceTimersByTimeAsync(DEADLINE_MS - 1);
    made?.comesUp();
    await settled();
    expect(connections(events)).toEqual(['connected']);
  });

  it('gives up on a client that does not come up in time, and hears nothing more of it', async () => {
    const { chat, events } = opening();
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    expect(connections(events)).toEqual(['unreachable']);
    expect(made?.wasShutDown).toBe(true);

    made?.comesUp();
    await settled();
    expect(events).toHaveLength(1);
    expect(await chat.send({ id: 'a', body: 'Hello?' })).toBe(false);
  });

  it('gives up on a conversation that is never answered', async () => {
    const { events } = opening(anSdk({ fetchConversation: () => new Promise(() => undefined) }));
    await settled();
    made?.comesUp();
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    expect(connections(events)).toEqual(['unreachable']);
  });

  it('says that Twilio cannot be reached when the SDK cannot be loaded', async () => {
    const { events } = opening(anSdk({ load: () => Promise.reject(new Error('no network')) }));
    await settled();
    expect(connections(events)).toEqual(['unreachable']);
  });

  it.each([
    [401, 'refused', 'for good'],
    [403, 'refused', 'for good'],
    [404, 'refused', 'for good'],
    [503, 'unreachable', 'until the customer tries again'],
  ])('ends when Twilio answers %i for the conversation: %s, %s', async (status, connection) => {
    const failure = Object.assign(new Error('no'), { status });
    const { events } = opening(anSdk({ fetchConversation: () => Promise.reject(failure) }));
    await settled();
    made?.comesUp();
    await settled();
    expect(connections(events)).toEqual([connection]);
  });

  it('shuts the client down when it is closed before it is there', async () => {
    const { chat, events } = opening();
    await settled();
    chat.close();
    made?.comesUp();
    await settled();
    expect(events).toEqual([]);
    expect(made?.wasShutDown).toBe(true);
  });

  it('reads a message without author, text, attributes or date', async () => {
    const bare = { index: 7, author: null, body: null, attributes: null, dateCreated: null };
    const { events } = opening(anSdk({ fetchConversation: async () => new AConversation([bare]) }));
    await settled();
    made?.comesUp();
    await settled();
    expect(events).toContainEqual({
      type: 'messages-received',
      messages: [{ index: 7, author: '', body: '', attributes: {}, sentAt: Date.now() }],
    });
  });
});

describe('fetching an SDK ahead of time', () => {
  it('leaves a failure to the opening, where it counts', async () => {
    const load = vi.fn(() => Promise.reject(new Error('no network')));
    createSdkChat(anSdk({ load })).preload();
    await settled();
    expect(load).toHaveBeenCalledOnce();
  });
});

describe('typing', () => {
  it('of somebody without an identity, on a phone, is nobody’s', async () => {
    const conversation = new AConversation();
    const { events } = opening(anSdk({ fetchConversation: async () => conversation }));
    await settled();
    made?.comesUp();
    await settled();
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
