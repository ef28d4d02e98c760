/**
 * The customer's journeys, by what is seen: the app on a conversation in memory and on functions that answer what
 * the test says.
 */
import {
  type Backend,
  failureAnswer,
  type Notice,
  noticeAttributes,
  type Result,
  type StartWebchatAnswer,
  succeed,
} from '@chat-transfer/transfer-core';
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { App } from './App';
import type { ChatClient } from './chat/client';
import { createInMemoryChat, type InMemoryChat } from '../test/in-memory-chat';
import { storeIn } from './session/session-store';
import type { ApiFailure, WebchatApi } from './session/webchat-api';

const ME = 'customer-1';
const started: StartWebchatAnswer = {
  ok: true,
  token: 'jwt',
  identity: ME,
  conversationSid: 'CH1',
  backend: 'programmable-chat',
  session: 'signed',
};
const unreachable = { ok: false, failure: { code: 'unreachable' } } as const;
const head = { v: 1 as const, id: 'notice-1' };
const joined = (name: string): Notice => ({ ...head, kind: 'agent-joined', name });

/** Functions that answer what they are told to, and keep what they were asked. */
interface Functions extends WebchatApi {
  startAnswer: Result<StartWebchatAnswer, ApiFailure>;
  endAnswer: Result<void, ApiFailure>;
  readonly asked: unknown[];
}
const createFunctions = (): Functions => ({
  startAnswer: succeed(started),
  endAnswer: succeed(undefined),
  asked: [],
  async start(request) {
    this.asked.push(request);
    return this.startAnswer;
  },
  async end(request) {
    this.asked.push(request);
    return this.endAnswer;
  },
});

let chat: InMemoryChat;
let chats: Record<Backend, ChatClient>;
let functions: Functions;

beforeEach(() => {
  chat = createInMemoryChat(ME);
  chats = { 'programmable-chat': chat, conversations: chat };
  functions = createFunctions();
});
afterEach(() => {
  cleanup();
  sessionStorage.clear();
});

const open = (backend?: Backend) =>
  render(<App api={functions} chats={chats} store={storeIn(() => sessionStorage)} backend={backend} />);
const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));
const happens = (what: () => void) => act(async () => what());
const log = () => within(screen.getByRole('log'));
const composer = () => screen.getByLabelText('Write a message');
const write = (text: string) => {
  fireEvent.change(composer(), { target: { value: text } });
  fireEvent.keyDown(composer(), { key: 'Enter' });
};

/** Opens the app and starts a chat. */
async function chatting(name = 'Dana', backend?: Backend): Promise<void> {
  open(backend);
  fireEvent.change(screen.getByLabelText('Your name'), { target: { value: name } });
  press('Start chat');
  await screen.findByRole('log');
  await happens(() => undefined);
}

describe('starting a chat', () => {
  it('opens the conversation that the functions made for the name', async () => {
    await chatting('  Dana ');

    expect(functions.asked).toEqual([{ name: 'Dana' }]);
    expect(chat.opened.at(-1)).toEqual({ token: 'jwt', conversationSid: 'CH1' });
    expect(screen.getByText('An agent will be with you shortly')).toBeTruthy();
    expect(document.activeElement).toBe(composer());
  });

  it.each(['programmable-chat', 'conversations'] as const)(
    'follows the chat where the functions made it: %s, also after a reload',
    async (backend) => {
      const [here, elsewhere] = [createInMemoryChat(ME), createInMemoryChat(ME)];
      chats = { 'programmable-chat': elsewhere, conversations: elsewhere, [backend]: here };
      functions.startAnswer = succeed({ ...started, backend });
      await chatting();
      cleanup();
      open();
      await happens(() => here.post(joined('Alice')));

      expect(screen.getByText('You’re chatting with Alice')).toBeTruthy();
      expect(here.opened).toHaveLength(2);
      expect([here.preloaded, elsewhere.preloaded, elsewhere.opened]).toEqual([0, 0, []]);
    },
  );

  it('asks for the backend that the installation has set, and fetches its SDK meanwhile', async () => {
    const [conversations, programmableChat] = [createInMemoryChat(ME), createInMemoryChat(ME)];
    chats = { conversations, 'programmable-chat': programmableChat };
    functions.startAnswer = succeed({ ...started, backend: 'conversations' });
    await chatting('Dana', 'conversations');

    expect(functions.asked).toEqual([{ name: 'Dana', backend: 'conversations' }]);
    expect([conversations.preloaded, programmableChat.preloaded]).toEqual([1, 0]);
  });

  it('asks for a name before it calls anybody', () => {
    open();
    fireEvent.change(screen.getByLabelText('Your name'), { target: { value: '   ' } });
    press('Start chat');

    expect(screen.getByText('Please enter your name.')).toBeTruthy();
    expect(functions.asked).toEqual([]);
  });

  it('says that the functions cannot be reached, keeps the name, and can try again', async () => {
    functions.startAnswer = unreachable;
    open();
    fireEvent.change(screen.getByLabelText('Your name'), { target: { value: 'Dana' } });
    press('Start chat');

    expect((await screen.findByRole('alert')).textContent).toContain('can’t be reached');
    expect(screen.getByLabelText<HTMLInputElement>('Your name').value).toBe('Dana');

    functions.startAnswer = succeed(started);
    press('Start chat');
    expect(await screen.findByRole('log')).toBeTruthy();
  });

  it('resumes the chat after a reload, with what was said', async () => {
    await chatting();
    await happens(() => write('Hello?'));
    cleanup();
    open();

    expect(await log().findByText('Hello?')).toBeTruthy();
    expect(functions.asked).toHaveLength(1);
  });

  it('begins over when the chat cannot be had any more after a reload', async () => {
    await chatting();
    cleanup();
    chat.setOpening('refused');
    open();

    const news = await screen.findByText(/previous chat is no longer available/);
    expect(news.getAttribute('role')).toBe('status');
    chat.setOpening('connected');
    press('Start chat');
    expect(await screen.findByRole('log')).toBeTruthy();
    expect(functions.asked).toHaveLength(2);
  });
});

describe('the conversation', () => {
  it('shows each message once, also what the customer sends', async () => {
    await chatting();
    await happens(() => write('My order is late'));
    await happens(() => chat.write({ author: 'agent_alice', body: 'Let me look' }));

    expect(log().getAllByText('My order is late')).toHaveLength(1);
    expect(log().getByText('Let me look')).toBeTruthy();
    expect(screen.getByLabelText<HTMLTextAreaElement>('Write a message').value).toBe('');
  });

  it('shows the whole of a warm transfer as notices, and who is there', async () => {
    await chatting();
    await happens(() => chat.post(joined('Alice')));
    expect(screen.getByText('You’re chatting with Alice')).toBeTruthy();

    const to = { kind: 'agent' as const, name: 'Bob' };
    await happens(() => chat.post({ ...head, kind: 'transfer-started', mode: 'warm', from: 'Alice', to }));
    await happens(() => chat.post(joined('Bob')));
    expect(screen.getByText('You’re chatting with Alice and Bob')).toBeTruthy();

    await happens(() => chat.post({ ...head, kind: 'agent-left', name: 'Alice' }));
    expect(screen.getByText('You’re chatting with Bob')).toBeTruthy();
    expect([...document.querySelectorAll('[data-notice]')].map((notice) => notice.textContent)).toEqual([
      'Alice joined the chat',
      'Alice is inviting Bob to the chat',
      'Bob joined the chat',
      'Alice left the chat',
    ]);
  });

  it('says that somebody else is looked for when nobody takes a cold transfer, and who it was in the end', async () => {
    await chatting();
    const to = { kind: 'agent' as const, name: 'Bob' };
    await happens(() => chat.post(joined('Alice')));
    await happens(() => chat.post({ ...head, kind: 'transfer-started', mode: 'cold', from: 'Alice', to }));
    await happens(() => chat.post({ ...head, kind: 'agent-left', name: 'Alice' }));
    await happens(() => chat.post({ ...head, kind: 'transfer-declined', to, looking: true }));

    expect(log().getByText('Bob could not take the chat. We are looking for someone else')).toBeTruthy();
    expect(screen.getByText('An agent will be with you shortly')).toBeTruthy();

    await happens(() => chat.post(joined('Alice')));
    expect(screen.getByText('You’re chatting with Alice')).toBeTruthy();
  });

  it('never shows the identity of an agent', async () => {
    await chatting();
    await happens(() => chat.write({ author: 'agent_alice_40example', body: 'Hi' }));
    await happens(() => chat.happen({ type: 'typing-changed', identities: ['agent_alice_40example'] }));

    expect(document.body.innerHTML).not.toContain('agent_alice');
    expect(screen.getByText('Agent is typing')).toBeTruthy();
  });

  it('says by public name who is typing, while there is one agent only', async () => {
    await chatting();
    await happens(() => chat.post(joined('Alice')));
    await happens(() => chat.happen({ type: 'typing-changed', identities: ['agent_alice'] }));
    expect(screen.getByText('Alice is typing')).toBeTruthy();

    await happens(() => chat.happen({ type: 'typing-changed', identities: [] }));
    expect(screen.queryByText('Alice is typing')).toBeNull();
  });

  it('tells the agents that the customer is typing', async () => {
    await chatting();
    fireEvent.change(composer(), { target: { value: 'M' } });
    expect(chat.customerTyped).toBe(true);
  });

  it('shows a forged notice as the ordinary message it is', async () => {
    await chatting();
    await happens(() =>
      chat.write({
        author: 'agent_mallory',
        body: 'Pay here',
        attributes: noticeAttributes(joined('The bank')),
      }),
    );

    expect(document.querySelector('[data-notice]')).toBeNull();
    expect(log().queryByText('The bank joined the chat')).toBeNull();
    expect(log().getByText('Pay here').closest('[data-message="agent"]')).toBeTruthy();
  });

  it('shows markup as text', async () => {
    await chatting();
    await happens(() => chat.write({ author: 'agent_alice', body: '<img src=x onerror=alert(1)>' }));

    expect(log().getByText('<img src=x onerror=alert(1)>')).toBeTruthy();
    expect(document.querySelector('img')).toBeNull();
  });

  it('keeps a text that could not be sent, and sends it again', async () => {
    await chatting();
    chat.setSending(false);
    await happens(() => write('Are you there?'));
    expect(log().getByText('Not sent')).toBeTruthy();
    expect(chat.messages).toEqual([]);

    chat.setSending(true);
    await happens(() => press('Try again'));
    expect(log().queryByText('Not sent')).toBeNull();
    expect(chat.messages.map(({ body }) => body)).toEqual(['Are you there?']);
    expect(log().getAllByText('Are you there?')).toHaveLength(1);
  });

  it('lets the customer discard a text that could not be sent', async () => {
    await chatting();
    chat.setSending(false);
    await happens(() => write('Never mind'));
    await happens(() => press('Delete'));
    expect(log().queryByText('Never mind')).toBeNull();
  });

  it('begins a new line with Shift+Enter and sends nothing', async () => {
    await chatting();
    fireEvent.change(composer(), { target: { value: 'one' } });
    await happens(() => fireEvent.keyDown(composer(), { key: 'Enter', shiftKey: true }));
    expect(chat.messages).toEqual([]);
  });

  it('says that the connection is lost, and goes on when it is back', async () => {
    await chatting();
    await happens(() => chat.happen({ type: 'connection-changed', connection: 'reconnecting' }));
    expect(screen.getByRole('status').textContent).toContain('Reconnecting');

    await happens(() => chat.happen({ type: 'connection-changed', connection: 'connected' }));
    expect(screen.getByRole('status').textContent).toBe('');
  });

  it('connects anew when the customer asks for it', async () => {
    await chatting();
    const before = chat.opened.length;
    await happens(() => chat.happen({ type: 'connection-changed', connection: 'unreachable' }));
    await happens(() => press('Try again'));

    expect(chat.opened.length).toBe(before + 1);
    expect(screen.getByRole('status').textContent).toBe('');
  });

  it('leads out of a chat whose token has expired, with the conversation still to be read', async () => {
    await chatting();
    await happens(() => chat.write({ author: 'agent_alice', body: 'Your number is 42' }));
    await happens(() => chat.happen({ type: 'connection-changed', connection: 'refused' }));

    expect(screen.getByText('This chat is no longer available.')).toBeTruthy();
    expect(log().getByText('Your number is 42')).toBeTruthy();
    expect(screen.queryByLabelText('Write a message')).toBeNull();
  });
});

describe('ending a chat', () => {
  it('asks first, and goes on when the customer keeps chatting', async () => {
    await chatting();
    press('End chat');
    expect(screen.getByText('End this chat?')).toBeTruthy();
    expect(document.activeElement?.textContent).toBe('Keep chatting');

    press('Keep chatting');
    expect(composer()).toBeTruthy();
    expect(functions.asked).toHaveLength(1);
  });

  it('keeps what was being written while it asks', async () => {
    await chatting();
    fireEvent.change(composer(), { target: { value: 'One more thing' } });
    press('End chat');
    press('Keep chatting');
    expect(composer()).toHaveProperty('value', 'One more thing');
  });

  it('tells the customer who ended it that it was them', async () => {
    await chatting();
    await happens(() => chat.post({ ...head, kind: 'customer-left' }));
    expect(log().getByText('The customer left the chat')).toBeTruthy();
  });

  it('ends it with the session, and offers a new chat', async () => {
    await chatting();
    press('End chat');
    await happens(() => press('End chat'));

    expect(functions.asked.at(-1)).toEqual({ session: 'signed' });
    expect(screen.getByText('This chat has ended.')).toBeTruthy();
    expect(document.activeElement?.textContent).toBe('Start a new chat');

    press('Start a new chat');
    expect(screen.getByLabelText<HTMLInputElement>('Your name').value).toBe('Dana');
    expect(sessionStorage).toHaveLength(0);
  });

  it('says when it could not be ended, and the chat goes on', async () => {
    await chatting();
    functions.endAnswer = {
      ok: false,
      failure: { code: 'refused', answer: failureAnswer({ code: 'busy' }) },
    };
    press('End chat');
    await happens(() => press('End chat'));

    expect(screen.getByRole('alert').textContent).toContain('Please try again');
    press('Keep chatting');
    expect(composer()).toBeTruthy();
  });

  it('is over for the customer when the last agent ended it, with the notice to be read', async () => {
    await chatting();
    await happens(() => chat.post(joined('Alice')));
    await happens(() => chat.post({ ...head, kind: 'chat-ended' }));
    await happens(() => chat.happen({ type: 'status-changed', status: 'ended' }));

    expect(log().getByText('The chat has ended')).toBeTruthy();
    expect(screen.getByText('This chat has ended.')).toBeTruthy();
    expect(screen.queryByLabelText('Write a message')).toBeNull();
    expect(screen.queryByRole('button', { name: 'End chat' })).toBeNull();
  });

  it('goes on when the server opens a chat again that was ended by mistake', async () => {
    await chatting();
    await happens(() => chat.happen({ type: 'status-changed', status: 'ended' }));
    await happens(() => chat.happen({ type: 'status-changed', status: 'open' }));
    expect(composer()).toBeTruthy();
  });
});
