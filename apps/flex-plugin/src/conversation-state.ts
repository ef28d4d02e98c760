/**
 * Answers two questions from Flex's copy of a conversation and from the notices in it: is another agent in the chat, and
 * has the chat ended?
 */
import { authorKeyOf, collectAuthorNames, type Notice, type TextNotice } from '@chat-transfer/transfer-core';
import { readOpenTransfer } from './open-transfer';
import { valueAt } from './value-at';

/** The part of Flex's conversation that the plugin reads. */
export interface FlexConversation {
  /** A customer who texts has no identity. */
  readonly participants: ReadonlyMap<string, { readonly source?: { readonly identity: string | null } }>;
  /** The SDK's conversation. It has no attributes and no state until it has loaded. */
  readonly source?: object | undefined;
}

type AnyNotice = Notice | TextNotice;

/** A chat as one of its agents sees it. */
export interface ChatView {
  readonly conversationSid: string;
  /** `undefined` until it has loaded. */
  readonly conversation: FlexConversation | undefined;
  /** The loaded ones, oldest first. */
  readonly notices: readonly AnyNotice[];
  /** Whether the page has every notice of the chat. */
  readonly hasAllNotices: boolean;
  /** The author key of this page's agent in this chat. */
  readonly ownKey: string;
}

/**
 * Whether another agent is in the chat or is being asked to join. If so, the chat continues when this agent leaves.
 * Returns false for a conversation that has not loaded.
 */
export function isSharedChat(chat: ChatView): boolean {
  const { conversation, notices } = chat;
  if (conversation === undefined) return false;
  return (
    readOpenTransfer(notices) !== undefined || (hasOtherAgent(chat) ?? conversation.participants.size > 2)
  );
}

/**
 * Whether it is certain that no other agent is in the chat or is being asked to join. Unlike `!isSharedChat`, this is
 * false for a conversation that has not loaded.
 */
export function isAloneWithCustomer(chat: ChatView): boolean {
  const size = chat.conversation?.participants.size ?? 0;
  if (size < 2 || readOpenTransfer(chat.notices) !== undefined) return false;
  return !(hasOtherAgent(chat) ?? size > 2);
}

/**
 * Whether one of the participants is another agent. A notice introduces every agent. So a participant without one is the
 * customer, a bot or a supervisor who listens. Returns `undefined` if the page has not loaded all notices, and in a chat whose
 * agents came before its notices: none introduces this agent either.
 */
function hasOtherAgent(chat: ChatView): boolean | undefined {
  const agents = collectAuthorNames(chat.notices);
  if (!chat.hasAllNotices || !agents.has(chat.ownKey)) return undefined;
  return [...(chat.conversation?.participants.values() ?? [])].some(({ source }) => {
    if (!source?.identity) return false;
    const key = authorKeyOf(chat.conversationSid, source.identity);
    return key !== chat.ownKey && agents.has(key);
  });
}

/** Whether the customer or the last agent has ended the chat. It cannot be transferred then. */
export function hasEnded(conversation: FlexConversation | undefined): boolean {
  const source = conversation?.source;
  // On Programmable Chat, Flex and the functions set an attribute. On Flex Conversations, the conversation has a state.
  return (
    valueAt(source, 'attributes', 'status') === 'INACTIVE' || valueAt(source, 'state', 'current') === 'closed'
  );
}
