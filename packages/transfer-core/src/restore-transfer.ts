/**
 * Restores a transfer of a chat whose ledger was lost, from the attributes of its task. The attributes hold almost all of
 * it, because the workflow and the receiving agent read them.
 */
import * as v from 'valibot';
import { MAX_NOTE_LENGTH } from './contract';
import type { TaskRecord } from './ledger';
import { type NoticeParty, NoticePartySchema, TransferModeSchema } from './notice/notice';
import { isRecord } from './parse';
import { type TaskSid, TaskSidSchema, type WorkerSid, WorkerSidSchema } from './sids';
import { parseTarget, type TransferTarget } from './target';
import { DETAILS_KEY, readKey } from './task-attributes/keys';
import { type Transfer, type UntakenReason, UntakenReasonSchema, type WorkerRef } from './transfer';

const TransferTaskSchema = v.object({
  id: v.pipe(v.string(), v.uuid()),
  targetSid: v.string(),
  fromSid: WorkerSidSchema,
  declinedBy: v.optional(v.array(WorkerSidSchema), []),
  details: v.object({
    mode: TransferModeSchema,
    note: v.optional(v.pipe(v.string(), v.maxLength(MAX_NOTE_LENGTH))),
    previousTaskSid: TaskSidSchema,
    returned: v.optional(v.object({ reason: UntakenReasonSchema, to: NoticePartySchema })),
  }),
});

/** What the attributes of a transfer task say about its transfer. */
export interface TransferTrace {
  readonly transferId: string;
  readonly target: TransferTarget;
  readonly fromSid: WorkerSid;
  readonly mode: Transfer['mode'];
  readonly note: string | undefined;
  readonly originalTaskSid: TaskSid;
  readonly declinedBy: readonly WorkerSid[];
  /** Set when the target did not take the chat, and the task returns. */
  readonly returned: { readonly reason: UntakenReason; readonly to: NoticeParty } | undefined;
}

/** Returns `undefined` for a task that is not a transfer task. */
export function parseTransferTrace(attributes: unknown): TransferTrace | undefined {
  const parsed = v.safeParse(TransferTaskSchema, {
    id: readKey(attributes, 'id'),
    targetSid: readKey(attributes, 'targetSid'),
    fromSid: readKey(attributes, 'fromSid'),
    declinedBy: readKey(attributes, 'declinedBy'),
    details: isRecord(attributes) ? attributes[DETAILS_KEY] : undefined,
  });
  const target = parsed.success ? parseTarget(parsed.output.targetSid) : undefined;
  if (!parsed.success || target === undefined) return undefined;
  const { id, fromSid, declinedBy, details } = parsed.output;
  return {
    transferId: id,
    target,
    fromSid,
    mode: details.mode,
    note: details.note,
    originalTaskSid: details.previousTaskSid,
    declinedBy,
    returned: details.returned,
  };
}

export interface TransferTaskState {
  readonly taskSid: TaskSid;
  /** `undefined`: an event is about to record the task. */
  readonly record: TaskRecord | undefined;
  /** When the task was created (ms since 1970). */
  readonly createdAt: number;
}

/** What the attributes do not hold. */
export interface TransferParties {
  readonly from: WorkerRef;
  /** The target, as notices name it. */
  readonly to: NoticeParty;
  readonly answerWithinMs: number;
}

/** Returns the transfer with the state that its task shows. It has `endedAt` if it is a past one. */
export function restoreTransfer(
  trace: TransferTrace,
  { taskSid, record, createdAt }: TransferTaskState,
  { from, to, answerWithinMs }: TransferParties,
): Transfer {
  const { returned, declinedBy, note } = trace;
  const transfer: Transfer = {
    id: trace.transferId,
    state: 'requested',
    mode: trace.mode,
    // If the agent who transferred is still in the chat, a cold transfer releases them when it is accepted.
    release: 'on-accept',
    originalTaskSid: trace.originalTaskSid,
    from,
    target: trace.target,
    to: returned?.to ?? to,
    requestedAt: createdAt,
    answerWithinMs,
  };
  if (record === undefined) return note === undefined ? transfer : { ...transfer, note };

  const offered: Transfer = {
    ...transfer,
    state: returned?.reason ?? 'offered',
    transferTaskSid: taskSid,
    answerBy: createdAt + answerWithinMs,
    ...(declinedBy.length === 0 ? {} : { declinedBy: [...declinedBy] }),
    ...(returned === undefined ? {} : { untakenReason: returned.reason }),
  };
  if (record.state === 'waiting') return note === undefined ? offered : { ...offered, note };

  const wasTaken = record.worker !== undefined && returned === undefined;
  const untakenReason = returned?.reason ?? 'unanswered';
  return {
    ...offered,
    ...(wasTaken ? { state: 'accepted' } : { state: 'returned', untakenReason }),
    endedAt: record.openedAt,
  };
}
