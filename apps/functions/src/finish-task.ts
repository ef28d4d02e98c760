/** What leaving and completing have in common: the right to it, the event, and whether the chat goes on. */
import {
  type ConversationEvent,
  type Result,
  succeed,
  type TaskAnswer,
  type TaskRequest,
  type TaskSid,
  type WorkerRef,
} from '@chat-transfer/transfer-core';
import { authorize, workerOf } from './authorize';
import { changeConversation } from './change-conversation';
import { hasCompleted, mayActOnTask } from './rights';
import type { Services } from './services';

export async function finishTask(
  services: Services,
  request: TaskRequest,
  toEvent: (taskSid: TaskSid, worker: WorkerRef, at: number) => ConversationEvent,
): Promise<Result<TaskAnswer>> {
  const authorized = await authorize(
    services,
    request,
    (facts) => mayActOnTask('finish', facts) || hasCompleted(request.taskSid, facts),
  );
  if (!authorized.ok) return authorized;

  const { taskSid, conversationSid } = request;
  const worker = await workerOf(services, authorized.value, taskSid);
  const changed = await changeConversation(services, {
    conversationSid,
    stored: authorized.value.stored,
    events: [toEvent(taskSid, worker, services.nowMs())],
  });
  if (!changed.ok) return changed;
  return succeed({ ok: true, conversation: changed.value.ended === undefined ? 'open' : 'ended' });
}
