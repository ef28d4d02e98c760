/**
 * Offers a task to a worker with a pending reservation, and ends a pending reservation that was not accepted.
 * reservations.ts handles what a worker does with a reservation.
 */
import { announceReservation, pushTask, workersOn } from './announce.js';
import { setActivity } from './availability.js';
import type { Core } from './core.js';
import { isLive, type Reservation, reservationsWithStatus, type Task, type Worker } from './state.js';
import { settleTransfer } from './transfer-outcome.js';

/** For tasks without a workflow. */
const DEFAULT_TIMEOUT_SECONDS = 120;

/** Offers the task to the worker. Does not check whether the worker can take it. */
export function reserve(core: Core, task: Task, worker: Worker): Reservation {
  const { clock } = core.sandbox;
  const reservation: Reservation = {
    ...core.newEntity('WR'),
    task,
    worker,
    status: 'pending',
    timeout: task.workflow?.taskReservationTimeout ?? DEFAULT_TIMEOUT_SECONDS,
    previousActivitySid: worker.activity.sid,
    transfer: task.transfer,
    isSetUpStarted: false,
    timer: undefined,
  };
  task.workspace.reservations.set(reservation.sid, reservation);
  task.reservations.push(reservation);
  worker.reservations.add(reservation);
  task.status = 'reserved';
  core.touch(task);
  core.touch(worker);
  const channel = worker.channels.get(task.taskChannel.sid);
  if (channel !== undefined) channel.lastReservedAtMs = clock.nowMs();
  reservation.timer = clock.after(reservation.timeout * 1000, () => timeOut(core, reservation));
  announceReservation(core, reservation, 'reservation.created');
  const otherWorkers = workersOn(task);
  otherWorkers.delete(worker);
  pushTask(core, task, 'task.updated', otherWorkers);
  return reservation;
}

function timeOut(core: Core, reservation: Reservation): void {
  const { task, worker } = reservation;
  if (core.sandbox.quirks.reservationTimeoutEndsTarget && task.step !== undefined) task.step.isLeft = true;
  const activity = worker.workspace.activities.get(worker.workspace.timeoutActivitySid);
  endPendingReservation(core, reservation, 'timeout');
  if (activity !== undefined && worker.activity !== activity) setActivity(core, worker, activity);
  core.reroute(worker.workspace);
}

/**
 * Ends a pending reservation that was not accepted. Without another pending one, the task is `pending` again,
 * or `assigned` when it stays with the initiator of a transfer.
 */
export function endPendingReservation(
  core: Core,
  reservation: Reservation,
  status: 'rejected' | 'timeout' | 'canceled',
  eventType = `reservation.${status}`,
): void {
  const { task, worker } = reservation;
  core.sandbox.clock.cancel(reservation.timer);
  reservation.status = status;
  core.touch(reservation);
  task.unacceptedOffers.set(worker.sid, (task.unacceptedOffers.get(worker.sid) ?? 0) + 1);
  if (task.status === 'reserved' && reservationsWithStatus(task, 'pending').length === 0) {
    // A rejected transfer leaves the task with its initiator; a queue offers it to the next worker instead.
    const hasWorker = task.reservations.some(isLive);
    const triesNextWorker = task.transfer?.type === 'QUEUE' && status !== 'canceled';
    task.status = hasWorker && !triesNextWorker ? 'assigned' : 'pending';
    core.touch(task);
  }
  settleTransfer(core, reservation);
  announceReservation(core, reservation, eventType);
  pushTask(core, task, 'task.updated');
  core.reroute(task.workspace);
}
