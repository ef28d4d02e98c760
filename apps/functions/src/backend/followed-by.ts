/** How the task that an agent leaves is followed, for Flex Insights, which reads it when the task's reservation ends. */
import { addFollowedBy, followedBy, type Ledger, type TaskSid } from '@chat-transfer/transfer-core';
import { TwilioCallError } from '../twilio/call';
import type { TaskRouter } from '../twilio/task-router';
import type { JustRead } from './backend';

/**
 * Writes it on the task. Makes no call if no transfer follows, or if the task as it was just read has a value. Never fails for
 * Twilio: only a report would lack the value, and an agent must be able to leave.
 */
export async function writeFollowedBy(
  taskRouter: Pick<TaskRouter, 'changeAttributes'>,
  ledger: Ledger,
  taskSid: TaskSid,
  { task }: JustRead,
): Promise<void> {
  const value = followedBy(ledger, taskSid);
  if (value === undefined) return;
  const justRead = task?.sid === taskSid ? task : undefined;
  try {
    await taskRouter.changeAttributes(taskSid, (attributes) => addFollowedBy(attributes, value), justRead);
  } catch (error) {
    if (!(error instanceof TwilioCallError)) throw error;
  }
}
