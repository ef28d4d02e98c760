/** The fixture for tests of chat, Sync and twilsock: these products, and Twilio's unmodified clients. */
import { createRequire } from 'node:module';
import { Client as ConversationsClient } from '@twilio/conversations';
import { Client as ChatClient } from 'twilio-chat';
import { restClient } from '../rest-client.js';
import { startSandboxFixture } from '../sandbox-fixture.js';
import type { SandboxState } from '../sandbox-state.js';
import type { Interceptor } from '../server.js';
import { addSync, type Sync } from '../sync/sync.js';
import { eventually } from '../test-waiting.js';
import { addTwilsock, type Twilsock } from '../twilsock/twilsock.js';
import { addChat, type Chat } from './chat.js';

export interface ChatFixture {
  readonly url: string;
  readonly sandbox: SandboxState;
  readonly sync: Sync;
  readonly twilsock: Twilsock;
  readonly chat: Chat;
  readonly rest: ReturnType<typeof restClient>;
  /** The options that point both chat SDKs at the sandbox. */
  readonly clientOptions: { readonly twilsock: { readonly uri: string } };
  /** An initialised client of twilio-chat. */
  chatClient(identity: string, token?: string): Promise<ChatClient>;
  /** An initialised client of @twilio/conversations. */
  conversationsClient(identity: string, token?: string): Promise<ConversationsClient>;
  /** A client of twilio-sync, in the version that @twilio/conversations uses. */
  syncClient(token: string): Promise<SyncClient>;
  /** Resolves when the client has subscribed to the channel's objects, about 100 ms after opening them. */
  waitForSubscription(identity: string, channelSid: string): Promise<void>;
  close(): Promise<void>;
}

/** The part of twilio-sync that the tests use. The package's own types do not resolve from here. */
interface SyncClient {
  document(options: unknown): Promise<SyncDocument>;
  map(options: unknown): Promise<SyncMap>;
  liveQuery(index: string, query: string): Promise<LiveQuery>;
  shutdown(): Promise<void>;
}

interface SyncDocument {
  readonly data: unknown;
  readonly sid: string;
  set(data: unknown): Promise<unknown>;
  removeDocument(): Promise<void>;
}

interface SyncMap {
  readonly sid: string;
  get(key: string): Promise<SyncMapItem>;
  set(key: string, data: unknown, metadata?: { readonly ttl: number }): Promise<SyncMapItem>;
  mutate(key: string, mutator: (data: unknown) => unknown): Promise<SyncMapItem>;
  remove(key: string): Promise<void>;
  getItems(options?: unknown): Promise<{ readonly items: readonly SyncMapItem[] }>;
  setItemTtl(key: string, ttl: number): Promise<void>;
  removeMap(): Promise<void>;
}

interface SyncMapItem {
  readonly key: string;
  readonly data: unknown;
  readonly dateExpires: Date | null;
}

interface LiveQuery {
  readonly sid: string;
  getItems(): Record<string, unknown>;
}

/** `intercept` runs around tunnelled requests. */
export async function startChatFixture({
  intercept = async (_, next) => next(),
}: {
  readonly intercept?: Interceptor;
} = {}): Promise<ChatFixture> {
  const { sandbox, close } = await startSandboxFixture();
  const { url } = sandbox;
  const sync = addSync(sandbox);
  const twilsock = addTwilsock(sandbox, { intercept });
  const chat = addChat(sandbox, { sync, twilsock });

  const clientOptions = {
    twilsock: { uri: `${url.replace('http', 'ws')}/tsock.us1.twilio.com/v3/wsconnect` },
  };
  const clients: Array<{ shutdown(): Promise<unknown> }> = [];

  return {
    url,
    sandbox,
    sync,
    twilsock,
    chat,
    clientOptions,
    rest: restClient(url),
    async chatClient(identity, token = sandbox.tokens.issueChatToken(identity)) {
      const client = await ChatClient.create(token, { ...clientOptions, logLevel: 'silent' });
      clients.push(client);
      return client;
    },
    async conversationsClient(identity, token = sandbox.tokens.issueChatToken(identity)) {
      const client = new ConversationsClient(token, { ...clientOptions, logLevel: 'silent' });
      clients.push(client);
      await new Promise<void>((resolve, reject) => {
        client.on('initialized', resolve);
        client.on('initFailed', ({ error }) => reject(new Error(`initFailed: ${error?.message}`)));
      });
      return client;
    },
    async syncClient(token) {
      const require = createRequire(createRequire(import.meta.url).resolve('@twilio/conversations'));
      const { SyncClient } = require('twilio-sync');
      const client = new SyncClient(token, { ...clientOptions, logLevel: 'silent' });
      clients.push(client);
      return client;
    },
    waitForSubscription: (identity, channelSid) =>
      eventually<void>(() => {
        const { document, roster, messages } = chat.channel(channelSid).sync;
        const objects = [document, roster, messages];
        if (!objects.every((object) => object.hasSubscriber(identity)))
          throw new Error(`${identity} has not subscribed to ${channelSid}`);
      }),
    async close() {
      await Promise.all(clients.map((client) => client.shutdown().catch(() => undefined)));
      await close();
    },
  };
}
