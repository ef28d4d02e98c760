/**
 * Keeps the customer's chat over a reload, for as long as the tab is open. It holds what the customer's own
 * browser was given, and nothing of the conversation.
 */
import { type Backend, parseBackend } from '@chat-transfer/transfer-core';

export interface ChatSession {
  readonly name: string;
  readonly token: string;
  readonly identity: string;
  readonly conversationSid: string;
  /** Which chat SDK the token is for. */
  readonly backend: Backend;
  /** Proves to the functions whose chat it is. */
  readonly session: string;
}

export interface SessionStore {
  /** The chat this tab is in, if any. */
  read(): ChatSession | undefined;
  write(session: ChatSession): void;
  clear(): void;
}

const KEY = 'chat-transfer.webchat';

/** A store in `storage`. A browser that keeps nothing only loses the chat on a reload. */
export function storeIn(storage: () => Storage): SessionStore {
  const tolerant = <T>(use: (storage: Storage) => T): T | undefined => {
    try {
      return use(storage());
    } catch (error) {
      console.warn('Failed to use the session storage; a reload will start a new chat:', error);
      return undefined;
    }
  };
  return {
    read: () => tolerant((kept) => parseSession(kept.getItem(KEY))),
    write: (session) => void tolerant((kept) => kept.setItem(KEY, JSON.stringify(session))),
    clear: () => void tolerant((kept) => kept.removeItem(KEY)),
  };
}

function parseSession(text: string | null): ChatSession | undefined {
  if (text === null) return undefined;
  const kept: unknown = JSON.parse(text);
  const { name, token, identity, conversationSid, session, ...rest }: Readonly<Record<string, unknown>> = {
    ...Object(kept),
  };
  // One that was kept before there was a choice does not say.
  const backend = parseBackend(rest.backend ?? 'programmable-chat');
  if (!isText(name) || !isText(token) || !isText(identity)) return undefined;
  if (!isText(conversationSid) || !isText(session) || backend === undefined) return undefined;
  return { name, token, identity, conversationSid, backend, session };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
