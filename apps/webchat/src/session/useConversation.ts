/**
 * The open chat as React sees it: subscribes to the port, and sends the customer's texts one after the other.
 */
import { useCallback, useEffect, useReducer, useRef } from 'react';
import type { ChatClient, OpenChat, OutgoingText } from '../chat/client';
import { afterEvent, type Conversation, NEW_CONVERSATION } from './conversation';
import type { ChatSession } from './session-store';

export interface ConversationControl {
  readonly conversation: Conversation;
  send(body: string): void;
  /** Sends a text again that could not be sent. */
  retry(text: OutgoingText): void;
  discard(id: string): void;
  sayTyping(): void;
  /** Connects anew, after `unreachable`. */
  reconnect(): void;
}

export function useConversation(
  client: ChatClient,
  { token, conversationSid }: ChatSession,
): ConversationControl {
  const [conversation, dispatch] = useReducer(afterEvent, NEW_CONVERSATION);
  const [attempt, reconnect] = useReducer((count: number) => count + 1, 0);
  const chat = useRef<OpenChat | undefined>(undefined);
  const lastSending = useRef(Promise.resolve());

  // `attempt` is among the dependencies to open the chat again.
  useEffect(() => {
    dispatch({ type: 'connection-changed', connection: 'connecting' });
    const opened = client.open({ token, conversationSid }, dispatch);
    chat.current = opened;
    return () => opened.close();
  }, [client, token, conversationSid, attempt]);

  /** In the order of writing: two at once might arrive the other way round. */
  const send = useCallback((text: OutgoingText) => {
    dispatch({ type: 'sending', text, at: Date.now() });
    lastSending.current = lastSending.current.then(async () => {
      const sent = (await chat.current?.send(text)) ?? false;
      dispatch({ type: sent ? 'sent' : 'send-failed', id: text.id });
    });
  }, []);

  return {
    conversation,
    send: useCallback((body: string) => send({ id: mintId(), body }), [send]),
    retry: send,
    discard: useCallback((id: string) => dispatch({ type: 'discarded', id }), []),
    sayTyping: useCallback(() => chat.current?.sayTyping(), []),
    reconnect,
  };
}

/** Unlike any other of this customer's; `crypto.randomUUID` is not there on a page without https. */
function mintId(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}
