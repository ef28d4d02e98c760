/** One transfer of a conversation, from the click to its end. The states and who causes each step: docs/transfer-states.md. */
import * as v from 'valibot';
import { NoticePartySchema, TransferModeSchema } from './notice';
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

export const TransferStateSchema = v.picklist([
  'requested',
  'offered',
  'accepted',
  'unanswered',
  'abandoned',
]);
export type TransferState = v.InferOutput<typeof TransferStateSchema>;

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
  endedAt: v.exactOptional(v.number()),
});
export type Transfer = v.InferOutput<typeof TransferSchema>;

/** What makes two requests the same request. */
export interface TransferTerms {
  readonly taskSid: string;
  readonly target: TransferTarget;
  readonly mode: Transfer['mode'];
}

/** Whether a repeated `transferId` asks for what the first request asked for. */
export function hasTerms(transfer: Transfer, terms: TransferTerms): boolean {
  return (
    transfer.originalTaskSid === terms.taskSid &&
    transfer.mode === terms.mode &&
    isSameTarget(transfer.target, terms.target)
  );
}

/** The transfer as the past keeps it. */
export function endTransfer(transfer: Transfer, state: Transfer['state'], at: number): Transfer {
  const { note: _note, ...kept } = transfer;
  return { ...kept, state, endedAt: at };
}
