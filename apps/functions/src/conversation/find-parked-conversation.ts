/**
 * Conversations that an agent parks with Flex's own Pause or Leave. The agent's task ends, but the chat must
 * stay open without an agent until one resumes it. Only the conversation itself shows this: its tasks look as
 * if the agent were done.
 */
import { type ConversationEvent, type Ledger, type TaskSid, tasksOf } from '@chat-transfer/transfer-core';
import type { ConversationPorts } from './change-conversation';

/** Whether the agent of the task may have parked the chat, or the ledger says so and Twilio may say otherwise. */
export function mayBeParked(ledger: Ledger, taskSid: TaskSid): boolean {
  const state = ledger.tasks[taskSid]?.state;
  const hasLeft = state === 'left' || state === 'closed';
  return ledger.ended === undefined && (!hasLeft || ledger.parkedBy === taskSid);
}

/**
 * Reads from Twilio whether the chat is parked. `[]`, without a call, when the ledger says that the agent has left.
 * Throws when the call to Twilio fails.
 *
 * @param leftAt when the agent's task ended (ms since 1970), if it is known
 */
export async function findParkedConversation(
  { backends, nowMs }: Pick<ConversationPorts, 'backends' | 'nowMs'>,
  ledger: Ledger,
  taskSid: TaskSid,
  leftAt?: number,
): Promise<ConversationEvent[]> {
  if (!mayBeParked(ledger, taskSid)) return [];
  const isParked =
    (await backends[ledger.backend].isParked(ledger)) && !hasCancelledInviteSince(ledger, taskSid, leftAt);
  const isRecorded = ledger.parkedBy === taskSid;
  const isKnown = isParked === isRecorded && ledger.assumedParkedAt === undefined;
  if (isKnown || (!isParked && !isRecorded)) return [];
  return [{ type: isParked ? 'chat-parked' : 'chat-not-parked', taskSid, at: nowMs() }];
}

/**
 * Whether an invite was cancelled after the agent's task had ended. That may make the channel inactive too, because it has no
 * agent: Twilio does not document it. The chat then counts as not parked. A chat that ends with a notice is better for the
 * customer than an open chat without an agent.
 */
function hasCancelledInviteSince(ledger: Ledger, taskSid: TaskSid, leftAt: number | undefined): boolean {
  const record = ledger.tasks[taskSid];
  // The ledger keeps no time for a closed task of an agent. When the chat was assumed to be parked, the agent had just left.
  const lastInChatAt = leftAt ?? ledger.assumedParkedAt ?? record?.confirmedAt ?? record?.openedAt ?? 0;
  return tasksOf(ledger).some(
    ([, { state, worker, confirmedAt = 0 }]) =>
      state === 'closed' && worker === undefined && confirmedAt > lastInChatAt,
  );
}
