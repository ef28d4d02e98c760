/**
 * Chats that an agent lays aside by Flex's own means (Pause, Leave), to be taken up again: their task ends, and the chat is
 * meant to stay open without anybody. Only the conversation itself says that; the task looks as if its agent was done.
 */
import type { ConversationEvent, Ledger, TaskSid } from '@chat-transfer/transfer-core';
import type { Services } from './services';
import { TwilioCallError } from './twilio/call';

/** `[]`, and no call, when we know of the agent's leaving already: then it was asked of us. */
export async function lookForPause(
  { backends, nowMs }: Services,
  ledger: Ledger,
  taskSid: TaskSid,
): Promise<ConversationEvent[]> {
  const state = ledger.tasks[taskSid]?.state;
  if (ledger.ended !== undefined || state === 'left' || state === 'closed') return [];
  // When nobody can tell, the chat counts as not laid aside: ended with a notice is better than open with nobody in it.
  const isPaused = await unlessCallFails(backends[ledger.backend].isPaused(ledger), false);
  return isPaused ? [{ type: 'chat-paused', at: nowMs() }] : [];
}

async function unlessCallFails<T>(running: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await running;
  } catch (error) {
    if (error instanceof TwilioCallError) return otherwise;
    throw error;
  }
}
