/** Publishes a change of a reservation to its worker, and a change of a task to every worker on it. */
import type { Core } from './core.js';
import { isLive, type Reservation, type Task, type Worker } from './state.js';

export function announceReservation(core: Core, reservation: Reservation, type: string): void {
  core.push(reservation.worker, type, { kind: 'reservation', reservation });
  core.emit(reservation.task.workspace, type, { reservation });
}

/** Returns the workers with a live reservation on the task. */
export function workersOn(task: Task): Set<Worker> {
  return new Set(task.reservations.filter(isLive).map((reservation) => reservation.worker));
}

/** Sends a task frame but emits no event, for changes that Twilio logs only as another event. */
export function pushTask(
  core: Core,
  task: Task,
  type: string,
  workers: Iterable<Worker> = workersOn(task),
): void {
  for (const worker of workers) core.push(worker, type, { kind: 'task', task });
}

export function announceTask(core: Core, task: Task, type: string, workers?: Iterable<Worker>): void {
  pushTask(core, task, type, workers);
  core.emit(task.workspace, type, { task });
}
