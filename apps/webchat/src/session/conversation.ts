/**
 * What is known of the open chat, and how each event changes it. Pure: no SDK, no React, no clock.
 */
import type { ChatEvent, ChatMessage, Connection, OutgoingText } from '../chat/client';

/** A text of the customer on its way: `sent` means that its message is only yet to come back. */
export interface OutgoingMessage extends OutgoingText {
  readonly state: 'sending' | 'sent' | 'failed';
  /** Ms since 1970. */
  readonly writtenAt: number;
}

export interface Conversation {
  readonly connection: Connection;
  readonly status: 'open' | 'ended';
  /** By index, each once. */
  readonly messages: readonly ChatMessage[];
  /** In the order of writing. */
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

export function afterEvent(conversation: Conversation, event: ConversationEvent): Conversation {
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
      const arrived = new Set(event.messages.map(({ outgoingId }) => outgoingId));
      const authors = new Set(event.messages.map(({ author }) => author));
      return {
        ...conversation,
        messages: merged(conversation.messages, event.messages),
        outgoing: conversation.outgoing.filter(({ id }) => !arrived.has(id)),
        // Who has just said something has stopped typing; the indicator itself runs out only seconds later.
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
      return { ...conversation, outgoing: withState(conversation.outgoing, event.id, 'sent') };
    case 'send-failed':
      return { ...conversation, outgoing: withState(conversation.outgoing, event.id, 'failed') };
    case 'discarded':
      return { ...conversation, outgoing: conversation.outgoing.filter(({ id }) => id !== event.id) };
  }
}

function merged(known: readonly ChatMessage[], received: readonly ChatMessage[]): readonly ChatMessage[] {
  const byIndex = new Map([...known, ...received].map((message) => [message.index, message]));
  return [...byIndex.values()].sort((one, other) => one.index - other.index);
}

function withState(outgoing: readonly OutgoingMessage[], id: string, state: OutgoingMessage['state']) {
  return outgoing.map((message) => (message.id === id ? { ...message, state } : message));
}
