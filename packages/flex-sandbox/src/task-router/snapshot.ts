/** The current state of TaskRouter as plain data, for tests and the landing page. */
import type { Core } from './core.js';
import { isLive, isOnHold, type ReservationStatus, type TaskStatus } from './state.js';
import { readAttributes } from './values.js';

export interface TaskRouterSnapshot {
  readonly workers: readonly WorkerSnapshot[];
  /** Oldest first. An ended task stays for five minutes. */
  readonly tasks: readonly TaskSnapshot[];
}

interface WorkerSnapshot {
  readonly sid: string;
  readonly friendlyName: string;
  readonly activityName: string;
  readonly available: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface TaskSnapshot {
  readonly sid: string;
  readonly status: TaskStatus;
  readonly reason: string | null;
  readonly queueName: string | null;
  readonly taskChannel: string;
  readonly priority: number;
  readonly createdAtMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Live reservations only. */
  readonly reservations: ReadonlyArray<{
    readonly sid: string;
    readonly status: ReservationStatus;
    readonly workerSid: string;
    readonly workerName: string;
    /** Whether the worker has accepted and is being set up. */
    readonly isOnHold: boolean;
  }>;
}

export function takeSnapshot(core: Core): TaskRouterSnapshot {
  const workspaces = [...core.workspaces.values()];
  return {
    workers: workspaces.flatMap(({ workers }) =>
      [...workers.values()].map((worker) => ({
        sid: worker.sid,
        friendlyName: worker.friendlyName,
        activityName: worker.activity.friendlyName,
        available: worker.activity.available,
        attributes: readAttributes(worker),
      })),
    ),
    tasks: workspaces.flatMap(({ tasks }) =>
      [...tasks.values()].map((task) => ({
        sid: task.sid,
        status: task.status,
        reason: task.reason,
        queueName: task.queue?.friendlyName ?? null,
        taskChannel: task.taskChannel.uniqueName,
        priority: task.priority,
        createdAtMs: task.createdAtMs,
        attributes: readAttributes(task),
        reservations: task.reservations.filter(isLive).map((reservation) => ({
          sid: reservation.sid,
          status: reservation.status,
          workerSid: reservation.worker.sid,
          workerName: reservation.worker.friendlyName,
          isOnHold: isOnHold(reservation),
        })),
      })),
    ),
  };
}
