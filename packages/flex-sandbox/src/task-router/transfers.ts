/**
 * `task.transfer()` of the worker SDK: offers the same task to a second worker. Flex uses it for calls. Chat
 * plugins usually replace Flex's transfer action. Without such a plugin, Flex sends this request for chats
 * too.
 */
import { badRequest } from '../api-error.js';
import { announceReservation, pushTask } from './announce.js';
import { endPendingReservation, reserve } from './assignment.js';
import { hasCapacity } from './availability.js';
import type { Core } from './core.js';
import { lookUp, reservationsWithStatus, type Task, type Transfer, type Worker } from './state.js';
import { failTransfer, pushTransfer, returnToInitiator } from './transfer-outcome.js';
import { type AttributesInput, parseTaskAttributes } from './values.js';

export interface TransferRequest {
  readonly reservationSid: string;
  readonly taskSid: string;
  /** SID of a worker or a queue. */
  readonly to: string;
  /** `WARM` keeps the initiator on the task, `COLD` wraps up their reservation at once. */
  readonly mode?: string | undefined;
  readonly attributes?: AttributesInput | undefined;
  readonly priority?: number | undefined;
}

/** Throws 400 unless the worker has accepted the task and no transfer of it is open. */
export function createTransfer(core: Core, worker: Worker, request: TransferRequest): Transfer {
  const { workspace } = worker;
  const initiator = lookUp(workspace, 'reservations', request.reservationSid);
  const task = lookUp(workspace, 'tasks', request.taskSid);
  const mode = (request.mode ?? 'WARM').toUpperCase();
  if (mode !== 'WARM' && mode !== 'COLD') throw badRequest(`Invalid Mode ${request.mode}`);
  if (initiator.worker !== worker || initiator.task !== task) {
    throw badRequest('Reservation does not belong to this worker and task');
  }
  if (initiator.status !== 'accepted') {
    throw badRequest(`Cannot transfer: reservation ${initiator.sid} is not accepted`);
  }
  if (task.transfer !== undefined)
    throw badRequest('An active outgoing transfer already exists for this task');
  const target = findTarget(worker, request.to);
  const attributes =
    request.attributes === undefined ? task.attributes : parseTaskAttributes(request.attributes);

  const transfer: Transfer = {
    ...core.newEntity('TT'),
    task,
    initiator,
    mode,
    type: target === undefined ? 'QUEUE' : 'WORKER',
    to: request.to,
    initiatingQueueSid: task.queue?.sid ?? null,
    status: 'initiated',
    failedReason: undefined,
  };
  workspace.transfers.set(transfer.sid, transfer);
  task.attributes = attributes;
  if (request.priority !== undefined) task.priority = request.priority;
  task.transfer = transfer;
  task.step = undefined;
  task.unacceptedOffers.clear();
  pushTransfer(core, transfer, 'task.transfer-initiated');
  if (mode === 'COLD') {
    initiator.status = 'wrapping';
    core.touch(initiator);
    announceReservation(core, initiator, 'reservation.wrapup');
  }
  offerTransfer(core, task, transfer, target);
  return transfer;
}

/** Returns the target worker; `undefined` for a queue. */
function findTarget({ workspace }: Worker, to: string): Worker | undefined {
  if (to.startsWith('WK')) return lookUp(workspace, 'workers', to);
  if (!to.startsWith('WQ')) throw badRequest('To must be a Worker or TaskQueue sid');
  lookUp(workspace, 'taskQueues', to);
  return undefined;
}

function offerTransfer(core: Core, task: Task, transfer: Transfer, target: Worker | undefined): void {
  if (target === undefined) {
    task.status = 'pending';
    core.touch(task);
    pushTask(core, task, 'task.updated');
    core.reroute(task.workspace);
  } else if (hasCapacity(target, task.taskChannel)) {
    reserve(core, task, target);
  } else {
    failTransfer(core, transfer, 'Transfer failed because the worker is not available');
  }
}

/** Throws 400 when the transfer has ended. */
export function cancelTransfer(core: Core, transfer: Transfer): void {
  if (transfer.status !== 'initiated') throw badRequest('Transfer is not currently initiated');
  transfer.status = 'canceled';
  for (const reservation of reservationsWithStatus(transfer.task, 'pending'))
    endPendingReservation(core, reservation, 'canceled');
  returnToInitiator(core, transfer, 'canceled');
  pushTransfer(core, transfer, 'task.transfer-canceled');
}
