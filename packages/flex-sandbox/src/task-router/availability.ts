/**
 * Whether a worker can take work: the activity, and per kind of work a channel with a capacity.
 *
 * A worker's version must grow exactly as the worker SDK counts it: by one for attributes, for an activity, for a
 * channel's capacity or availability, and for each new reservation, and for nothing else.
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

/** Gives a worker a channel for a kind of work: one task at a time, as Twilio does. */
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

/** How many tasks of this kind the worker is offered, works on or wraps up. */
export function assignedTasks({ worker, taskChannel }: WorkerChannel): number {
  let count = 0;
  for (const reservation of worker.reservations) {
    if (isLive(reservation) && reservation.task.taskChannel === taskChannel) count++;
  }
  return count;
}

/** Whether the worker would take another task of this kind now. */
export function hasCapacity(worker: Worker, taskChannel: TaskChannel): boolean {
  const channel = worker.channels.get(taskChannel.sid);
  if (channel === undefined || !channel.available || !worker.activity.available) return false;
  return assignedTasks(channel) < channel.capacity;
}
