/** A fake of the chat port: one conversation in memory. The test acts as the agents, the functions and Twilio. */
import { NOTICE_AUTHOR, type Notice, noticeAttributes } from '@chat-transfer/transfer-core';
import type { ChatAccess, ChatClient, ChatEvent, ChatMessage } from '../src/chat/client';

export interface InMemoryChat extends ChatClient {
  /** The arguments of every call of `open`. */
  readonly openCalls: readonly ChatAccess[];
  /** How often `preload` was called. */
  readonly preloadCount: number;
  /** The messages that Twilio has. */
  readonly messages: readonly ChatMessage[];
  readonly hasCustomerTyped: boolean;
  /** Adds a message of any author. */
  addMessage(message: { author: string; body: string; attributes?: unknown }): void;
  /** Adds a notice, as the functions do. */
  postNotice(notice: Notice): void;
  emit(event: ChatEvent): void;
  /** Sets the result of later calls of `open`. */
  setOpenOutcome(outcome: 'connected' | 'refused'): void;
  /** Sets whether later texts of the customer reach Twilio. */
  setCanSend(value: boolean): void;
}

/** @param customer the identity of the customer */
export function createInMemoryChat(customer: string): InMemoryChat {
  const messages: ChatMessage[] = [];
  const openCalls: ChatAccess[] = [];
  const listeners = new Set<(event: ChatEvent) => void>();
  let canSend = true;
  let openOutcome: 'connected' | 'refused' = 'connected';
  let hasCustomerTyped = false;
  let preloadCount = 0;

  const emit = (event: ChatEvent) => {
    for (const onEvent of listeners) onEvent(event);
  };
  const receive = (values: Omit<ChatMessage, 'index' | 'sentAt'>) => {
    const message = { ...values, index: messages.length, sentAt: Date.now() };
    messages.push(message);
    emit({ type: 'messages-received', messages: [message] });
  };

  return {
    openCalls,
    messages,
    get preloadCount() {
      return preloadCount;
    },
    get hasCustomerTyped() {
      return hasCustomerTyped;
    },
    emit,
    addMessage: ({ author, body, attributes = {} }) => receive({ author, body, attributes }),
    postNotice: (notice) =>
      receive({
        author: NOTICE_AUTHOR,
        body: `fallback of ${notice.kind}`,
        attributes: noticeAttributes(notice),
      }),
    setOpenOutcome(outcome) {
      openOutcome = outcome;
    },
    setCanSend(value) {
      canSend = value;
    },
    preload() {
      preloadCount++;
    },
    open(access, onEvent) {
      openCalls.push(access);
      listeners.add(onEvent);
      queueMicrotask(() => {
        if (!listeners.has(onEvent)) return;
        if (openOutcome === 'connected') onEvent({ type: 'messages-received', messages: [...messages] });
        onEvent({ type: 'connection-changed', connection: openOutcome });
      });
      return {
        async send({ id, body }) {
          if (canSend) receive({ author: customer, body, attributes: {}, outgoingId: id });
          return canSend;
        },
        sendTyping() {
          hasCustomerTyped = true;
        },
        close: () => void listeners.delete(onEvent),
      };
    },
  };
}
