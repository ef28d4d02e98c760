/**
 * Conversations that an agent parks with Flex's own Pause or Leave. The agent's task ends, but the chat must
 * stay open without an agent until one resumes it. Only the conversation itself shows this: its tasks look as
 * if the agent were done.
 */
import type { ConversationEvent, Ledger, TaskSid } from '@chat-transfer/transfer-core';
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
 */
export async function findParkedConversation(
  { backends, nowMs }: Pick<ConversationPorts, 'backends' | 'nowMs'>,
  ledger: Ledger,
  taskSid: TaskSid,
): Promise<ConversationEvent[]> {
  if (!mayBeParked(ledger, taskSid)) return [];
  const isParked = await backends[ledger.backend].isParked(ledger);
  const isRecorded = ledger.parkedBy === taskSid;
  const isKnown = isParked === isRecorded && ledger.assumedParkedAt === undefined;
  if (isKnown || (!isParked && !isRecorded)) return [];
  return [{ type: isParked ? 'chat-parked' : 'chat-not-parked', taskSid, at: nowMs() }];
}
