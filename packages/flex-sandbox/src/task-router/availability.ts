/**
 * Whether a worker can take a task: their activity, and their capacity on each task channel.
 *
 * The worker SDK counts a worker's version itself, so the server must count in the same way: plus one for new
 * attributes, a new activity, a channel's new capacity or availability, and each new reservation. Other
 * changes do not count.
 */
import { badRequest } from '../api-error.js';
import type { Core } from './core.js';
import { type Activity, isLive, type TaskChannel, type Worker, type WorkerChannel } from './state.js';

export function setActivity(core: Core, worker: Worker, activity: Activity): void {
  worker.activity = activity;
  worker.statusChangedAtMs = core.sandbox.clock.nowMs();
  core.touch(worker);
  core.push(worker, 'worker.activity.update', { kind: 'worker' });
  core.emit(worker.workspace, 'worker.activity.update', { worker });
  core.reroute(worker.workspace);
}

/** Adds a worker channel with Twilio's default capacity of one task. */
export function addWorkerChannel(core: Core, worker: Worker, taskChannel: TaskChannel): void {
  worker.channels.set(taskChannel.sid, {
    ...core.newEntity('WC'),
    worker,
    taskChannel,
    capacity: 1,
    available: true,
    lastReservedAtMs: 0,
  });
}

export interface WorkerChannelSettings {
  readonly capacity?: number | undefined;
  readonly available?: boolean | undefined;
}

export function updateWorkerChannel(
  core: Core,
  channel: WorkerChannel,
  settings: WorkerChannelSettings,
): void {
  const announce = (type: string) => {
    core.touch(channel);
    core.touch(channel.worker);
    core.push(channel.worker, type, { kind: 'channel', channel });
    core.emit(channel.worker.workspace, type, { worker: channel.worker });
  };
  if (settings.capacity !== undefined) {
    if (!Number.isInteger(settings.capacity) || settings.capacity < 0) {
      throw badRequest('Capacity must be a whole number that is not negative');
    }
    channel.capacity = settings.capacity;
    announce('worker.capacity.update');
  }
  if (settings.available !== undefined) {
    channel.available = settings.available;
    announce('worker.channel.availability.update');
  }
  core.reroute(channel.worker.workspace);
}

/** Counts the worker's live reservations on this task channel. */
export function countAssignedTasks({ worker, taskChannel }: WorkerChannel): number {
  let count = 0;
  for (const reservation of worker.reservations) {
    if (isLive(reservation) && reservation.task.taskChannel === taskChannel) count++;
  }
  return count;
}

/** Whether the worker is available and has capacity for one more task on this task channel. */
export function hasCapacity(worker: Worker, taskChannel: TaskChannel): boolean {
  const channel = worker.channels.get(taskChannel.sid);
  if (channel === undefined || !channel.available || !worker.activity.available) return false;
  return countAssignedTasks(channel) < channel.capacity;
}
