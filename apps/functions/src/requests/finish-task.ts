/** The use case of `/conversation/leave` and `/conversation/complete`, which differ in the event only. */
import {
  buildWorkLists,
  type ConversationEvent,
  fail,
  type Result,
  succeed,
  type TaskAnswer,
  type TaskRequest,
  type TaskSid,
  type WorkerRef,
} from '@chat-transfer/transfer-core';
import { applyToConversation } from '../conversation/change-conversation';
import { findParkedConversation } from '../conversation/find-parked-conversation';
import { authorize } from './authorize';
import { hasCompletedTask, mayActOnTask } from './rights';
import type { Services } from './services';

/** Applies the event for the agent's task. The answer says whether the chat is open or has ended. */
export async function finishTask(
  services: Services,
  request: TaskRequest,
  toEvent: (taskSid: TaskSid, worker: WorkerRef, at: number) => ConversationEvent,
): Promise<Result<TaskAnswer>> {
  const authorized = await authorize(
    services,
    request,
    (facts) => mayActOnTask('finish', facts) || hasCompletedTask(request.taskSid, facts),
  );
  if (!authorized.ok) return authorized;

  const { taskSid } = request;
  const { task, reservations, stored, agent, adopted } = authorized.value;
  // If the ledger does not know of this wrap-up, the agent may have parked the chat.
  const isWrapping = task.assignmentStatus === 'wrapping';
  const leftAt = reservations.find(({ status }) => status === 'wrapping')?.updatedAt;
  const parked = isWrapping ? await findParkedConversation(services, stored.ledger, taskSid, leftAt) : [];
  const applied = await applyToConversation(services, {
    conversation: stored.ledger,
    stored,
    justRead: { task, reservations },
    events: [...adopted, ...parked, toEvent(taskSid, agent, services.nowMs())],
  });
  if (!applied.ok) return applied;
  const { ledger, failure, pending } = applied.value;
  // Until the agent is out of the chat, the page sends the request again.
  if (failure !== undefined && pending.includes('agents')) return fail(failure);
  return succeed({
    ok: true,
    conversation: ledger.ended === undefined ? 'open' : 'ended',
    ...buildWorkLists(['agents', 'notices'], pending),
  });
}
