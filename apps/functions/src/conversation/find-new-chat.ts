/**
 * Another chat in a conversation whose chat has ended. A long-lived channel of Programmable Chat stays the customer's: when
 * they write again, Flex or Studio creates a new task for it.
 * https://www.twilio.com/docs/flex/developer/messaging/manage-flows
 */
import type { ConversationEvent, Ledger } from '@chat-transfer/transfer-core';
import type { ConversationPorts } from './change-conversation';

/**
 * Returns the event that begins the chat; `[]`, without a call, unless the events say that a task which the ledger does not
 * know was created or accepted after the end of the last chat.
 */
export async function findNewChat(
  { backends }: Pick<ConversationPorts, 'backends'>,
  ledger: Ledger,
  events: readonly ConversationEvent[],
): Promise<ConversationEvent[]> {
  const { ended } = ledger;
  const [tracked, next] = events;
  if (ended === undefined || tracked?.type !== 'task-tracked') return [];
  const isLate = tracked.at <= ended.at || (next !== undefined && next.type !== 'task-accepted');
  if (isLate || ledger.tasks[tracked.taskSid] !== undefined) return [];
  return (await backends[ledger.backend].isLongLived(ledger))
    ? [{ type: 'chat-begun-again', at: tracked.at }]
    : [];
}
