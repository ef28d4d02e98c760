/**
 * A Twilio account for the tests of the adapters, with the real SDKs on it: every socket that an SDK opens in this
 * process goes to a sandbox instead of Twilio. For tests only.
 */
import { SANDBOX_ACCOUNT, startSandbox } from '@chat-transfer/flex-sandbox';
import { restClient } from '@chat-transfer/flex-sandbox/rest-client';
import type { Backend } from '@chat-transfer/transfer-core';
import { vi } from 'vitest';
import { WebSocket } from 'ws';
import { afterEvent, type Conversation, NEW_CONVERSATION } from '../src/session/conversation';
import type { ChatClient, ChatEvent, OpenChat } from '../src/chat/client';

type Rest = ReturnType<typeof restClient>;

export interface SandboxChat {
  readonly rest: Rest;
  tokenOf(identity: string, lifetimeMs?: number): string;
  /** A conversation with these people in it. */
  aConversation(...identities: readonly string[]): Promise<string>;
  conversation(sid: string): ReturnType<Rest['conversations']['v1']['conversations']>;
  /** Ends a chat for its customer as the functions do. */
  endChat(backend: Backend, sid: string): Promise<unknown>;
  /** Puts a file where messages can refer to it; gives its SID. */
  upload(identity: string, file: { readonly name?: string; readonly content: string }): Promise<string>;
  passTime(ms: number): void;
  /** Cuts every connection there is; clients come back by themselves. */
  cutConnections(): void;
  close(): Promise<void>;
}

export async function startSandboxChat(): Promise<SandboxChat> {
  const sandbox = await startSandbox();
  const sockets = new Set<WebSocket>();
  redirectSockets(sandbox.url, sockets);
  const stopTolerating = tolerateUnsentRequests();
  const rest = restClient(sandbox.url);
  const conversation: SandboxChat['conversation'] = (sid) => rest.conversations.v1.conversations(sid);
  const tokenOf: SandboxChat['tokenOf'] = (identity, lifetimeMs) =>
    sandbox.world().tokens.issueChatToken(identity, lifetimeMs);

  return {
    rest,
    tokenOf,
    conversation,
    async aConversation(...identities) {
      const { sid } = await rest.conversations.v1.conversations.create({ attributes: '{"status":"ACTIVE"}' });
      for (const identity of identities) await conversation(sid).participants.create({ identity });
      return sid;
    },
    endChat: (backend, sid) =>
      conversation(sid).update(
        backend === 'conversations' ? { state: 'closed' } : { attributes: '{"status":"INACTIVE"}' },
      ),
    async upload(identity, { name, content }) {
      const query = name === undefined ? '' : `?Filename=${encodeURIComponent(name)}`;
      const response = await fetch(
        `${sandbox.url}/mcs.us1.twilio.com/v1/Services/${SANDBOX_ACCOUNT.chatServiceSid}/Media${query}`,
        { method: 'POST', headers: { 'X-Twilio-Token': tokenOf(identity) }, body: content },
      );
      const { sid }: { sid: string } = JSON.parse(await response.text());
      return sid;
    },
    passTime: (ms) => sandbox.world().clock.advance(ms),
    cutConnections() {
      for (const socket of sockets) socket.terminate();
    },
    async close() {
      await sandbox.close();
      vi.unstubAllGlobals();
      stopTolerating();
    },
  };
}

/** SDKs look for a browser's WebSocket in a global called `self`, and use Node's own way only where there is none. */
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
 * What an SDK has not sent yet when its connection ends for good, it rejects where nobody catches it, sooner or later. Only
 * this is let pass; any other rejection that nobody handles fails the run as usual.
 */
function tolerateUnsentRequests(): () => void {
  const others = process.listeners('unhandledRejection');
  const restore = () => {
    process.removeAllListeners('unhandledRejection');
    for (const other of others) process.on('unhandledRejection', other);
  };
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (reason, promise) => {
    const unsent = reason instanceof Error && reason.message.startsWith('Unable to connect: ');
    if (!unsent) for (const other of others) other(reason, promise);
  });
  return restore;
}

/** A chat as a customer's page has it open. */
export interface OpenedChat extends OpenChat {
  readonly events: readonly ChatEvent[];
  /** What the page would show. */
  readonly now: Conversation;
}

export function openChat(client: ChatClient, token: string, conversationSid: string): OpenedChat {
  const events: ChatEvent[] = [];
  const chat = client.open({ token, conversationSid }, (event) => events.push(event));
  return {
    ...chat,
    events,
    get now() {
      return events.reduce(afterEvent, NEW_CONVERSATION);
    },
  };
}
