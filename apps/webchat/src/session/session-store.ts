/**
 * Stores the customer's chat session until the tab is closed, so that the chat survives a reload. The session
 * holds the customer's name and credentials, and no messages.
 */
import { parseJson, parseStartWebchatAnswer, type StartWebchatAnswer } from '@chat-transfer/transfer-core';

/** The customer's name, and what the functions returned for the chat. */
export interface ChatSession extends Readonly<Omit<StartWebchatAnswer, 'ok'>> {
  readonly name: string;
}

export function buildSession(name: string, { ok: _, ...credentials }: StartWebchatAnswer): ChatSession {
  return { name, ...credentials };
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
  const { name, ...values }: Readonly<Record<string, unknown>> = { ...Object(parseJson(text)) };
  // Earlier versions supported Programmable Chat only and stored no backend.
  const answer = parseStartWebchatAnswer({ backend: 'programmable-chat', ...values, ok: true });
  return answer && typeof name === 'string' && name !== '' ? buildSession(name, answer) : undefined;
}
