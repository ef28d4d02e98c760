/**
 * A transfer from its offer to its end. Either an agent takes the chat, or the target does not take it. If the target does
 * not, an agent who is in the chat keeps it. If the chat has no agent, the transfer task returns to the agent or the queue
 * it came from.
 */
import { cancelTask, recallTransfer, redirectTask } from '../effects';
import type { ConversationEvent } from '../events';
import { fail, type Result, succeed } from '../failure';
import { agentsInChat, findTransfer, type Ledger } from '../ledger';
import { buildUntakenNotice } from '../notice/build-notice';
import type { TaskSid, WorkerSid } from '../sids';
import {
  endTransfer,
  isPending,
  type Transfer,
  type TransferState,
  type UntakenReason,
  type WorkerRef,
} from '../transfer';
import { type Decision, postNotices, withoutEffects } from './decision';

type EventOf<Type extends ConversationEvent['type']> = Extract<ConversationEvent, { type: Type }>;

/** Moves the open transfer to the past transfers, in its end state. */
export function closeTransfer(ledger: Ledger, transfer: Transfer, state: TransferState, at: number): Ledger {
  const { transfer: _open, ...rest } = ledger;
  return { ...rest, past: [...ledger.past, endTransfer(transfer, state, at)] };
}

/**
 * Call it when an agent has joined the chat on this task. Closes a pending transfer as `accepted` if this is its transfer
 * task, and a returning transfer as `returned` on any task.
 */
export function closeTakenTransfer(ledger: Ledger, taskSid: TaskSid, at: number): Decision {
  const { transfer } = ledger;
  if (transfer === undefined) return withoutEffects(ledger);
  const { transferTaskSid } = transfer;
  const isTransferTask = transferTaskSid === taskSid;
  if (isPending(transfer)) {
    return withoutEffects(isTransferTask ? closeTransfer(ledger, transfer, 'accepted', at) : ledger);
  }
  return {
    ledger: closeTransfer(ledger, transfer, 'returned', at),
    // The chat has an agent on another task, so the transfer task needs none.
    effects: isTransferTask || transferTaskSid === undefined ? [] : [cancelTask(transferTaskSid)],
  };
}

/**
 * Call it before a worker joins the chat on this task. If the worker is not the target, the workflow has offered the task to
 * others after the target's time, and the event about that is late: the target did not take the chat.
 */
export function endPassedOffer(ledger: Ledger, taskSid: TaskSid, worker: WorkerRef, at: number): Decision {
  const { transfer } = ledger;
  if (transfer === undefined || transfer.transferTaskSid !== taskSid || !isPending(transfer)) {
    return withoutEffects(ledger);
  }
  const { target, from, answerBy = 0, cancelledBy, declinedBy = [] } = transfer;
  const isTarget =
    target.kind === 'worker' ? worker.sid === target.workerSid : worker.sid !== from.sid || at < answerBy;
  if (isTarget) return withoutEffects(ledger);
  const untakenReason = cancelledBy === undefined ? 'unanswered' : 'cancelled';
  const excluded = target.kind === 'worker' ? { declinedBy: [...declinedBy, target.workerSid] } : {};
  return {
    ledger: { ...ledger, transfer: { ...transfer, ...excluded, state: untakenReason, untakenReason } },
    effects: postNotices(ledger, buildUntakenNotice(transfer, untakenReason, { isLooking: false })),
  };
}

/** Call it when this task has ended. Closes the open transfer if this is its transfer task: no agent has accepted it. */
export function closeUntakenTransfer(ledger: Ledger, taskSid: TaskSid, at: number): Decision {
  const { transfer } = ledger;
  if (transfer === undefined || transfer.transferTaskSid !== taskSid) return withoutEffects(ledger);
  if (!isPending(transfer)) return withoutEffects(closeTransfer(ledger, transfer, transfer.state, at));

  const untakenReason = transfer.cancelledBy === undefined ? 'unanswered' : 'cancelled';
  const state = hasNoAgent(ledger) ? untakenReason : endStateFor(untakenReason);
  return {
    ledger: closeTransfer(ledger, { ...transfer, untakenReason }, state, at),
    effects: postNotices(ledger, buildUntakenNotice(transfer, untakenReason, { isLooking: false })),
  };
}

export function declineOffer(
  ledger: Ledger,
  { taskSid, workerSid, at }: EventOf<'offer-declined'>,
): Decision {
  return excludeWorker(ledger, taskSid, workerSid, 'declined', at);
}

export function expireOffer(ledger: Ledger, { taskSid, workerSid, at }: EventOf<'offer-expired'>): Decision {
  if (workerSid !== undefined) return excludeWorker(ledger, taskSid, workerSid, 'unanswered', at);
  const { transfer } = ledger;
  if (transfer?.transferTaskSid !== taskSid || !isPending(transfer)) return withoutEffects(ledger);
  return endOffer(ledger, withoutTarget(transfer), 'unanswered', at);
}

/** The reservation of a target worker may be pending. The redirected task must not be offered to them. */
function withoutTarget(transfer: Transfer): Transfer {
  const { target, declinedBy = [] } = transfer;
  return target.kind === 'worker' ? { ...transfer, declinedBy: [...declinedBy, target.workerSid] } : transfer;
}

/**
 * Call it when the target's time is over and its reservation rings on. TaskRouter goes on with its workflow only when the
 * reservation has ended, so the offer ends then.
 */
export function extendOffer(ledger: Ledger, { taskSid, until }: EventOf<'offer-rings-on'>): Decision {
  const { transfer } = ledger;
  const isOffered = transfer?.transferTaskSid === taskSid && transfer.state === 'offered';
  return withoutEffects(isOffered ? { ...ledger, transfer: { ...transfer, ringsUntil: until } } : ledger);
}

/**
 * A worker declined or did not answer the reservation of the transfer task. If the worker is the target, the offer ends. If
 * the target is a queue, TaskRouter asks the next worker until the time to answer is over. A task that returns is not
 * offered to this worker again.
 */
function excludeWorker(
  ledger: Ledger,
  taskSid: TaskSid,
  workerSid: WorkerSid,
  untakenReason: UntakenReason,
  at: number,
): Decision {
  const { transfer } = ledger;
  if (transfer === undefined || transfer.transferTaskSid !== taskSid) return withoutEffects(ledger);
  const { target, declinedBy = [], answerBy = Number.POSITIVE_INFINITY } = transfer;
  const withExcluded: Transfer = { ...transfer, declinedBy: [...declinedBy, workerSid] };
  if (isPending(transfer)) {
    const isTarget = target.kind === 'worker' && target.workerSid === workerSid;
    if (isTarget) return endOffer(ledger, withExcluded, untakenReason, at);
    // A reservation can ring on after the time to answer. TaskRouter reports no timeout of the target then.
    return at < answerBy
      ? withoutEffects(ledger)
      : endOffer(ledger, withoutTarget(withExcluded), 'unanswered', at);
  }
  if (declinedBy.includes(workerSid)) return withoutEffects(ledger);
  return { ledger: { ...ledger, transfer: withExcluded }, effects: [redirectTask(transfer.id)] };
}

/**
 * The target does not take the chat. If an agent is in the chat, they keep it and the transfer ends. If the chat has no
 * agent, the transfer task returns to the agent or the queue it came from, and the transfer stays open until one joins.
 */
function endOffer(ledger: Ledger, transfer: Transfer, untakenReason: UntakenReason, at: number): Decision {
  const { id, transferTaskSid } = transfer;
  const isLooking = hasNoAgent(ledger);
  const notices = postNotices(ledger, buildUntakenNotice(transfer, untakenReason, { isLooking }));
  if (isLooking) {
    return {
      ledger: { ...ledger, transfer: { ...transfer, state: untakenReason, untakenReason } },
      effects: [redirectTask(id), ...notices],
    };
  }
  return {
    ledger: closeTransfer(ledger, { ...transfer, untakenReason }, endStateFor(untakenReason), at),
    effects: [...notices, ...(transferTaskSid === undefined ? [] : [cancelTask(transferTaskSid)])],
  };
}

/** No agent has taken the chat back in time. The transfer ends, and its task waits for an agent like any other task. */
export function expireReturn(ledger: Ledger, transferId: string, at: number): Decision {
  const { transfer } = ledger;
  const isReturning = transfer?.id === transferId && !isPending(transfer);
  return withoutEffects(isReturning ? closeTransfer(ledger, transfer, transfer.state, at) : ledger);
}

const hasNoAgent = (ledger: Ledger): boolean => agentsInChat(ledger).length === 0;

/** The end state of an untaken transfer while an agent is in the chat. */
const endStateFor = (untakenReason: UntakenReason): TransferState =>
  untakenReason === 'cancelled' ? 'cancelled' : 'returned';

/** Starts a cancellation: the transfer is cancelled if its recall succeeds. A repeated request changes nothing. */
export function requestCancel(ledger: Ledger, event: EventOf<'cancel-requested'>): Result<Decision> {
  const transfer = findTransfer(ledger, event.transferId);
  if (transfer === undefined) return fail({ code: 'not-allowed' });
  switch (transfer.state) {
    case 'requested':
    case 'offered':
      if (transfer.cancelledBy !== undefined) return succeed(withoutEffects(ledger));
      return succeed({
        ledger: { ...ledger, transfer: { ...transfer, cancelledBy: event.by } },
        effects: [recallTransfer(transfer.id)],
      });
    case 'cancelled':
      return succeed(withoutEffects(ledger));
    case 'accepted':
      return fail({ code: 'transfer-accepted', ...findAcceptingAgent(ledger, transfer) });
    case 'declined':
    case 'unanswered':
    case 'returned':
    case 'abandoned':
    case 'failed':
      return transfer.untakenReason === 'cancelled'
        ? succeed(withoutEffects(ledger))
        : fail({ code: 'transfer-over', state: transfer.state });
  }
}

/** The public name of the agent who accepted the transfer. Empty if the ledger has dropped the transfer task. */
export function findAcceptingAgent(
  ledger: Ledger,
  { transferTaskSid }: Transfer,
): { readonly name?: string } {
  const worker = transferTaskSid === undefined ? undefined : ledger.tasks[transferTaskSid]?.worker;
  return worker === undefined ? {} : { name: worker.publicName };
}

export function completeCancel(ledger: Ledger, { transferId, at }: EventOf<'transfer-recalled'>): Decision {
  const { transfer } = ledger;
  // A transfer that is still `requested` has no task to recall. `offerTransfer` recalls it as soon as it has one.
  return transfer?.id === transferId && transfer.state === 'offered'
    ? endOffer(ledger, transfer, 'cancelled', at)
    : withoutEffects(ledger);
}

export function clearCancelRequest(ledger: Ledger, { transferId }: EventOf<'recall-failed'>): Decision {
  const { transfer } = ledger;
  if (transfer?.id !== transferId || transfer.cancelledBy === undefined || !isPending(transfer)) {
    return withoutEffects(ledger);
  }
  const { cancelledBy: _cleared, ...pending } = transfer;
  return withoutEffects({ ...ledger, transfer: pending });
}
