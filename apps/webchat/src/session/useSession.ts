/**
 * From no chat to a chat and back: what the functions have to do with it, and what a reload finds again.
 */
import type { Backend, Result } from '@chat-transfer/transfer-core';
import { useState } from 'react';
import type { ChatSession, SessionStore } from './session-store';
import type { ApiFailure, WebchatApi } from './webchat-api';

type SessionState =
  | {
      readonly at: 'form';
      readonly starting: boolean;
      /** The name to begin with: of the chat before. */
      readonly name: string;
      readonly failure?: ApiFailure;
    }
  | {
      readonly at: 'chat';
      readonly session: ChatSession;
      /** Found again after a reload: its token may have expired since. */
      readonly resumed: boolean;
    };

export interface SessionControl {
  readonly state: SessionState;
  start(name: string): Promise<void>;
  end(): Promise<Result<void, ApiFailure>>;
  /** Lets go of the chat, ended or not. */
  leave(): void;
}

/** @param backend where chats are to be started; the functions' own choice when undefined */
export function useSession(
  api: WebchatApi,
  store: SessionStore,
  backend: Backend | undefined,
): SessionControl {
  const [state, setState] = useState<SessionState>(() => {
    const session = store.read();
    return session ? { at: 'chat', session, resumed: true } : { at: 'form', starting: false, name: '' };
  });

  return {
    state,
    async start(name) {
      setState({ at: 'form', starting: true, name });
      const started = await api.start({ name, backend });
      if (!started.ok) {
        setState({ at: 'form', starting: false, name, failure: started.failure });
        return;
      }
      const { token, identity, conversationSid, backend: madeAt, session: proof } = started.value;
      const session = { name, token, identity, conversationSid, backend: madeAt, session: proof };
      store.write(session);
      setState({ at: 'chat', session, resumed: false });
    },
    async end() {
      return state.at === 'chat'
        ? api.end({ session: state.session.session })
        : { ok: true, value: undefined };
    },
    leave() {
      store.clear();
      setState({ at: 'form', starting: false, name: state.at === 'chat' ? state.session.name : state.name });
    },
  };
}
