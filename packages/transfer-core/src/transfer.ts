/** One transfer of a conversation, from the click to its end. The states and who causes each step: docs/transfer-states.md. */
import * as v from 'valibot';
import { NoticePartySchema, TransferModeSchema } from './notice/notice';
import { TaskSidSchema, WorkerSidSchema } from './sids';
import { isSameTarget, type TransferTarget, TransferTargetSchema } from './target';

/** A worker as the ledger knows them. `identity` is their chat identity and stays inside the account. */
export const WorkerRefSchema = v.object({
  sid: WorkerSidSchema,
  identity: v.string(),
  publicName: v.string(),
});
export type WorkerRef = v.InferOutput<typeof WorkerRefSchema>;

/** When a cold transfer lets its agent go: at the click, or when the target has accepted. Warm: never by itself. */
export const ReleaseSchema = v.picklist(['immediately', 'on-accept']);
export type Release = v.InferOutput<typeof ReleaseSchema>;

/**
 * `requested`: its task is being made · `offered`: its task looks for whoever takes it · `accepted`: somebody has.
 * `declined`, `unanswered`, `cancelled`: nobody takes it; while it is open, the chat is on its way back, because nobody
 * was left in it · `returned`: the chat is back with an agent · `abandoned`: the customer left first · `failed`: Twilio
 * would not make its task.
 */
export const TransferStateSchema = v.picklist([
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

/** Why a transfer found nobody. */
export const UntakenReasonSchema = v.picklist(['declined', 'unanswered', 'cancelled']);
export type UntakenReason = v.InferOutput<typeof UntakenReasonSchema>;

export const TransferSchema = v.object({
  id: v.string(),
  state: TransferStateSchema,
  mode: TransferModeSchema,
  release: ReleaseSchema,
  originalTaskSid: TaskSidSchema,
  /** Known from `offered` on. */
  transferTaskSid: v.exactOptional(TaskSidSchema),
  from: WorkerRefSchema,
  target: TransferTargetSchema,
  /** The target as notices name it. */
  to: NoticePartySchema,
  /** For the receiving agent only; dropped when the transfer ends. */
  note: v.exactOptional(v.string()),
  /** Milliseconds since 1970, as every `…At` of the ledger. */
  requestedAt: v.number(),
  /** How long the target has for an answer, from the offer on. */
  answerWithinMs: v.number(),
  /** From `offered` on. */
  answerBy: v.exactOptional(v.number()),
  /** Who asked for it to be cancelled, by public name, while it is not known whether somebody accepted first. */
  cancelledBy: v.exactOptional(v.string()),
  /** Who will not be asked again. */
  declinedBy: v.exactOptional(v.array(WorkerSidSchema)),
  /** Of a returned transfer: why. */
  untakenReason: v.exactOptional(UntakenReasonSchema),
  endedAt: v.exactOptional(v.number()),
});
export type Transfer = v.InferOutput<typeof TransferSchema>;

/** Whether somebody may still accept it as what it was made for. */
export function isPending({ state }: Transfer): boolean {
  return state === 'requested' || state === 'offered';
}

/** What makes two requests the same request. */
export interface TransferTerms {
  readonly taskSid: string;
  readonly target: TransferTarget;
  readonly mode: Transfer['mode'];
}

/** Whether a repeated `transferId` asks for what the first request asked for. */
export function isSameRequest(transfer: Transfer, terms: TransferTerms): boolean {
  return (
    transfer.originalTaskSid === terms.taskSid &&
    transfer.mode === terms.mode &&
    isSameTarget(transfer.target, terms.target)
  );
}

/** The transfer as the past keeps it. */
export function endTransfer(transfer: Transfer, state: TransferState, at: number): Transfer {
  const { note: _note, ...kept } = transfer;
  return { ...kept, state, endedAt: at };
}
