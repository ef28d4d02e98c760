/**
 * Stores the customer's chat session until the tab is closed, so that the chat survives a reload. The session holds the
 * customer's name and credentials, and no messages.
 */
import { type Backend, parseBackend } from '@chat-transfer/transfer-core';

export interface ChatSession {
  readonly name: string;
  readonly token: string;
  readonly identity: string;
  readonly conversationSid: string;
  /** Where the chat is, and so which chat SDK accepts the token. */
  readonly backend: Backend;
  /** Proves to the functions that the chat belongs to this customer. */
  readonly session: string;
}

export interface SessionStore {
  /** Returns the session of this tab, or `undefined` if there is none. */
  read(): ChatSession | undefined;
  write(session: ChatSession): void;
  clear(): void;
}

const KEY = 'chat-transfer.webchat';

/** `getStorage` may throw: a browser can block the storage. Then the chat works, but a reload loses it. */
export function createSessionStore(getStorage: () => Storage): SessionStore {
  const tryStorage = <T>(use: (storage: Storage) => T): T | undefined => {
    try {
      return use(getStorage());
    } catch (error) {
      console.warn('Failed to use the session storage. A reload may lose the chat:', error);
      return undefined;
    }
  };
  return {
    read: () => tryStorage((storage) => parseSession(storage.getItem(KEY))),
    write: (session) => void tryStorage((storage) => storage.setItem(KEY, JSON.stringify(session))),
    clear: () => void tryStorage((storage) => storage.removeItem(KEY)),
  };
}

function parseSession(text: string | null): ChatSession | undefined {
  if (text === null) return undefined;
  const stored: unknown = JSON.parse(text);
  const { name, token, identity, conversationSid, session, ...rest }: Readonly<Record<string, unknown>> = {
    ...Object(stored),
  };
  // Earlier versions supported Programmable Chat only and stored no backend.
  const backend = parseBackend(rest.backend ?? 'programmable-chat');
  if (!isText(name) || !isText(token) || !isText(identity)) return undefined;
  if (!isText(conversationSid) || !isText(session) || backend === undefined) return undefined;
  return { name, token, identity, conversationSid, backend, session };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
