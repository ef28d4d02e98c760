/**
 * Chats that an agent lays aside by Flex's own means (Pause, Leave), to be taken up again: their task ends, and the chat is
 * meant to stay open without anybody. Only the conversation itself says that; the task looks as if its agent was done.
 */
import type { ConversationEvent, Ledger, TaskSid } from '@chat-transfer/transfer-core';
import type { Services } from './services';

/** `[]`, and no call, when we know of the agent's leaving already: then it was asked of us. Throws when the look fails. */
export async function lookForPause(
  { backends, nowMs }: Services,
  ledger: Ledger,
  taskSid: TaskSid,
): Promise<ConversationEvent[]> {
  const state = ledger.tasks[taskSid]?.state;
  if (ledger.ended !== undefined || state === 'left' || state === 'closed') return [];
  const isPaused = await backends[ledger.backend].isPaused(ledger);
  return isPaused ? [{ type: 'chat-parked', taskSid, at: nowMs() }] : [];
}
