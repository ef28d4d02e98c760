/**
 * Answers two questions from Flex's copy of a conversation and from the notices in it: is another agent in the chat, and
 * has the chat ended?
 */
import type { Notice, TextNotice } from '@chat-transfer/transfer-core';
import { readOpenTransfer } from './open-transfer';
import { valueAt } from './value-at';

/** The part of Flex's conversation that the plugin reads. */
export interface FlexConversation {
  readonly participants: { readonly size: number };
  /** The SDK's conversation. It has no attributes and no state until it has loaded. */
  readonly source?: object | undefined;
}

type AnyNotice = Notice | TextNotice;

/**
 * Whether another agent is in the chat or is being asked to join. If so, the chat continues when this agent leaves.
 * Returns false for a conversation that has not loaded.
 * @param notices of the conversation, oldest first
 */
export function isSharedChat(
  conversation: FlexConversation | undefined,
  notices: readonly AnyNotice[],
): boolean {
  if (conversation === undefined) return false;
  // Two participants are this agent and the customer.
  return conversation.participants.size > 2 || readOpenTransfer(notices) !== undefined;
}

/**
 * Whether it is certain that no other agent is in the chat or is being asked to join. Unlike `!isSharedChat`, this is
 * false for a conversation that has not loaded.
 * @param notices of the conversation, oldest first
 */
export function isAloneWithCustomer(
  conversation: FlexConversation | undefined,
  notices: readonly AnyNotice[],
): boolean {
  return conversation?.participants.size === 2 && readOpenTransfer(notices) === undefined;
}

/** Whether the customer or the last agent has ended the chat. It cannot be transferred then. */
export function hasEnded(conversation: FlexConversation | undefined): boolean {
  const source = conversation?.source;
  // On Programmable Chat, Flex and the functions set an attribute. On Flex Conversations, the conversation has a state.
  return (
    valueAt(source, 'attributes', 'status') === 'INACTIVE' || valueAt(source, 'state', 'current') === 'closed'
  );
}
