/** The page: gives the app its real ports. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { conversations } from './chat/conversations';
import { twilioChat } from './chat/programmable-chat';
import { CrashBoundary } from './components/ErrorBoundary';
import { parseConfig } from './config';
import { storeIn } from './session/session-store';
import { createWebchatApi } from './session/webchat-api';

const place = document.getElementById('webchat');
if (!place)
  throw new Error('Failed to show the webchat: the page has no element #webchat. Add it to index.html.');

const { functionsUrl, backend } = parseConfig(window.chatTransferConfig);
const api = createWebchatApi(functionsUrl);
const chats = { conversations, 'programmable-chat': twilioChat };
const store = storeIn(() => window.sessionStorage);

createRoot(place).render(
  <StrictMode>
    <CrashBoundary>
      <App api={api} chats={chats} store={store} backend={backend} />
    </CrashBoundary>
  </StrictMode>,
);
