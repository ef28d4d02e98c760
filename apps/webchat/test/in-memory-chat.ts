/**
 * The chat port without a network: a conversation that lives in this page. For tests, which play the agents and
 * the server with it.
 */
import { NOTICE_AUTHOR, type Notice, noticeAttributes } from '@chat-transfer/transfer-core';
import type { ChatAccess, ChatClient, ChatEvent, ChatMessage } from '../src/chat/client';

export interface InMemoryChat extends ChatClient {
  /** What the customer's app has opened the chat with, each time. */
  readonly opened: readonly ChatAccess[];
  /** How often it has been asked to get ready. */
  readonly preloaded: number;
  /** What of the conversation has arrived at the server. */
  readonly messages: readonly ChatMessage[];
  readonly customerTyped: boolean;
  /** Somebody writes a message. */
  write(message: { author: string; body: string; attributes?: unknown }): void;
  /** The server posts a notice. */
  post(notice: Notice): void;
  happen(event: ChatEvent): void;
  /** From now on opening the chat comes to this. */
  setOpening(outcome: 'connected' | 'refused'): void;
  /** From now on texts of the customer do not get through, or do again. */
  setSending(works: boolean): void;
}

/** @param customer the identity of the customer */
export function createInMemoryChat(customer: string): InMemoryChat {
  const messages: ChatMessage[] = [];
  const opened: ChatAccess[] = [];
  const listeners = new Set<(event: ChatEvent) => void>();
  let sendingWorks = true;
  let opening: 'connected' | 'refused' = 'connected';
  let customerTyped = false;
  let preloaded = 0;

  const happen = (event: ChatEvent) => {
    for (const listen of listeners) listen(event);
  };
  const arrive = (message: Omit<ChatMessage, 'index' | 'sentAt'>) => {
    const arrived = { ...message, index: messages.length, sentAt: Date.now() };
    messages.push(arrived);
    happen({ type: 'messages-received', messages: [arrived] });
  };

  return {
    opened,
    messages,
    get preloaded() {
      return preloaded;
    },
    get customerTyped() {
      return customerTyped;
    },
    happen,
    write: ({ author, body, attributes = {} }) => arrive({ author, body, attributes }),
    post: (notice) =>
      arrive({
        author: NOTICE_AUTHOR,
        body: `fallback of ${notice.kind}`,
        attributes: noticeAttributes(notice),
      }),
    setOpening(outcome) {
      opening = outcome;
    },
    setSending(works) {
      sendingWorks = works;
    },
    preload() {
      preloaded++;
    },
    open(access, listen) {
      opened.push(access);
      listeners.add(listen);
      queueMicrotask(() => {
        if (!listeners.has(listen)) return;
        if (opening === 'connected') listen({ type: 'messages-received', messages: [...messages] });
        listen({ type: 'connection-changed', connection: opening });
      });
      return {
        async send({ id, body }) {
          if (sendingWorks) arrive({ author: customer, body, attributes: {}, outgoingId: id });
          return sendingWorks;
        },
        sayTyping() {
          customerTyped = true;
        },
        close: () => void listeners.delete(listen),
      };
    },
  };
}
