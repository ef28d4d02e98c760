/**
 * Tasks of a conversation that nobody has told us of, looked for before the conversation is closed for good: an agent without
 * our plugin may have handed the chat on by Flex's own means, and TaskRouter's word of the new task may still be on its way.
 */
import type { ConversationEvent, Ledger } from '@chat-transfer/transfer-core';
import type { EffectPorts } from '../outbox/run-effects';
import { TwilioCallError } from '../twilio/call';

/** `[]`, and no call, unless the last agent is about to end a chat that cannot be opened again. */
export async function findUntrackedTasks(
  { backends, taskRouter, nowMs }: EffectPorts,
  before: Ledger,
  after: Ledger,
): Promise<ConversationEvent[]> {
  const isEnding = before.ended === undefined && after.ended?.by === 'last-agent';
  if (!isEnding || after.backend !== 'conversations') return [];
  try {
    const known = await backends[after.backend].listKnownTasks(after);
    const unheard = known.filter((taskSid) => after.tasks[taskSid] === undefined);
    const tasks = await Promise.all(unheard.map((taskSid) => taskRouter.fetchTask(taskSid)));
    const at = nowMs();
    return tasks.flatMap((task) =>
      task !== undefined && ['pending', 'reserved', 'assigned'].includes(task.assignmentStatus)
        ? [{ type: 'task-tracked', taskSid: task.sid, at }]
        : [],
    );
  } catch (error) {
    // It is one chance in many that there is such a task; a customer who waits for nobody would be certain.
    if (error instanceof TwilioCallError) return [];
    throw error;
  }
}
