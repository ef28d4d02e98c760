// @vitest-environment jsdom
/** What a customer sees and does in the whole app, with an in-memory chat and fake functions. */
import {
  authorKeyOf,
  type Backend,
  failureAnswer,
  type Notice,
  noticeAttributes,
  type Result,
  type StartWebchatAnswer,
  succeed,
} from '@chat-transfer/transfer-core';
import { act, cleanup, configure, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createInMemoryChat, type InMemoryChat } from '../test/in-memory-chat';
import { App } from './App';
import type { ChatClient } from './chat/client';
import { createSessionStore } from './session/session-store';
import type { ApiFailure, WebchatApi } from './session/webchat-api';

const CUSTOMER = 'customer-1';
const startAnswer: StartWebchatAnswer = {
  ok: true,
  token: 'jwt',
  identity: CUSTOMER,
  conversationSid: 'CH1',
  backend: 'programmable-chat',
  session: 'signed',
};
const unreachable = { ok: false, failure: { code: 'unreachable' } } as const;
let noticeCount = 0;
const head = () => ({ v: 1 as const, id: `notice-${++noticeCount}` });
/** The notice that introduces an agent, whose identity is `agent_` and their name in small letters. */
const joined = (name: string): Notice => ({
  ...head(),
  kind: 'agent-joined',
  name,
  authorKey: authorKeyOf(startAnswer.conversationSid, `agent_${name.toLowerCase()}`),
});

/** Functions with configurable answers, which record their requests. */
interface FakeFunctions extends WebchatApi {
  startAnswer: Result<StartWebchatAnswer, ApiFailure>;
  endAnswer: Result<void, ApiFailure>;
  readonly requests: unknown[];
}
const createFakeFunctions = (): FakeFunctions => ({
  startAnswer: succeed(startAnswer),
  endAnswer: succeed(undefined),
  requests: [],
  async start(request) {
    this.requests.push(request);
    return this.startAnswer;
  },
  async end(request) {
    this.requests.push(request);
    return this.endAnswer;
  },
  async sweep(request) {
    this.requests.push(request);
    return succeed({ ok: true, nextInMs: 60_000 });
  },
});

let chat: InMemoryChat;
let chatClients: Record<Backend, ChatClient>;
let functions: FakeFunctions;

beforeEach(() => {
  chat = createInMemoryChat(CUSTOMER);
  chatClients = { 'programmable-chat': chat, conversations: chat };
  functions = createFakeFunctions();
});
// A slow machine must not fail a test. Only a test that hangs lets `find…` wait this long.
configure({ asyncUtilTimeout: 60_000 });

afterEach(() => {
  cleanup();
  sessionStorage.clear();
});

const renderApp = (backend?: Backend) =>
  render(
    <App
      api={functions}
      chatClients={chatClients}
      store={createSessionStore(() => sessionStorage)}
      backend={backend}
    />,
  );
const clickButton = (name: string) => fireEvent.click(screen.getByRole('button', { name }));
const actAndSettle = (action: () => void) => act(async () => action());
const log = () => within(screen.getByRole('log'));
const composer = () => screen.getByLabelText('Write a message');
const sendText = (text: string) => {
  fireEvent.change(composer(), { target: { value: text } });
  fireEvent.keyDown(composer(), { key: 'Enter' });
};

/** Opens the app and starts a chat. */
async function startChat(name = 'Dana', backend?: Backend): Promise<void> {
  renderApp(backend);
  fireEvent.change(screen.getByLabelText('Your name'), { target: { value: name } });
  clickButton('Start chat');
  await screen.findByRole('log');
  await actAndSettle(() => undefined);
}

describe('starting a chat', () => {
  it('sends the cleaned name and opens the conversation that the functions return', async () => {
    await startChat('  Da\u200Bna ');

    expect(functions.requests).toEqual([{ name: 'Dana' }]);
    expect(chat.openCalls.at(-1)).toEqual({ token: 'jwt', conversationSid: 'CH1' });
    expect(screen.getByText('An agent will be with you shortly')).toBeTruthy();
    expect(document.activeElement).toBe(composer());
  });

  it.each(['programmable-chat', 'conversations'] as const)(
    'uses the backend that the functions return, also after a reload: %s',
    async (backend) => {
      const [used, unused] = [createInMemoryChat(CUSTOMER), createInMemoryChat(CUSTOMER)];
      chatClients = { 'programmable-chat': unused, conversations: unused, [backend]: used };
      functions.startAnswer = succeed({ ...startAnswer, backend });
      await startChat();
      cleanup();
      renderApp();
      await actAndSettle(() => used.postNotice(joined('Alice')));

      expect(screen.getByText('You’re chatting with Alice')).toBeTruthy();
      expect(used.openCalls).toHaveLength(2);
      expect([used.preloadCount, unused.preloadCount, unused.openCalls]).toEqual([0, 0, []]);
    },
  );

  it('requests the backend from the settings and preloads its SDK', async () => {
    const [conversations, programmableChat] = [createInMemoryChat(CUSTOMER), createInMemoryChat(CUSTOMER)];
    chatClients = { conversations, 'programmable-chat': programmableChat };
    functions.startAnswer = succeed({ ...startAnswer, backend: 'conversations' });
    await startChat('Dana', 'conversations');

    expect(functions.requests).toEqual([{ name: 'Dana', backend: 'conversations' }]);
    expect([conversations.preloadCount, programmableChat.preloadCount]).toEqual([1, 0]);
  });

  it.each(['   ', '\u200B\u3164'])('requires a visible name before it calls the functions: %j', (value) => {
    renderApp();
    fireEvent.change(screen.getByLabelText('Your name'), { target: { value } });
    clickButton('Start chat');

    expect(screen.getByText('Please enter your name.')).toBeTruthy();
    expect(functions.requests).toEqual([]);
  });

  it('shows an error, keeps the name and allows a retry when the functions are unreachable', async () => {
    functions.startAnswer = unreachable;
    renderApp();
    fireEvent.change(screen.getByLabelText('Your name'), { target: { value: 'Dana' } });
    clickButton('Start chat');

    expect((await screen.findByRole('alert')).textContent).toContain('can’t connect you');
    expect(screen.getByLabelText<HTMLInputElement>('Your name').value).toBe('Dana');

    functions.startAnswer = succeed(startAnswer);
    clickButton('Start chat');
    expect(await screen.findByRole('log')).toBeTruthy();
  });

  it('restores the chat and its messages after a reload', async () => {
    await startChat();
    await actAndSettle(() => sendText('Hello?'));
    cleanup();
    renderApp();

    expect(await log().findByText('Hello?')).toBeTruthy();
    expect(functions.requests).toHaveLength(1);
  });

  it('shows the form when a reload restores a chat that Twilio refuses', async () => {
    await startChat();
    cleanup();
    chat.setOpenOutcome('refused');
    renderApp();

    const info = await screen.findByText(/previous chat is no longer available/);
    expect(info.getAttribute('role')).toBe('status');
    chat.setOpenOutcome('connected');
    clickButton('Start chat');
    expect(await screen.findByRole('log')).toBeTruthy();
    expect(functions.requests).toHaveLength(2);
  });
});

describe('the chat screen', () => {
  it('shows each message once, including those of the customer', async () => {
    await startChat();
    await actAndSettle(() => sendText('My order is late'));
    await actAndSettle(() => chat.addMessage({ author: 'agent_alice', body: 'Let me look' }));

    expect(log().getAllByText('My order is late')).toHaveLength(1);
    expect(log().getByText('Let me look')).toBeTruthy();
    expect(screen.getByLabelText<HTMLTextAreaElement>('Write a message').value).toBe('');
  });

  it('shows a warm transfer as notices and lists the agents present', async () => {
    await startChat();
    await actAndSettle(() => chat.postNotice(joined('Alice')));
    expect(screen.getByText('You’re chatting with Alice')).toBeTruthy();

    const to = { kind: 'agent' as const, name: 'Bob' };
    await actAndSettle(() =>
      chat.postNotice({ ...head(), kind: 'transfer-started', mode: 'warm', from: 'Alice', to }),
    );
    await actAndSettle(() => chat.postNotice(joined('Bob')));
    expect(screen.getByText('You’re chatting with Alice and Bob')).toBeTruthy();

    await actAndSettle(() => chat.postNotice({ ...head(), kind: 'agent-left', name: 'Alice' }));
    expect(screen.getByText('You’re chatting with Bob')).toBeTruthy();
    expect([...document.querySelectorAll('[data-notice]')].map((notice) => notice.textContent)).toEqual([
      'Alice joined the chat',
      'Alice is inviting Bob to the chat',
      'Bob joined the chat',
      'Alice left the chat',
    ]);
  });

  it('shows a notice once that was posted twice', async () => {
    await startChat();
    const notice = joined('Alice');
    await actAndSettle(() => chat.postNotice(notice));
    await actAndSettle(() => chat.addMessage({ author: 'agent_alice', body: 'Hi' }));
    await actAndSettle(() => chat.postNotice(notice));

    expect(log().getAllByText('Alice joined the chat')).toHaveLength(1);
    expect(screen.getByText('You’re chatting with Alice')).toBeTruthy();
  });

  it('says that another agent is being found after a declined cold transfer, and then names them', async () => {
    await startChat();
    const to = { kind: 'agent' as const, name: 'Bob' };
    await actAndSettle(() => chat.postNotice(joined('Alice')));
    await actAndSettle(() =>
      chat.postNotice({ ...head(), kind: 'transfer-started', mode: 'cold', from: 'Alice', to }),
    );
    await actAndSettle(() => chat.postNotice({ ...head(), kind: 'agent-left', name: 'Alice' }));
    await actAndSettle(() => chat.postNotice({ ...head(), kind: 'transfer-declined', to, looking: true }));

    expect(log().getByText('Bob could not take the chat. We are looking for someone else')).toBeTruthy();
    expect(screen.getByText('An agent will be with you shortly')).toBeTruthy();

    await actAndSettle(() => chat.postNotice(joined('Alice')));
    expect(screen.getByText('You’re chatting with Alice')).toBeTruthy();
  });

  it('does not show the identity of an agent', async () => {
    await startChat();
    await actAndSettle(() => chat.addMessage({ author: 'agent_alice_40example', body: 'Hi' }));
    await actAndSettle(() => chat.emit({ type: 'typing-changed', identities: ['agent_alice_40example'] }));

    expect(document.body.innerHTML).not.toContain('agent_alice');
    expect(screen.getByText('Someone is typing')).toBeTruthy();
  });

  it('shows the words of an agent under their name, and those of a bot under no agent’s name', async () => {
    await startChat();
    const isAgentNamed = (text: string) =>
      log().getByText(text).closest('li')?.textContent?.includes('Alice');
    await actAndSettle(() => chat.addMessage({ author: 'bot', body: 'Welcome!' }));
    await actAndSettle(() => chat.postNotice(joined('Alice')));
    await actAndSettle(() => chat.addMessage({ author: 'bot', body: 'Did you know?' }));
    await actAndSettle(() => chat.addMessage({ author: 'agent_alice', body: 'Hi, I am Alice' }));

    expect(['Welcome!', 'Did you know?', 'Hi, I am Alice'].map(isAgentNamed)).toEqual([false, false, true]);
    expect(log().getByText('Did you know?').closest('li')?.textContent).toContain('Message:');
  });

  it('shows the public name of an agent while they type', async () => {
    await startChat();
    await actAndSettle(() => chat.postNotice(joined('Alice')));
    await actAndSettle(() => chat.emit({ type: 'typing-changed', identities: ['agent_alice'] }));
    expect(screen.getByText('Alice is typing')).toBeTruthy();

    await actAndSettle(() => chat.emit({ type: 'typing-changed', identities: [] }));
    expect(screen.queryByText('Alice is typing')).toBeNull();
  });

  it('reports to the agents that the customer is typing', async () => {
    await startChat();
    fireEvent.change(composer(), { target: { value: 'M' } });
    expect(chat.hasCustomerTyped).toBe(true);
  });

  it('shows a forged notice as an ordinary message', async () => {
    await startChat();
    await actAndSettle(() =>
      chat.addMessage({
        author: 'agent_mallory',
        body: 'Pay here',
        attributes: noticeAttributes(joined('The bank')),
      }),
    );

    expect(document.querySelector('[data-notice]')).toBeNull();
    expect(log().queryByText('The bank joined the chat')).toBeNull();
    expect(log().getByText('Pay here').closest('[data-message="other"]')).toBeTruthy();
  });

  it('shows markup as text', async () => {
    await startChat();
    await actAndSettle(() =>
      chat.addMessage({ author: 'agent_alice', body: '<img src=x onerror=alert(1)>' }),
    );

    expect(log().getByText('<img src=x onerror=alert(1)>')).toBeTruthy();
    expect(document.querySelector('img')).toBeNull();
  });

  it('keeps a text that failed to send, and sends it again on request', async () => {
    await startChat();
    chat.setCanSend(false);
    await actAndSettle(() => sendText('Are you there?'));
    expect(log().getByText('Not sent')).toBeTruthy();
    expect(chat.messages).toEqual([]);

    chat.setCanSend(true);
    await actAndSettle(() => clickButton('Try again'));
    expect(log().queryByText('Not sent')).toBeNull();
    expect(chat.messages.map(({ body }) => body)).toEqual(['Are you there?']);
    expect(log().getAllByText('Are you there?')).toHaveLength(1);
  });

  it('lets the customer delete a text that failed to send', async () => {
    await startChat();
    chat.setCanSend(false);
    await actAndSettle(() => sendText('Never mind'));
    await actAndSettle(() => clickButton('Delete'));
    expect(log().queryByText('Never mind')).toBeNull();
  });

  it('does not send on Shift+Enter', async () => {
    await startChat();
    fireEvent.change(composer(), { target: { value: 'one' } });
    await actAndSettle(() => fireEvent.keyDown(composer(), { key: 'Enter', shiftKey: true }));
    expect(chat.messages).toEqual([]);
  });

  it('shows a lost connection until the chat reconnects', async () => {
    await startChat();
    await actAndSettle(() => chat.emit({ type: 'connection-changed', connection: 'reconnecting' }));
    expect(screen.getByRole('status').textContent).toContain('Reconnecting');

    await actAndSettle(() => chat.emit({ type: 'connection-changed', connection: 'connected' }));
    expect(screen.getByRole('status').textContent).toBe('');
  });

  it('opens the chat again when the customer clicks Try again', async () => {
    await startChat();
    const callCount = chat.openCalls.length;
    await actAndSettle(() => chat.emit({ type: 'connection-changed', connection: 'unreachable' }));
    await actAndSettle(() => clickButton('Try again'));

    expect(chat.openCalls.length).toBe(callCount + 1);
    expect(screen.getByRole('status').textContent).toBe('');
  });

  it('replaces the composer but keeps the messages when the token has expired', async () => {
    await startChat();
    await actAndSettle(() => chat.addMessage({ author: 'agent_alice', body: 'Your number is 42' }));
    await actAndSettle(() => chat.emit({ type: 'connection-changed', connection: 'refused' }));

    expect(screen.getByText('This chat is no longer available.')).toBeTruthy();
    expect(log().getByText('Your number is 42')).toBeTruthy();
    expect(screen.queryByLabelText('Write a message')).toBeNull();
  });
});

describe('ending a chat', () => {
  it('asks for confirmation, and continues the chat when the customer declines', async () => {
    await startChat();
    clickButton('End chat');
    expect(screen.getByText('End this chat?')).toBeTruthy();
    expect(document.activeElement?.textContent).toBe('Keep chatting');

    clickButton('Keep chatting');
    expect(composer()).toBeTruthy();
    expect(functions.requests).toHaveLength(1);
  });

  it('keeps the draft while it asks for confirmation', async () => {
    await startChat();
    fireEvent.change(composer(), { target: { value: 'One more thing' } });
    clickButton('End chat');
    clickButton('Keep chatting');
    expect(composer()).toHaveProperty('value', 'One more thing');
  });

  it('shows a notice to the customer who ended the chat', async () => {
    await startChat();
    await actAndSettle(() => chat.postNotice({ ...head(), kind: 'customer-left' }));
    expect(log().getByText('The customer left the chat')).toBeTruthy();
  });

  it('ends the chat with the session proof and offers a new chat', async () => {
    await startChat();
    clickButton('End chat');
    await actAndSettle(() => clickButton('End chat'));

    expect(functions.requests.at(-1)).toEqual({ session: 'signed' });
    expect(screen.getByText('This chat has ended.')).toBeTruthy();
    expect(document.activeElement?.textContent).toBe('Start a new chat');

    clickButton('Start a new chat');
    expect(screen.getByLabelText<HTMLInputElement>('Your name').value).toBe('Dana');
    expect(sessionStorage).toHaveLength(0);
  });

  it('shows an error when ending fails, and continues the chat', async () => {
    await startChat();
    functions.endAnswer = {
      ok: false,
      failure: { code: 'refused', answer: failureAnswer({ code: 'busy' }) },
    };
    clickButton('End chat');
    await actAndSettle(() => clickButton('End chat'));

    expect(screen.getByRole('alert').textContent).toContain('Please try again');
    clickButton('Keep chatting');
    expect(composer()).toBeTruthy();
  });

  it('replaces the composer but keeps the notices when the last agent ends the chat', async () => {
    await startChat();
    await actAndSettle(() => chat.postNotice(joined('Alice')));
    await actAndSettle(() => chat.postNotice({ ...head(), kind: 'chat-ended' }));
    await actAndSettle(() => chat.emit({ type: 'status-changed', status: 'ended' }));

    expect(log().getByText('The chat has ended')).toBeTruthy();
    expect(screen.getByText('This chat has ended.')).toBeTruthy();
    expect(screen.queryByLabelText('Write a message')).toBeNull();
    expect(screen.queryByRole('button', { name: 'End chat' })).toBeNull();
  });

  it('shows the composer again when the functions reopen the chat', async () => {
    await startChat();
    await actAndSettle(() => chat.emit({ type: 'status-changed', status: 'ended' }));
    await actAndSettle(() => chat.emit({ type: 'status-changed', status: 'open' }));
    expect(composer()).toBeTruthy();
  });
});
