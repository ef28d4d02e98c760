/** The state of the open chat, and how each event changes it. Pure: no SDK, no React, no clock. */
import type { ChatEvent, ChatMessage, ConnectionState, OutgoingText } from '../chat/client';

/** A text of the customer that has not arrived as a message. `sent`: Twilio has accepted it. */
export interface OutgoingMessage extends OutgoingText {
  readonly state: 'sending' | 'sent' | 'failed';
  /** Ms since 1970. */
  readonly writtenAt: number;
}

export interface Conversation {
  readonly connection: ConnectionState;
  readonly status: 'open' | 'ended';
  /** In the order of their indexes, without duplicates. */
  readonly messages: readonly ChatMessage[];
  /** In the order in which they were sent. */
  readonly outgoing: readonly OutgoingMessage[];
  readonly typing: readonly string[];
}

export const NEW_CONVERSATION: Conversation = {
  connection: 'connecting',
  status: 'open',
  messages: [],
  outgoing: [],
  typing: [],
};

export type ConversationEvent =
  | ChatEvent
  | { readonly type: 'sending'; readonly text: OutgoingText; readonly at: number }
  | { readonly type: 'sent' | 'send-failed' | 'discarded'; readonly id: string };

/** Returns the conversation after `event`. */
export function applyEvent(conversation: Conversation, event: ConversationEvent): Conversation {
  switch (event.type) {
    case 'connection-changed':
      return { ...conversation, connection: event.connection };
    case 'status-changed':
      return {
        ...conversation,
        status: event.status,
        typing: event.status === 'ended' ? [] : conversation.typing,
      };
    case 'typing-changed':
      return { ...conversation, typing: event.identities };
    case 'messages-received': {
      const arrivedIds = new Set(event.messages.map(({ outgoingId }) => outgoingId));
      const authors = new Set(event.messages.map(({ author }) => author));
      return {
        ...conversation,
        messages: mergeMessages(conversation.messages, event.messages),
        outgoing: conversation.outgoing.filter(({ id }) => !arrivedIds.has(id)),
        // The author of a message has stopped typing. Twilio reports that only seconds later.
        typing: conversation.typing.filter((identity) => !authors.has(identity)),
      };
    }
    case 'message-removed':
      return {
        ...conversation,
        messages: conversation.messages.filter(({ index }) => index !== event.index),
      };
    case 'sending': {
      const message: OutgoingMessage = { ...event.text, state: 'sending', writtenAt: event.at };
      return {
        ...conversation,
        outgoing: [...conversation.outgoing.filter(({ id }) => id !== message.id), message],
      };
    }
    case 'sent':
      return { ...conversation, outgoing: setOutgoingState(conversation.outgoing, event.id, 'sent') };
    case 'send-failed':
      return { ...conversation, outgoing: setOutgoingState(conversation.outgoing, event.id, 'failed') };
    case 'discarded':
      return { ...conversation, outgoing: conversation.outgoing.filter(({ id }) => id !== event.id) };
  }
}

function mergeMessages(
  known: readonly ChatMessage[],
  received: readonly ChatMessage[],
): readonly ChatMessage[] {
  const byIndex = new Map([...known, ...received].map((message) => [message.index, message]));
  return [...byIndex.values()].sort((one, other) => one.index - other.index);
}

function setOutgoingState(outgoing: readonly OutgoingMessage[], id: string, state: OutgoingMessage['state']) {
  return outgoing.map((message) => (message.id === id ? { ...message, state } : message));
}
