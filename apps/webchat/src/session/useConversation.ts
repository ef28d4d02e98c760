/** The open chat as React state: subscribes to the port, and sends the customer's texts one at a time. */
import { useCallback, useEffect, useReducer, useRef } from 'react';
import type { ChatClient, OpenChat, OutgoingText } from '../chat/client';
import { createRandomUuid } from '../chat/random-uuid';
import { applyEvent, type Conversation, NEW_CONVERSATION } from './conversation';
import type { ChatSession } from './session-store';

export interface ConversationControl {
  readonly conversation: Conversation;
  send(body: string): void;
  /** Sends a text again that failed to send. */
  retry(text: OutgoingText): void;
  discard(id: string): void;
  sendTyping(): void;
  /** Opens the chat again when the connection is `unreachable`. */
  reconnect(): void;
}

export function useConversation(
  client: ChatClient,
  { token, conversationSid }: ChatSession,
): ConversationControl {
  const [conversation, dispatch] = useReducer(applyEvent, NEW_CONVERSATION);
  const [attempt, reconnect] = useReducer((count: number) => count + 1, 0);
  const chat = useRef<OpenChat | undefined>(undefined);
  const sendQueue = useRef(Promise.resolve());

  // `attempt` is a dependency so that `reconnect` opens the chat again.
  useEffect(() => {
    dispatch({ type: 'connection-changed', connection: 'connecting' });
    const openChat = client.open({ token, conversationSid }, dispatch);
    chat.current = openChat;
    return () => openChat.close();
  }, [client, token, conversationSid, attempt]);

  // One at a time: two texts sent at once may arrive in the wrong order.
  const send = useCallback((text: OutgoingText) => {
    dispatch({ type: 'sending', text, at: Date.now() });
    sendQueue.current = sendQueue.current.then(async () => {
      const sent = (await chat.current?.send(text)) ?? false;
      dispatch({ type: sent ? 'sent' : 'send-failed', id: text.id });
    });
  }, []);

  return {
    conversation,
    send: useCallback((body: string) => send({ id: createRandomUuid(), body }), [send]),
    retry: send,
    discard: useCallback((id: string) => dispatch({ type: 'discarded', id }), []),
    sendTyping: useCallback(() => chat.current?.sendTyping(), []),
    reconnect,
  };
}
