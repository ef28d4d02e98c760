/** What a worker does with a reservation: accept, reject, wrap up, complete. */
import { badRequest } from '../api-error.js';
import { announceReservation, announceTask, pushTask } from './announce.js';
import { endPendingReservation } from './assignment.js';
import { setActivity } from './availability.js';
import type { Core } from './core.js';
import { isLive, isOnHold, lookUp, type Reservation, reservationsWithStatus, type SetUp } from './state.js';
import { finishTask, limitAssignment } from './tasks.js';
import { settleTransfer } from './transfer-outcome.js';
import { checkVersion } from './values.js';

export interface ReservationChanges {
  /** `accepted`, `rejected`, `wrapping` or `completed`. */
  readonly reservationStatus?: string | undefined;
  /** The worker's new activity after a rejection. */
  readonly workerActivitySid?: string | undefined;
  /** Refused: instructions are for calls. */
  readonly instruction?: string | undefined;
}

/** Throws 412/20412 when `ifMatch` names another version, 400/20001 when the status forbids the change. */
export function updateReservation(
  core: Core,
  reservation: Reservation,
  changes: ReservationChanges,
  ifMatch?: string,
): void {
  checkVersion(reservation, ifMatch);
  if (changes.instruction !== undefined) {
    throw badRequest(`Instruction ${changes.instruction} is for calls, which the sandbox does not imitate`);
  }
  switch (changes.reservationStatus) {
    case 'accepted':
      accept(core, reservation);
      break;
    case 'rejected':
      reject(core, reservation, changes.workerActivitySid);
      break;
    case 'wrapping':
      wrap(core, reservation);
      break;
    case 'completed':
      complete(core, reservation);
      break;
    default:
      throw badRequest(`Invalid ReservationStatus ${changes.reservationStatus}`);
  }
  core.reroute(reservation.task.workspace);
}

function accept(core: Core, reservation: Reservation): void {
  requireStatus(reservation, 'accept', 'pending');
  const setUp = core.planSetUp(reservation);
  if (setUp === undefined) assign(core, reservation);
  else hold(core, reservation, setUp);
}

/**
 * Keeps the reservation on hold during the set-up. No timeout ends it meanwhile, but a cancelled task does.
 * https://support.twilio.com/hc/en-us/articles/42786996187419
 */
function hold(core: Core, reservation: Reservation, { durationMs, getOutcome }: SetUp): void {
  const { clock } = core.sandbox;
  clock.cancel(reservation.timer);
  reservation.isSetUpStarted = true;
  reservation.timer = clock.after(durationMs, () => {
    const outcome = getOutcome();
    if (outcome === 'accepted') assign(core, reservation);
    else endPendingReservation(core, reservation, 'canceled', `reservation.${outcome}`);
    core.reroute(reservation.task.workspace);
  });
}

function assign(core: Core, reservation: Reservation): void {
  const { task } = reservation;
  const { clock } = core.sandbox;
  clock.cancel(reservation.timer);
  clock.cancel(task.timers.step);
  reservation.status = 'accepted';
  core.touch(reservation);
  task.status = 'assigned';
  limitAssignment(core, task);
  task.unacceptedOffers.clear();
  core.touch(task);
  for (const other of reservationsWithStatus(task, 'pending')) {
    clock.cancel(other.timer);
    other.status = 'rescinded';
    core.touch(other);
    announceReservation(core, other, 'reservation.rescinded');
  }
  settleTransfer(core, reservation);
  announceReservation(core, reservation, 'reservation.accepted');
  pushTask(core, task, 'task.updated');
}

function reject(core: Core, reservation: Reservation, activitySid: string | undefined): void {
  requireStatus(reservation, 'reject', 'pending');
  const { worker } = reservation;
  const activity =
    activitySid === undefined ? undefined : lookUp(worker.workspace, 'activities', activitySid);
  endPendingReservation(core, reservation, 'rejected');
  if (activity !== undefined) setActivity(core, worker, activity);
}

/** Wraps up the task too when no other reservation is accepted or pending and no transfer is open. */
function wrap(core: Core, reservation: Reservation): void {
  requireStatus(reservation, 'wrap up', 'accepted');
  const { task } = reservation;
  reservation.status = 'wrapping';
  core.touch(reservation);
  const isLast =
    reservationsWithStatus(task, 'accepted', 'pending').length === 0 && task.transfer === undefined;
  if (isLast) {
    task.status = 'wrapping';
    core.touch(task);
  }
  announceReservation(core, reservation, 'reservation.wrapup');
  if (isLast) announceTask(core, task, 'task.wrapup');
}

/** Completes the task too when no other reservation is live and no transfer is open. */
function complete(core: Core, reservation: Reservation): void {
  requireStatus(reservation, 'complete', 'accepted', 'wrapping');
  const { task } = reservation;
  const hasOtherWorker = task.reservations.some((other) => other !== reservation && isLive(other));
  if (!hasOtherWorker && task.transfer === undefined) {
    finishTask(core, task, 'completed');
    return;
  }
  reservation.status = 'completed';
  core.touch(reservation);
  announceReservation(core, reservation, 'reservation.completed');
}

function requireStatus(
  reservation: Reservation,
  verb: string,
  ...allowed: readonly Reservation['status'][]
): void {
  const { sid, status } = reservation;
  if (allowed.includes(status) && !isOnHold(reservation)) return;
  throw badRequest(
    `Unable to ${verb} reservation ${sid}: it is not currently ${allowed.join(' or ')} ` +
      `(status ${isOnHold(reservation) ? 'onHold' : status})`,
  );
}
