/**
 * Tasks of a conversation that the ledger does not know. They are looked up before a conversation is closed
 * for good: an agent without our plugin may have used Flex's own transfer, and
 * TaskRouter's event may be late.
 */
import type { ConversationEvent, Ledger } from '@chat-transfer/transfer-core';
import type { EffectPorts } from '../outbox/run-effect';
import { TwilioCallError } from '../twilio/call';

/** `[]`, without a call, unless the last agent is about to end a chat that cannot be reopened. */
export async function findUntrackedTasks(
  { backends, taskRouter, nowMs }: EffectPorts,
  before: Ledger,
  after: Ledger,
): Promise<ConversationEvent[]> {
  const isEnding = before.ended === undefined && after.ended?.by === 'last-agent';
  if (!isEnding || after.backend !== 'conversations') return [];
  try {
    const known = await backends[after.backend].listKnownTasks(after);
    const untracked = known.filter((taskSid) => after.tasks[taskSid] === undefined);
    const tasks = await Promise.all(untracked.map((taskSid) => taskRouter.fetchTask(taskSid)));
    const at = nowMs();
    return tasks.flatMap((task) =>
      task !== undefined && ['pending', 'reserved', 'assigned'].includes(task.assignmentStatus)
        ? [{ type: 'task-tracked', taskSid: task.sid, at }]
        : [],
    );
  } catch (error) {
    // Such a task is rare. If the chat stayed open because of this failure, the customer would wait without
    // an agent.
    if (error instanceof TwilioCallError) return [];
    throw error;
  }
}
