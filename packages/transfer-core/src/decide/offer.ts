/**
 * What becomes of a transfer once it is offered: somebody takes it, or nobody does and the chat stays with whoever is
 * in it, or goes back to where it came from.
 */

import { cancelTask, recallTransfer, redirectTask } from '../effects';
import type { ConversationEvent } from '../events';
import { fail, type Result, succeed } from '../failure';
import { agentsInChat, findTransfer, type Ledger } from '../ledger';
import { buildUntakenNotice } from '../notice/build-notice';
import type { TaskSid, WorkerSid } from '../sids';
import { endTransfer, isPending, type Transfer, type TransferState, type UntakenReason } from '../transfer';
import { type Decision, postNotices, withoutEffects } from './decision';

type EventOf<Type extends ConversationEvent['type']> = Extract<ConversationEvent, { type: Type }>;

/** The ledger without its open transfer, which is past now. */
export function closeTransfer(ledger: Ledger, transfer: Transfer, state: TransferState, at: number): Ledger {
  const { transfer: _open, ...rest } = ledger;
  return { ...rest, past: [...ledger.past, endTransfer(transfer, state, at)] };
}

/** Somebody is in the chat now on this task: that ends the transfer it was made for, and one that is on its way back. */
export function closeTakenTransfer(ledger: Ledger, taskSid: TaskSid, at: number): Decision {
  const { transfer } = ledger;
  if (transfer === undefined) return withoutEffects(ledger);
  const isIts = transfer.transferTaskSid === taskSid;
  if (isPending(transfer))
    return withoutEffects(isIts ? closeTransfer(ledger, transfer, 'accepted', at) : ledger);

  const { transferTaskSid } = transfer;
  return {
    ledger: closeTransfer(ledger, transfer, 'returned', at),
    // The chat has an agent again by another way: nobody need come back for it.
    effects: isIts || transferTaskSid === undefined ? [] : [cancelTask(transferTaskSid)],
  };
}

/** The transfer's task ended and nobody had taken it. */
export function closeUntakenTransfer(ledger: Ledger, taskSid: TaskSid, at: number): Decision {
  const { transfer } = ledger;
  if (transfer === undefined || transfer.transferTaskSid !== taskSid) return withoutEffects(ledger);
  if (!isPending(transfer)) return withoutEffects(closeTransfer(ledger, transfer, transfer.state, at));

  const untakenReason = transfer.cancelledBy === undefined ? 'unanswered' : 'cancelled';
  const isAlone = agentsInChat(ledger).length === 0;
  return {
    ledger: closeTransfer(
      ledger,
      { ...transfer, untakenReason },
      isAlone ? untakenReason : endStateFor(untakenReason),
      at,
    ),
    effects: postNotices(ledger, buildUntakenNotice(transfer, untakenReason, false)),
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
  // It may still ring for its target: they are not to have it any more.
  const { target } = transfer;
  const passedOver = target.kind === 'worker' ? { declinedBy: [target.workerSid] } : {};
  return endOffer(ledger, { ...transfer, ...passedOver }, 'unanswered', at);
}

/** A worker did not take what was offered to them. In a queue the next one is asked: that is TaskRouter's business. */
function excludeWorker(
  ledger: Ledger,
  taskSid: TaskSid,
  workerSid: WorkerSid,
  untakenReason: UntakenReason,
  at: number,
): Decision {
  const { transfer } = ledger;
  if (transfer === undefined || transfer.transferTaskSid !== taskSid) return withoutEffects(ledger);
  const { target, declinedBy = [] } = transfer;
  const without: Transfer = { ...transfer, declinedBy: [...declinedBy, workerSid] };
  if (isPending(transfer)) {
    const isTarget = target.kind === 'worker' && target.workerSid === workerSid;
    return isTarget ? endOffer(ledger, without, untakenReason, at) : withoutEffects(ledger);
  }
  // On its way back it goes on without those who would not have it.
  if (declinedBy.includes(workerSid)) return withoutEffects(ledger);
  return { ledger: { ...ledger, transfer: without }, effects: [redirectTask(transfer.id)] };
}

/**
 * Nobody takes the transfer. An agent who is in the chat goes on with it; otherwise its task goes back to the agent
 * and the queue it came from, and stays open until somebody has the chat.
 */
function endOffer(ledger: Ledger, transfer: Transfer, untakenReason: UntakenReason, at: number): Decision {
  const { id, transferTaskSid } = transfer;
  const isAlone = agentsInChat(ledger).length === 0;
  const told = postNotices(ledger, buildUntakenNotice(transfer, untakenReason, isAlone));
  if (isAlone) {
    return {
      ledger: { ...ledger, transfer: { ...transfer, state: untakenReason, untakenReason } },
      effects: [redirectTask(id), ...told],
    };
  }
  return {
    ledger: closeTransfer(ledger, { ...transfer, untakenReason }, endStateFor(untakenReason), at),
    effects: [...told, ...(transferTaskSid === undefined ? [] : [cancelTask(transferTaskSid)])],
  };
}

/** How a transfer ends that nobody took while an agent is in the chat. */
const endStateFor = (untakenReason: UntakenReason): TransferState =>
  untakenReason === 'cancelled' ? 'cancelled' : 'returned';

/** A cancellation is settled by whether the task can still be taken back; asking for it again changes nothing. */
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

/** Whoever accepted a transfer, by public name. */
export function findAcceptingAgent(
  ledger: Ledger,
  { transferTaskSid }: Transfer,
): { readonly name?: string } {
  const taker = transferTaskSid === undefined ? undefined : ledger.tasks[transferTaskSid]?.worker;
  return taker === undefined ? {} : { name: taker.publicName };
}

export function completeCancel(ledger: Ledger, { transferId, at }: EventOf<'transfer-recalled'>): Decision {
  const { transfer } = ledger;
  // What has no task yet cannot have been taken back, nor go anywhere: it is once the task is there.
  return transfer?.id === transferId && transfer.state === 'offered'
    ? endOffer(ledger, transfer, 'cancelled', at)
    : withoutEffects(ledger);
}

export function clearCancelRequest(ledger: Ledger, { transferId }: EventOf<'recall-failed'>): Decision {
  const { transfer } = ledger;
  if (transfer?.id !== transferId || transfer.cancelledBy === undefined || !isPending(transfer)) {
    return withoutEffects(ledger);
  }
  const { cancelledBy: _nobody, ...goesOn } = transfer;
  return withoutEffects({ ...ledger, transfer: goesOn });
}
