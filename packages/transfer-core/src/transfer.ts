/** One transfer of a conversation, from the request to its end. docs/transfer-states.md has the states and their causes. */
import * as v from 'valibot';
import { NoticePartySchema, TransferModeSchema } from './notice/notice';
import { TaskSidSchema, WorkerSidSchema } from './sids';
import { isSameTarget, type TransferTarget, TransferTargetSchema } from './target';

/** A worker in the ledger. `identity` is the chat identity, which customers must not see. */
export const WorkerRefSchema = v.object({
  sid: WorkerSidSchema,
  identity: v.string(),
  publicName: v.string(),
});
export type WorkerRef = v.InferOutput<typeof WorkerRefSchema>;

/** When a cold transfer releases its agent: at the request, or when the target accepts. A warm transfer never does. */
export const ReleaseSchema = v.picklist(['immediately', 'on-accept']);
export type Release = v.InferOutput<typeof ReleaseSchema>;

/**
 * - `requested`: its task does not exist yet. `offered`: its task waits for the target.
 * - `accepted`: an agent accepted the offered task.
 * - `declined`, `unanswered`, `cancelled`: the target did not take the chat. Such a transfer stays open while the chat has
 *   no agent and its task returns to the agent or the queue it came from.
 * - `returned`: the target did not take the chat, and an agent has it. `abandoned`: the customer ended the chat during the
 *   transfer. `failed`: Twilio refused to create its task.
 */
const TransferStateSchema = v.picklist([
  'requested',
  'offered',
  'accepted',
  'declined',
  'unanswered',
  'cancelled',
  'abandoned',
  'returned',
  'failed',
]);
export type TransferState = v.InferOutput<typeof TransferStateSchema>;

/** Why the target did not take the chat. */
export const UntakenReasonSchema = v.picklist(['declined', 'unanswered', 'cancelled']);
export type UntakenReason = v.InferOutput<typeof UntakenReasonSchema>;

export const TransferSchema = v.object({
  id: v.string(),
  state: TransferStateSchema,
  mode: TransferModeSchema,
  release: ReleaseSchema,
  originalTaskSid: TaskSidSchema,
  /** Set from `offered` on. */
  transferTaskSid: v.exactOptional(TaskSidSchema),
  from: WorkerRefSchema,
  target: TransferTargetSchema,
  /** The target, as notices name it. */
  to: NoticePartySchema,
  /** For the receiving agent only. Removed when the transfer has ended and its task is closed: see `trimLedger`. */
  note: v.exactOptional(v.string()),
  /** What the caller sets on the transfer task. Removed when the task exists. */
  attributes: v.exactOptional(v.record(v.string(), v.unknown())),
  /** The priority that the caller sets. Default: that of the original task. */
  priority: v.exactOptional(v.number()),
  /** Milliseconds since 1970, like every `…At` in the ledger. */
  requestedAt: v.number(),
  /** How long the target has to answer, counted from the offer. */
  answerWithinMs: v.number(),
  /** Set from `offered` on. */
  answerBy: v.exactOptional(v.number()),
  /** When a reservation that rings on after `answerBy` ends at the latest. */
  ringsUntil: v.exactOptional(v.number()),
  /** Public name of the agent who asked to cancel. The transfer is cancelled only when its task has been recalled. */
  cancelledBy: v.exactOptional(v.string()),
  /** Workers who declined the task or let its offer expire. They are not asked again. */
  declinedBy: v.exactOptional(v.array(WorkerSidSchema)),
  /** Set when the target did not take the chat, and kept when the transfer becomes `returned`. */
  untakenReason: v.exactOptional(UntakenReasonSchema),
  endedAt: v.exactOptional(v.number()),
});
export type Transfer = v.InferOutput<typeof TransferSchema>;

/**
 * How long the functions try to create a transfer task: the attempts of the agent's page (36 s) and a margin. A transfer
 * without a task fails after that.
 */
export const START_WITHIN_MS = 45_000;

/** How long a transfer task on its way back may wait until its transfer ends. The task goes on waiting. */
export const RETURN_WITHIN_MS = 30 * 60_000;

/** How long after the end of an offer its event counts as lost. TaskRouter sends events within seconds. */
const LOST_AFTER_MS = 15_000;

/** When the functions must act on an open transfer even if no event arrives (ms since 1970). */
export function transferDeadline({
  state,
  requestedAt,
  answerWithinMs,
  answerBy = requestedAt + answerWithinMs,
  ringsUntil = answerBy,
}: Transfer): number {
  const offerEndsAt = Math.max(answerBy, ringsUntil);
  switch (state) {
    case 'requested':
      return requestedAt + START_WITHIN_MS;
    case 'offered':
      return offerEndsAt + LOST_AFTER_MS;
    case 'declined':
    case 'unanswered':
    case 'cancelled':
      return offerEndsAt + RETURN_WITHIN_MS;
    case 'accepted':
    case 'abandoned':
    case 'returned':
    case 'failed':
      return Number.POSITIVE_INFINITY;
  }
}

/** Whether the transfer waits for its target, who may accept its task. */
export function isPending({ state }: Transfer): boolean {
  return state === 'requested' || state === 'offered';
}

/** Whether a request with the id of this transfer asks for the same transfer. */
export function isSameRequest(
  transfer: Transfer,
  request: { readonly taskSid: string; readonly target: TransferTarget; readonly mode: Transfer['mode'] },
): boolean {
  return (
    transfer.originalTaskSid === request.taskSid &&
    transfer.mode === request.mode &&
    isSameTarget(transfer.target, request.target)
  );
}

/**
 * Returns the ended transfer for `Ledger.past`, without what only an open transfer needs. The note stays for the
 * agent of the task, if there is a task.
 */
export function endTransfer(transfer: Transfer, state: TransferState, at: number): Transfer {
  const { attributes: _attributes, priority: _priority, ringsUntil: _ringsUntil, note, ...kept } = transfer;
  const isReadable = note !== undefined && kept.transferTaskSid !== undefined;
  return { ...kept, ...(isReadable ? { note } : {}), state, endedAt: at };
}
