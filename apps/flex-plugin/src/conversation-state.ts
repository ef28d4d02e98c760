/**
 * What others have to do with a chat, as far as this page knows: who hands it over, who else has it, and whether it is
 * over. Read only: the functions write all of it.
 */
import type { Notice, TextNotice } from '@chat-transfer/transfer-core';
import { type FlexTask, readChatTask } from './chat-task';
import { readOpenTransfer } from './open-transfer';

/**
 * How the agent comes to a chat that rings: asked to join or to take over, or because nobody else took it.
 */
export type Incoming =
  | 'invitation'
  | 'transfer'
  | 'declined'
  | 'unanswered'
  | 'cancelled'
  | 'cancelled-by-you';

/** `undefined` for a chat that nobody has transferred, and when there is nothing to say that Flex does not say. */
export function readIncoming(
  task: FlexTask | undefined,
  ownWorkerSid: string | undefined,
): Incoming | undefined {
  if (task?.status !== 'pending' || readChatTask(task) === undefined) return undefined;
  const details = valueIn(task.attributes, 'chatTransfer');
  const returned = readReturned(valueIn(details, 'returned'));
  const isOwn = ownWorkerSid !== undefined && valueIn(task.attributes, 'transferFromSid') === ownWorkerSid;
  if (returned === 'cancelled' && isOwn) return 'cancelled-by-you';
  if (returned === 'declined' || returned === 'unanswered') return returned;

  if (typeof valueIn(details, 'from') !== 'string') return undefined;
  if (returned === 'cancelled') return returned;
  const mode = valueIn(details, 'mode');
  if (mode === 'warm') return 'invitation';
  return mode === 'cold' ? 'transfer' : undefined;
}

/** What the agent who transfers wrote for whoever is asked. */
export function readIncomingNote(task: FlexTask | undefined): string | undefined {
  if (task?.status !== 'pending' || readChatTask(task) === undefined) return undefined;
  const note = valueIn(valueIn(task.attributes, 'chatTransfer'), 'note');
  return typeof note === 'string' && note !== '' ? note : undefined;
}

/** Why a chat is back, as far as it can be said. */
function readReturned(returned: unknown): 'declined' | 'unanswered' | 'cancelled' | undefined {
  const reason = valueIn(returned, 'reason');
  if (reason === 'declined') {
    return typeof valueIn(valueIn(returned, 'to'), 'name') === 'string' ? reason : undefined;
  }
  return reason === 'unanswered' || reason === 'cancelled' ? reason : undefined;
}

/** A conversation of Flex, as far as the plugin looks at it. */
export interface FlexConversation {
  readonly participants: { readonly size: number };
  /** The conversation itself; without attributes and state until it has loaded. */
  readonly source?: object | undefined;
}

type AnyNotice = Notice | TextNotice;

/**
 * Somebody else is in the chat, or is being asked to come: then this agent's leaving ends nothing for the customer.
 * @param notices of the conversation, oldest first
 */
export function isSharedChat(
  conversation: FlexConversation | undefined,
  notices: readonly AnyNotice[],
): boolean {
  if (conversation === undefined) return false;
  // This agent, the customer, and somebody else.
  return conversation.participants.size > 2 || readOpenTransfer(notices) !== undefined;
}

/**
 * It is certain that nobody but this agent and the customer is in the chat or asked to come. While that is not known, it
 * is not certain.
 */
export function isAloneWithCustomer(
  conversation: FlexConversation | undefined,
  notices: readonly AnyNotice[],
): boolean {
  return conversation?.participants.size === 2 && readOpenTransfer(notices) === undefined;
}

/** The customer or the last agent has ended it, and nothing can be transferred any more. */
export function hasEnded(conversation: FlexConversation | undefined): boolean {
  const source = conversation?.source;
  // Programmable Chat knows it by an attribute that Flex writes, Flex Conversations by the conversation's own state.
  return (
    valueIn(valueIn(source, 'attributes'), 'status') === 'INACTIVE' ||
    valueIn(valueIn(source, 'state'), 'current') === 'closed'
  );
}

function valueIn(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
