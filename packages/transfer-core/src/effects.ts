/**
 * Effects: what a decision asks the functions to do at Twilio. An effect stays in the ledger's outbox until it is done and
 * is idempotent. Its id names its kind and its subject, so that the same effect enters the outbox once.
 */
import * as v from 'valibot';
import type { Backend } from './conversation';
import { type Notice, NoticeSchema } from './notice/notice';
import { type TaskSid, TaskSidSchema } from './sids';
import { type WorkerRef, WorkerRefSchema } from './transfer';

export const EffectSchema = v.variant('kind', [
  /** Create the transfer task. A second attempt first looks for a task with this `transferId`. */
  v.object({ kind: v.literal('create-transfer-task'), id: v.string(), transferId: v.string() }),
  /** Recall the transfer task, unless an agent has accepted it. An event reports the outcome. */
  v.object({ kind: v.literal('recall-transfer'), id: v.string(), transferId: v.string() }),
  /** Send the transfer task back to the agent or the queue it came from, without the workers who declined it. */
  v.object({ kind: v.literal('redirect-task'), id: v.string(), transferId: v.string() }),
  v.object({ kind: v.literal('post-notice'), id: v.string(), notice: NoticeSchema }),
  /** Move a worker's reservation to wrap-up. Does nothing if it is in wrap-up already or gone. */
  v.object({
    kind: v.literal('wrap-reservation'),
    id: v.string(),
    taskSid: TaskSidSchema,
    worker: WorkerRefSchema,
  }),
  /** Add a worker to the conversation. Flex adds them on accept, but an earlier removal may have run after that. */
  v.object({ kind: v.literal('add-participant'), id: v.string(), worker: WorkerRefSchema }),
  /** Remove the worker of a task from the conversation, unless they have joined again since `at` (ms since 1970). */
  v.object({
    kind: v.literal('remove-participant'),
    id: v.string(),
    taskSid: TaskSidSchema,
    worker: WorkerRefSchema,
    at: v.number(),
  }),
  /** Complete a task. If the conversation goes on, keep Flex from closing the chat. */
  v.object({
    kind: v.literal('complete-task'),
    id: v.string(),
    taskSid: TaskSidSchema,
    conversation: v.picklist(['goes-on', 'has-ended']),
  }),
  v.object({ kind: v.literal('cancel-task'), id: v.string(), taskSid: TaskSidSchema }),
  /** Copy the ledger to the conversation: open or ended, and `associatedTasks` for Studio flows. */
  v.object({ kind: v.literal('update-conversation'), id: v.string() }),
]);
export type Effect = v.InferOutput<typeof EffectSchema>;

/** Whether an effect copies the ledger to Twilio. Such an effect must run again after the ledger has changed. */
export const reflectsLedger = ({ kind }: Effect): boolean =>
  kind === 'update-conversation' || kind === 'redirect-task';

/** Effects of one lane run one after the other. Effects of different lanes run in parallel, except for `task`. */
export type Lane = 'task' | 'notices' | 'reservation' | 'agent' | 'conversation';

/** The lane of an effect. `task` runs before all others, so that no agent is released before the transfer task exists. */
export function laneOf(effect: Effect, backend: Backend): Lane {
  switch (effect.kind) {
    case 'create-transfer-task':
    case 'recall-transfer':
      return 'task';
    case 'post-notice':
      return 'notices';
    case 'wrap-reservation':
      // An agent's page handles wrap-up and removal in any order, so they may run in parallel.
      return 'reservation';
    case 'add-participant':
    // The removal runs before the completion, which takes the chat's SID from the task. An agent's page must not lose
    // that SID while it shows the agent in the chat.
    case 'remove-participant':
    case 'complete-task':
    case 'cancel-task':
    case 'redirect-task':
      return 'agent';
    case 'update-conversation':
      // A closed conversation of Flex Conversations accepts no message, so its notices are posted before the update.
      return backend === 'conversations' ? 'notices' : 'conversation';
  }
}

/** Whether an effect may run in parallel with the lane `task`: it is correct even if the transfer task is not created. */
export function isIndependentOfTransferTask(effect: Effect): boolean {
  return (
    effect.kind === 'post-notice' &&
    (effect.notice.kind === 'agent-joined' || effect.notice.kind === 'transfer-started')
  );
}

export const createTransferTask = (transferId: string): Effect => ({
  kind: 'create-transfer-task',
  id: `create-transfer-task:${transferId}`,
  transferId,
});

export const recallTransfer = (transferId: string): Effect => ({
  kind: 'recall-transfer',
  id: `recall-transfer:${transferId}`,
  transferId,
});

export const redirectTask = (transferId: string): Effect => ({
  kind: 'redirect-task',
  id: `redirect-task:${transferId}`,
  transferId,
});

export const postNotice = (notice: Notice): Effect => ({
  kind: 'post-notice',
  id: `post-notice:${notice.id}`,
  notice,
});

export const wrapReservation = (taskSid: TaskSid, worker: WorkerRef): Effect => ({
  kind: 'wrap-reservation',
  id: `wrap-reservation:${taskSid}`,
  taskSid,
  worker,
});

export const addParticipant = (taskSid: TaskSid, worker: WorkerRef): Effect => ({
  kind: 'add-participant',
  id: `add-participant:${taskSid}`,
  worker,
});

export const removeParticipant = (taskSid: TaskSid, worker: WorkerRef, at: number): Effect => ({
  kind: 'remove-participant',
  id: `remove-participant:${taskSid}`,
  taskSid,
  worker,
  at,
});

export const completeTask = (taskSid: TaskSid, conversation: 'goes-on' | 'has-ended'): Effect => ({
  kind: 'complete-task',
  id: `complete-task:${taskSid}`,
  taskSid,
  conversation,
});

export const cancelTask = (taskSid: TaskSid): Effect => ({
  kind: 'cancel-task',
  id: `cancel-task:${taskSid}`,
  taskSid,
});

export const updateConversation = (): Effect => ({ kind: 'update-conversation', id: 'update-conversation' });
