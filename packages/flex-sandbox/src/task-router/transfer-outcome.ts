/** Ends a `task.transfer()` and sends the outcome to the worker who started it. */
import type { Core } from './core.js';
import { hasEnded, isLive, type Reservation, type Transfer, type TransferStatus } from './state.js';

/** Applies the outcome of a transfer's reservation to the transfer. Ignores other reservations. */
export function settleTransfer(core: Core, reservation: Reservation): void {
  const { transfer, status } = reservation;
  if (transfer === undefined || transfer.status !== 'initiated') return;
  if (status === 'accepted') {
    closeTransfer(core, transfer, 'complete');
    pushTransfer(core, transfer, 'task.transfer-completed');
  } else if (status === 'canceled') {
    // The code that cancels the reservation also ends the transfer.
  } else if (transfer.type === 'WORKER') {
    failTransfer(core, transfer, `Transfer failed because the reservation was ${status}`);
  } else {
    transfer.failedReason = `Transfer attempt failed on reservation ${status}`;
    pushTransfer(core, transfer, 'task.transfer-attempt-failed');
  }
}

/** Closes the transfer as failed and tells its initiator the reason. */
export function failTransfer(core: Core, transfer: Transfer, reason: string): void {
  transfer.failedReason = reason;
  returnToInitiator(core, transfer, 'failed');
  pushTransfer(core, transfer, 'task.transfer-failed');
}

/** Closes the transfer. The task stays with its initiator, or is `pending` again when no worker is on it. */
export function returnToInitiator(core: Core, transfer: Transfer, status: 'failed' | 'canceled'): void {
  const { task } = transfer;
  closeTransfer(core, transfer, status);
  if (task.status === 'assigned' || hasEnded(task)) return;
  task.status = task.reservations.some(isLive) ? 'assigned' : 'pending';
  core.touch(task);
  core.reroute(task.workspace);
}

export function closeTransfer(core: Core, transfer: Transfer, status: TransferStatus): void {
  transfer.status = status;
  core.touch(transfer);
  transfer.task.transfer = undefined;
  transfer.task.step = undefined;
}

export function pushTransfer(core: Core, transfer: Transfer, type: string): void {
  core.push(transfer.initiator.worker, type, { kind: 'transfer', transfer });
}
