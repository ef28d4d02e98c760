/**
 * A reservation from its making to its answer: a task is offered to a worker, and the offer ends unaccepted.
 * What the worker does with an accepted one is in `reservations`.
 */
import { announceReservation, pushTask, workersOn } from './announce.js';
import { setActivity } from './availability.js';
import type { Core } from './core.js';
import { isLive, type Reservation, reservationsIn, type Task, type Worker } from './state.js';
import { settleTransfer } from './transfer-outcome.js';

/** Seconds, for tasks that go round every workflow. */
const DEFAULT_RESERVATION_TIMEOUT = 120;

/** Offers the task to the worker; nobody else may be asked whether that is wise. */
export function reserve(core: Core, task: Task, worker: Worker): Reservation {
  const { clock } = core.sandbox;
  const reservation: Reservation = {
    ...core.newEntity('WR'),
    task,
    worker,
    status: 'pending',
    timeout: task.workflow?.taskReservationTimeout ?? DEFAULT_RESERVATION_TIMEOUT,
    previousActivitySid: worker.activity.sid,
    transfer: task.transfer,
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
  const others = workersOn(task);
  others.delete(worker);
  pushTask(core, task, 'task.updated', others);
  return reservation;
}

function timeOut(core: Core, reservation: Reservation): void {
  const { worker } = reservation;
  const away = worker.workspace.activities.get(worker.workspace.timeoutActivitySid);
  endPending(core, reservation, 'timeout');
  if (away !== undefined && worker.activity !== away) setActivity(core, worker, away);
  core.reroute(worker.workspace);
}

/** Ends an offer that was not accepted; the task waits again unless others still think about it. */
export function endPending(
  core: Core,
  reservation: Reservation,
  status: 'rejected' | 'timeout' | 'canceled',
): void {
  const { task, worker } = reservation;
  core.sandbox.clock.cancel(reservation.timer);
  reservation.status = status;
  core.touch(reservation);
  task.refusals.set(worker.sid, (task.refusals.get(worker.sid) ?? 0) + 1);
  if (task.status === 'reserved' && reservationsIn(task, 'pending').length === 0) {
    // During a transfer the initiator still holds the task; one to a queue goes on to the next worker.
    const isHeld = task.reservations.some(isLive);
    const goesOn = task.transfer?.type === 'QUEUE' && status !== 'canceled';
    task.status = isHeld && !goesOn ? 'assigned' : 'pending';
    core.touch(task);
  }
  settleTransfer(core, reservation);
  announceReservation(core, reservation, `reservation.${status}`);
  pushTask(core, task, 'task.updated');
  core.reroute(task.workspace);
}
