/**
 * What a decision asks the functions to do at Twilio. Each effect has an id that says what it is about, is kept in
 * the ledger's outbox until it is done, and can be run twice without harm.
 */
import * as v from 'valibot';
import type { Backend } from './conversation';
import { type Notice, NoticeSchema } from './notice/notice';
import { type TaskSid, TaskSidSchema } from './sids';
import { type WorkerRef, WorkerRefSchema } from './transfer';

export const EffectSchema = v.variant('kind', [
  /** Make the task that offers the chat to the target. Found again by `transferId` before any second try. */
  v.object({ kind: v.literal('create-transfer-task'), id: v.string(), transferId: v.string() }),
  /** Take the open transfer back, unless somebody has accepted it. What came of it is told by an event. */
  v.object({ kind: v.literal('recall-transfer'), id: v.string(), transferId: v.string() }),
  /** Send the transfer task back to the agent and the queue it came from, past those who declined it. */
  v.object({ kind: v.literal('redirect-task'), id: v.string(), transferId: v.string() }),
  v.object({ kind: v.literal('post-notice'), id: v.string(), notice: NoticeSchema }),
  /** Move a worker's reservation to wrap-up. Nothing to do when it is there already or gone. */
  v.object({
    kind: v.literal('wrap-reservation'),
    id: v.string(),
    taskSid: TaskSidSchema,
    worker: WorkerRefSchema,
  }),
  /** Put a worker back into the conversation. Flex does it by itself; but an earlier removal may have come after it. */
  v.object({ kind: v.literal('add-participant'), id: v.string(), worker: WorkerRefSchema }),
  /** Take the worker of a task out of the conversation, unless they have come back since `at` (ms since 1970). */
  v.object({
    kind: v.literal('remove-participant'),
    id: v.string(),
    taskSid: TaskSidSchema,
    worker: WorkerRefSchema,
    at: v.number(),
  }),
  /** Complete a task so that, when others go on, Flex leaves the chat open to them. */
  v.object({
    kind: v.literal('complete-task'),
    id: v.string(),
    taskSid: TaskSidSchema,
    conversation: v.picklist(['goes-on', 'has-ended']),
  }),
  v.object({ kind: v.literal('cancel-task'), id: v.string(), taskSid: TaskSidSchema }),
  /** Write what the ledger says onto the conversation: open or ended, and `associatedTasks` for Studio flows. */
  v.object({ kind: v.literal('update-conversation'), id: v.string() }),
]);
export type Effect = v.InferOutput<typeof EffectSchema>;

/** Whether an effect writes what the ledger says, so that once done it is due again when the ledger has changed. */
export const reflectsLedger = ({ kind }: Effect): boolean =>
  kind === 'update-conversation' || kind === 'redirect-task';

/** The order effects run in: a step waits for the one before it; effects of different lanes run side by side. */
export type Lane = 'task' | 'notices' | 'reservation' | 'agent' | 'conversation';

/**
 * The lane of an effect. Effects of one lane run one after the other. `task` runs before all others: nobody is let go
 * before the transfer task exists.
 */
export function laneOf(effect: Effect, backend: Backend): Lane {
  switch (effect.kind) {
    case 'create-transfer-task':
    case 'recall-transfer':
      return 'task';
    case 'post-notice':
      return 'notices';
    case 'wrap-reservation':
      // An agent's page takes wrap-up and removal in any order. It must not lose the chat's SID, which the completion
      // takes away, while it believes that it is still in the chat.
      return 'reservation';
    case 'add-participant':
    case 'remove-participant':
    case 'complete-task':
    case 'cancel-task':
    case 'redirect-task':
      return 'agent';
    case 'update-conversation':
      // A closed conversation takes no message any more: what is to be told must be told before.
      return backend === 'conversations' ? 'notices' : 'conversation';
  }
}

/** Whether an effect may run beside the lane `task`: nothing of it depends on what comes of the transfer task. */
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
