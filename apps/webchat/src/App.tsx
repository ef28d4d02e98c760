/** The root component: shows the form before a chat, then the chat. */
import { NoticeLanguageProvider } from '@chat-transfer/notification-components';
import { type Backend, languageOf } from '@chat-transfer/transfer-core';
import type { ReactElement } from 'react';
import type { ChatClient } from './chat/client';
import { ChatScreen } from './components/ChatScreen';
import { PreChatForm } from './components/PreChatForm';
import { ChatWindow, GlobalStyle } from './components/styles';
import type { ChatSession, SessionStore } from './session/session-store';
import { useConversation } from './session/useConversation';
import { type SessionControl, useSession } from './session/useSession';
import type { WebchatApi } from './session/webchat-api';
import { explainFailure, LANGUAGE, strings } from './strings';

export interface AppProps {
  readonly api: WebchatApi;
  readonly chatClients: Readonly<Record<Backend, ChatClient>>;
  readonly store: SessionStore;
  /** The backend for new chats; `undefined` leaves the choice to the functions. */
  readonly backend?: Backend | undefined;
}

export function App({ api, chatClients, store, backend }: AppProps): ReactElement {
  const control = useSession(api, store, backend);
  const { state } = control;
  const start = (name: string) => {
    // If no backend is set, only the answer of the functions says which of the two large SDKs the chat needs.
    if (backend !== undefined) chatClients[backend].preload();
    void control.start(name);
  };

  return (
    <NoticeLanguageProvider language={languageOf(LANGUAGE)}>
      <GlobalStyle />
      <ChatWindow>
        {state.view === 'form' ? (
          <PreChatForm
            initialName={state.name}
            isStarting={state.isStarting}
            error={state.failure && explainFailure(state.failure)}
            onStart={start}
          />
        ) : (
          <Chat
            // The key resets all state when another chat starts.
            key={state.session.conversationSid}
            client={chatClients[state.session.backend]}
            control={control}
            session={state.session}
            isRestored={state.isRestored}
            onStart={start}
          />
        )}
      </ChatWindow>
    </NoticeLanguageProvider>
  );
}

interface ChatProps {
  readonly client: ChatClient;
  readonly control: SessionControl;
  readonly session: ChatSession;
  readonly isRestored: boolean;
  readonly onStart: (name: string) => void;
}

function Chat({ client, control, session, isRestored, onStart }: ChatProps): ReactElement {
  const conversationControl = useConversation(client, session);
  const { connection, messages } = conversationControl.conversation;

  // A restored chat that Twilio refuses has nothing to show, so the customer gets the form at once.
  if (isRestored && connection === 'refused' && messages.length === 0) {
    return (
      <PreChatForm
        initialName={session.name}
        isStarting={false}
        info={strings.previousChatUnavailable}
        onStart={onStart}
      />
    );
  }
  return (
    <ChatScreen
      session={session}
      control={conversationControl}
      onEnd={control.end}
      onSweep={control.sweep}
      onStartOver={control.startOver}
    />
  );
}
