/**
 * POST /studio/track-task: a Studio flow records the first task of a chat. For accounts in which TaskRouter's
 * events do not reach the functions. Protected: Twilio checks its own signature before this runs.
 */
import {
  ConversationSidSchema,
  fail,
  parseChatTask,
  type Result,
  succeed,
  TaskSidSchema,
} from '@chat-transfer/transfer-core';
import * as v from 'valibot';
import { adoptChat } from '../../conversation/adopt-chat';
import { changeConversation } from '../../conversation/change-conversation';
import { findEvidence } from '../../conversation/find-evidence';
import { findNewChat } from '../../conversation/find-new-chat';
import { defineConversationEndpoint } from '../../requests/conversation-endpoint';
import type { Services } from '../../requests/services';

/** Flows that were made for the original feature send `channelSid`. */
const TrackTaskSchema = v.union([
  v.object({ taskSid: TaskSidSchema, conversationSid: ConversationSidSchema }),
  v.pipe(
    v.object({ taskSid: TaskSidSchema, channelSid: ConversationSidSchema }),
    v.transform(({ taskSid, channelSid }) => ({ taskSid, conversationSid: channelSid })),
  ),
]);

export const handler = defineConversationEndpoint(
  '/studio/track-task',
  { optional: ['allowedOrigins'] },
  TrackTaskSchema,
  trackTask,
);

async function trackTask(
  services: Services,
  { taskSid, conversationSid }: v.InferOutput<typeof TrackTaskSchema>,
): Promise<Result<{ readonly ok: true }>> {
  const [task, current] = await Promise.all([
    services.taskRouter.fetchTask(taskSid),
    services.ledgers.read({ conversationSid }),
  ]);
  const chat = parseChatTask(task?.attributes, task?.taskChannel);
  if (task === undefined || chat?.conversationSid !== conversationSid) {
    return fail({ code: 'not-a-chat', taskSid });
  }
  const evidence = await findEvidence(services, current.ledger, { taskSid, chat, source: 'studio' });
  if (evidence.kind !== 'found') return fail({ code: 'not-a-chat', taskSid });
  const stored = { ...current, ledger: evidence.ledger };
  const at = services.nowMs();
  // The flow may be late. A task that is closed already must not keep the chat waiting for an agent.
  const isClosed = ['completed', 'canceled'].includes(task.assignmentStatus);
  const tracked = { type: 'task-tracked', taskSid, at } as const;
  const [adopted, begun] = await Promise.all([
    adoptChat(services, stored, { reportedTaskSid: taskSid }),
    isClosed ? [] : findNewChat(services, stored.ledger, [tracked]),
  ]);
  const changed = await changeConversation(services, {
    conversation: stored.ledger,
    stored,
    events: [
      ...adopted,
      ...begun,
      tracked,
      ...(isClosed ? [{ type: 'task-closed', taskSid, at } as const] : []),
    ],
    isReport: true,
  });
  return changed.ok ? succeed({ ok: true }) : changed;
}
