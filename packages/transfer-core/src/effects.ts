/**
 * Effects: what a decision asks the functions to do at Twilio. An effect stays in the ledger's outbox until it is done and
 * is idempotent. outbox/ says when it runs.
 */
import * as v from 'valibot';
import { type Notice, NoticeSchema } from './notice/notice';
import { type TaskSid, TaskSidSchema } from './sids';
import { type WorkerRef, WorkerRefSchema } from './transfer';

export const EffectSchema = v.variant('kind', [
  /** Create the transfer task. A second attempt first looks for a task with this `transferId`. */
  v.object({ kind: v.literal('create-transfer-task'), transferId: v.string() }),
  /** Find the task of a transfer that ended while it was unknown whether the task exists. An event cancels it. */
  v.object({ kind: v.literal('withdraw-transfer-task'), transferId: v.string() }),
  /** Recall the transfer task, unless an agent has accepted it. An event reports the outcome. */
  v.object({ kind: v.literal('recall-transfer'), transferId: v.string() }),
  /** Send the transfer task back to the agent or the queue it came from, without the workers who declined it. */
  v.object({ kind: v.literal('redirect-task'), transferId: v.string() }),
  v.object({ kind: v.literal('post-notice'), notice: NoticeSchema }),
  /** Move a worker's reservation to wrap-up. Does nothing if it is in wrap-up already or gone. */
  v.object({
    kind: v.literal('wrap-reservation'),
    taskSid: TaskSidSchema,
    worker: WorkerRefSchema,
  }),
  /** Add a worker to the conversation. Flex adds them on accept, but an earlier removal may have run after that. */
  v.object({ kind: v.literal('add-participant'), taskSid: TaskSidSchema, worker: WorkerRefSchema }),
  /** Remove the worker of a task from the conversation, unless they have joined again since `at` (ms since 1970). */
  v.object({
    kind: v.literal('remove-participant'),
    taskSid: TaskSidSchema,
    worker: WorkerRefSchema,
    at: v.number(),
  }),
  /** Complete a task. If the conversation goes on, keep Flex from closing the chat. */
  v.object({
    kind: v.literal('complete-task'),
    taskSid: TaskSidSchema,
    conversation: v.picklist(['goes-on', 'has-ended']),
  }),
  v.object({ kind: v.literal('cancel-task'), taskSid: TaskSidSchema }),
  /** Copy the ledger to the conversation: open or ended, and `associatedTasks` for Studio flows. */
  v.object({ kind: v.literal('update-conversation') }),
]);
export type Effect = v.InferOutput<typeof EffectSchema>;

/** Whether an effect copies the ledger to Twilio. Such an effect must run again after the ledger has changed. */
export const reflectsLedger = ({ kind }: Effect): boolean =>
  kind === 'update-conversation' || kind === 'redirect-task';

/** Names the kind and the subject of an effect. Two effects with the same id do the same. */
export function effectId(effect: Effect): string {
  switch (effect.kind) {
    case 'create-transfer-task':
    case 'withdraw-transfer-task':
    case 'recall-transfer':
    case 'redirect-task':
      return `${effect.kind}:${effect.transferId}`;
    case 'post-notice':
      return `${effect.kind}:${effect.notice.id}`;
    case 'wrap-reservation':
    case 'add-participant':
    case 'remove-participant':
    case 'complete-task':
    case 'cancel-task':
      return `${effect.kind}:${effect.taskSid}`;
    case 'update-conversation':
      return effect.kind;
  }
}

export const createTransferTask = (transferId: string): Effect => ({
  kind: 'create-transfer-task',
  transferId,
});

export const withdrawTransferTask = (transferId: string): Effect => ({
  kind: 'withdraw-transfer-task',
  transferId,
});

export const recallTransfer = (transferId: string): Effect => ({ kind: 'recall-transfer', transferId });

export const redirectTask = (transferId: string): Effect => ({ kind: 'redirect-task', transferId });

export const postNotice = (notice: Notice): Effect => ({ kind: 'post-notice', notice });

export const wrapReservation = (taskSid: TaskSid, worker: WorkerRef): Effect => ({
  kind: 'wrap-reservation',
  taskSid,
  worker,
});

export const addParticipant = (taskSid: TaskSid, worker: WorkerRef): Effect => ({
  kind: 'add-participant',
  taskSid,
  worker,
});

export const removeParticipant = (taskSid: TaskSid, worker: WorkerRef, at: number): Effect => ({
  kind: 'remove-participant',
  taskSid,
  worker,
  at,
});

export const completeTask = (taskSid: TaskSid, conversation: 'goes-on' | 'has-ended'): Effect => ({
  kind: 'complete-task',
  taskSid,
  conversation,
});

export const cancelTask = (taskSid: TaskSid): Effect => ({ kind: 'cancel-task', taskSid });

export const updateConversation = (): Effect => ({ kind: 'update-conversation' });
