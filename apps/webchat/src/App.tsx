/** What opening the webchat shows: the form before a chat, or the chat. */

import { NoticeLanguageProvider } from '@chat-transfer/notification-components';
import { type Backend, languageOf } from '@chat-transfer/transfer-core';
import type { ReactElement } from 'react';
import type { ChatClient } from './chat/client';
import { ChatScreen } from './components/ChatScreen';
import { PageStyle, Window } from './components/styles';
import { PreChatForm } from './components/PreChatForm';
import type { ChatSession, SessionStore } from './session/session-store';
import { useConversation } from './session/useConversation';
import { type SessionControl, useSession } from './session/useSession';
import type { WebchatApi } from './session/webchat-api';
import { explainFailure, LANGUAGE, strings } from './strings';

export interface AppProps {
  readonly api: WebchatApi;
  readonly chats: Readonly<Record<Backend, ChatClient>>;
  readonly store: SessionStore;
  /** Where chats are to be started; the functions choose when undefined. */
  readonly backend?: Backend | undefined;
}

export function App({ api, chats, store, backend }: AppProps): ReactElement {
  const control = useSession(api, store, backend);
  const { state } = control;
  const start = (name: string) => {
    // Only what will be needed: an SDK weighs more than the page.
    if (backend !== undefined) chats[backend].preload();
    void control.start(name);
  };

  return (
    <NoticeLanguageProvider language={languageOf(LANGUAGE)}>
      <PageStyle />
      <Window>
        {state.at === 'form' ? (
          <PreChatForm
            initialName={state.name}
            starting={state.starting}
            error={state.failure && explainFailure(state.failure)}
            onStart={start}
          />
        ) : (
          <Chat
            // Another chat shares nothing with the one before.
            key={state.session.conversationSid}
            chat={chats[state.session.backend]}
            control={control}
            session={state.session}
            resumed={state.resumed}
            onStart={start}
          />
        )}
      </Window>
    </NoticeLanguageProvider>
  );
}

interface ChatProps {
  readonly chat: ChatClient;
  readonly control: SessionControl;
  readonly session: ChatSession;
  readonly resumed: boolean;
  readonly onStart: (name: string) => void;
}

function Chat({ chat, control, session, resumed, onStart }: ChatProps): ReactElement {
  const conversation = useConversation(chat, session);
  const { connection, messages } = conversation.conversation;

  // A chat that was only found again and cannot be had any more: begin over, without a detour.
  if (resumed && connection === 'refused' && messages.length === 0) {
    return (
      <PreChatForm
        initialName={session.name}
        starting={false}
        news={strings.previousChatGone}
        onStart={onStart}
      />
    );
  }
  return <ChatScreen session={session} control={conversation} onEnd={control.end} onLeave={control.leave} />;
}
