/** The customer's chat session: starts and ends it through the functions, and restores it after a reload. */
import type { Backend, Result, SweepAnswer } from '@chat-transfer/transfer-core';
import { useState } from 'react';
import { buildSession, type ChatSession, type SessionStore } from './session-store';
import type { ApiFailure, WebchatApi } from './webchat-api';

type SessionState =
  | {
      readonly view: 'form';
      readonly isStarting: boolean;
      /** The name to fill in: that of the last attempt or of the previous chat. */
      readonly name: string;
      readonly failure?: ApiFailure;
    }
  | {
      readonly view: 'chat';
      readonly session: ChatSession;
      /** Whether a reload restored the session. Its token may have expired. */
      readonly isRestored: boolean;
    };

export interface SessionControl {
  readonly state: SessionState;
  start(name: string): Promise<void>;
  end(): Promise<Result<void, ApiFailure>>;
  /** Asks the functions to repair the chat. */
  sweep(session: ChatSession): Promise<Result<SweepAnswer, ApiFailure>>;
  /** Forgets the chat, even if it has not ended, and returns to the form. */
  startOver(): void;
}

/** @param backend for new chats; `undefined` leaves the choice to the functions */
export function useSession(
  api: WebchatApi,
  store: SessionStore,
  backend: Backend | undefined,
): SessionControl {
  const [state, setState] = useState<SessionState>(() => {
    const session = store.read();
    return session
      ? { view: 'chat', session, isRestored: true }
      : { view: 'form', isStarting: false, name: '' };
  });

  return {
    state,
    async start(name) {
      setState({ view: 'form', isStarting: true, name });
      const started = await api.start({ name, backend });
      if (!started.ok) {
        setState({ view: 'form', isStarting: false, name, failure: started.failure });
        return;
      }
      const session = buildSession(name, started.value);
      store.write(session);
      setState({ view: 'chat', session, isRestored: false });
    },
    async end() {
      return state.view === 'chat'
        ? api.end({ session: state.session.session })
        : { ok: true, value: undefined };
    },
    sweep: ({ session }) => api.sweep({ session }),
    startOver() {
      store.clear();
      setState({
        view: 'form',
        isStarting: false,
        name: state.view === 'chat' ? state.session.name : state.name,
      });
    },
  };
}
