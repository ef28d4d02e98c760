/**
 * What others have to do with a chat, as far as this page knows: who hands it over, who else has it, and whether it is
 * over. Read only: the functions write all of it.
 */
import type { BareNotice, Notice } from '@chat-transfer/transfer-core';
import { type FlexTask, readChatTask } from './our-task';

/** How the agent comes to a chat that rings: by somebody else's transfer, or by none. */
export function readIncomingTransfer(task: FlexTask | undefined): 'warm' | 'cold' | undefined {
  if (task?.status !== 'pending' || readChatTask(task) === undefined) return undefined;
  const details = valueIn(task.attributes, 'chatTransfer');
  // Without a name there is nothing to say that Flex does not say.
  if (typeof valueIn(details, 'from') !== 'string') return undefined;
  const mode = valueIn(details, 'mode');
  return mode === 'warm' || mode === 'cold' ? mode : undefined;
}

/** A conversation of Flex, as far as the plugin looks at it. */
export interface FlexConversation {
  readonly participants: { readonly size: number };
  /** The conversation itself; without attributes until it has loaded. */
  readonly source?: object | undefined;
}

type AnyNotice = Notice | BareNotice;

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
  return conversation.participants.size > 2 || isTransferOpen(notices);
}

/** The last that is known of transfers is that one has started; who comes by it joins. */
function isTransferOpen(notices: readonly AnyNotice[]): boolean {
  const last = notices.findLast(({ kind }) => kind === 'agent-joined' || kind.startsWith('transfer-'));
  return last?.kind === 'transfer-started';
}

/** The customer or the last agent has ended it, and nothing can be transferred any more. */
export function hasEnded(conversation: FlexConversation | undefined): boolean {
  return conversation !== undefined && valueIn(attributesOf(conversation), 'status') === 'INACTIVE';
}

function attributesOf({ source }: FlexConversation): unknown {
  return valueIn(source, 'attributes');
}

function valueIn(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
