/**
 * A sandbox account for the adapter tests, which run the real SDKs. Every WebSocket that an SDK opens in this
 * process connects to the sandbox instead of Twilio.
 */
import { SANDBOX_ACCOUNT, startSandbox } from '@chat-transfer/flex-sandbox';
import { restClient } from '@chat-transfer/flex-sandbox/rest-client';
import type { Backend } from '@chat-transfer/transfer-core';
import { vi } from 'vitest';
import { WebSocket } from 'ws';
import type { ChatClient, ChatEvent, OpenChat } from '../src/chat/client';
import { applyEvent, type Conversation, NEW_CONVERSATION } from '../src/session/conversation';

type Rest = ReturnType<typeof restClient>;

export interface SandboxChat {
  readonly rest: Rest;
  issueToken(identity: string, lifetimeMs?: number): string;
  /** Creates an open conversation with these participants and returns its SID. */
  createConversation(...identities: readonly string[]): Promise<string>;
  conversation(sid: string): ReturnType<Rest['conversations']['v1']['conversations']>;
  /** Ends a chat in the same way as the functions do. On Programmable Chat, they remove the customer. */
  endChat(backend: Backend, sid: string, customer: string): Promise<unknown>;
  /** Uploads a file that messages can attach, and returns its media SID. */
  uploadFile(identity: string, file: { readonly name?: string; readonly content: string }): Promise<string>;
  advanceTime(ms: number): void;
  /** Terminates every open connection. The SDKs reconnect. */
  dropConnections(): void;
  close(): Promise<void>;
}

export async function startSandboxChat(): Promise<SandboxChat> {
  const sandbox = await startSandbox();
  const sockets = new Set<WebSocket>();
  redirectSockets(sandbox.url, sockets);
  const stopIgnoring = ignoreUnsentRequestRejections();
  const rest = restClient(sandbox.url);
  const conversation: SandboxChat['conversation'] = (sid) => rest.conversations.v1.conversations(sid);
  const issueToken: SandboxChat['issueToken'] = (identity, lifetimeMs) =>
    sandbox.state().tokens.issueChatToken(identity, lifetimeMs);

  return {
    rest,
    issueToken,
    conversation,
    async createConversation(...identities) {
      const { sid } = await rest.conversations.v1.conversations.create({ attributes: '{"status":"ACTIVE"}' });
      for (const identity of identities) await conversation(sid).participants.create({ identity });
      return sid;
    },
    async endChat(backend, sid, customer) {
      if (backend === 'conversations') return conversation(sid).update({ state: 'closed' });
      await conversation(sid).update({ attributes: '{"status":"INACTIVE"}' });
      return conversation(sid).participants(customer).remove();
    },
    async uploadFile(identity, { name, content }) {
      const query = name === undefined ? '' : `?Filename=${encodeURIComponent(name)}`;
      const response = await fetch(
        `${sandbox.url}/mcs.us1.twilio.com/v1/Services/${SANDBOX_ACCOUNT.chatServiceSid}/Media${query}`,
        { method: 'POST', headers: { 'X-Twilio-Token': issueToken(identity) }, body: content },
      );
      const { sid }: { sid: string } = JSON.parse(await response.text());
      return sid;
    },
    advanceTime: (ms) => sandbox.state().clock.advance(ms),
    dropConnections() {
      for (const socket of sockets) socket.terminate();
    },
    async close() {
      await sandbox.close();
      vi.unstubAllGlobals();
      stopIgnoring();
    },
  };
}

/** The SDKs use the `WebSocket` of the global `self`. If there is no `self`, they use a Node implementation. */
function redirectSockets(sandboxUrl: string, sockets: Set<WebSocket>): void {
  vi.stubGlobal('self', globalThis);
  vi.stubGlobal(
    'WebSocket',
    class extends WebSocket {
      constructor(address: string) {
        super(address.replace('wss://', `${sandboxUrl.replace('http', 'ws')}/`));
        sockets.add(this);
        this.once('close', () => sockets.delete(this));
      }
    },
  );
}

/**
 * Ignores rejections of requests that an SDK had not sent when its connection ended: the SDK does not handle
 * them. Any other unhandled rejection fails the run. Returns a function that restores the original listeners.
 */
function ignoreUnsentRequestRejections(): () => void {
  const originalListeners = process.listeners('unhandledRejection');
  const restore = () => {
    process.removeAllListeners('unhandledRejection');
    for (const listener of originalListeners) process.on('unhandledRejection', listener);
  };
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (reason, promise) => {
    const isUnsentRequest = reason instanceof Error && reason.message.startsWith('Unable to connect: ');
    if (!isUnsentRequest) for (const listener of originalListeners) listener(reason, promise);
  });
  return restore;
}

/** An open chat that records its events. */
export interface RecordedChat extends OpenChat {
  readonly events: readonly ChatEvent[];
  /** The state that the page would show after these events. */
  readonly state: Conversation;
}

export function openRecordedChat(client: ChatClient, token: string, conversationSid: string): RecordedChat {
  const events: ChatEvent[] = [];
  const chat = client.open({ token, conversationSid }, (event) => events.push(event));
  return {
    ...chat,
    events,
    get state() {
      return events.reduce(applyEvent, NEW_CONVERSATION);
    },
  };
}
