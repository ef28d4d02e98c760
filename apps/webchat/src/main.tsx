/** The entry point of the page: renders the app with its real adapters. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { conversationsClient } from './chat/conversations';
import { programmableChatClient } from './chat/programmable-chat';
import { ErrorBoundary } from './components/ErrorBoundary';
import { parseConfig } from './config';
import { createSessionStore } from './session/session-store';
import { createWebchatApi } from './session/webchat-api';

const root = document.getElementById('webchat');
if (!root)
  throw new Error('Failed to show the webchat: the page has no element #webchat. Add it to index.html.');

const { functionsUrl, backend } = parseConfig(window.chatTransferConfig);
const api = createWebchatApi(functionsUrl);
const chatClients = { conversations: conversationsClient, 'programmable-chat': programmableChatClient };
const store = createSessionStore(() => window.sessionStorage);

createRoot(root).render(
  <StrictMode>
    <ErrorBoundary>
      <App api={api} chatClients={chatClients} store={store} backend={backend} />
    </ErrorBoundary>
  </StrictMode>,
);
