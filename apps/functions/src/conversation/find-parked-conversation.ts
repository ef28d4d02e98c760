/**
 * Conversations that an agent parks with Flex's own Pause or Leave. The agent's task ends, but the chat must
 * stay open without an agent until one resumes it. Only the conversation itself shows this: its tasks look as
 * if the agent were done.
 */
import type { ConversationEvent, Ledger, TaskSid } from '@chat-transfer/transfer-core';
import type { ConversationPorts } from './change-conversation';

/**
 * `[]`, without a call, when the ledger says that the agent has left. Throws when the call to Twilio fails.
 */
export async function findParkedConversation(
  { backends, nowMs }: Pick<ConversationPorts, 'backends' | 'nowMs'>,
  ledger: Ledger,
  taskSid: TaskSid,
): Promise<ConversationEvent[]> {
  const state = ledger.tasks[taskSid]?.state;
  if (ledger.ended !== undefined || state === 'left' || state === 'closed') return [];
  const isParked = await backends[ledger.backend].isParked(ledger);
  return isParked ? [{ type: 'chat-parked', taskSid, at: nowMs() }] : [];
}
