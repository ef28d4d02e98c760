/**
 * The Sync indexes that Flex's Teams view and queue filters query: the current workers, queues and
 * reservations. Index names and members are those that Flex UI 2.17 reads.
 */
import { isoMilliseconds } from '../clock.js';
import { parseJsonObjectOrEmpty } from '../json.js';
import type { SandboxState } from '../sandbox-state.js';
import type { Sync } from '../sync/sync.js';
import { isLive, type Reservation, type TaskQueue, type Worker } from '../task-router/state.js';
import type { TaskRouter } from '../task-router/task-router.js';

export function addInsights({
  sandbox,
  taskRouter,
  sync,
}: {
  sandbox: SandboxState;
  taskRouter: TaskRouter;
  sync: Sync;
}): void {
  const workspaces = () => [...taskRouter.workspaces()];

  sync.addIndex('tr-worker', () =>
    workspaces()
      .flatMap(({ workers }) => [...workers.values()])
      .map((worker) => ({ key: worker.sid, data: workerData(worker) })),
  );
  sync.addIndex('tr-queue', () =>
    workspaces()
      .flatMap(({ taskQueues }) => [...taskQueues.values()])
      .map((queue) => ({ key: queue.sid, data: queueData(queue) })),
  );
  sync.addIndex('tr-reservation', () =>
    workspaces()
      .flatMap(({ reservations }) => [...reservations.values()])
      .filter(isLive)
      .map((reservation) => ({ key: reservation.sid, data: reservationData(reservation) })),
  );
  sync.addIndex('tr-task', () => []);

  taskRouter.onEvent(({ type }) => {
    if (type.startsWith('worker.')) sync.refresh('tr-worker');
    else sync.refresh('tr-reservation');
  });

  function workerData(worker: Worker) {
    return {
      worker_sid: worker.sid,
      workspace_sid: worker.workspace.sid,
      friendly_name: worker.friendlyName,
      activity_name: worker.activity.friendlyName,
      worker_activity_sid: worker.activity.sid,
      worker_activity_available: worker.activity.available,
      is_available: worker.activity.available,
      attributes: parseJsonObjectOrEmpty(worker.attributes),
      date_activity_changed: isoMilliseconds(worker.statusChangedAtMs),
      date_updated: isoMilliseconds(worker.updatedAtMs),
    };
  }

  function queueData(queue: TaskQueue) {
    return {
      queue_sid: queue.sid,
      queue_name: queue.friendlyName,
      date_updated: isoMilliseconds(queue.updatedAtMs),
    };
  }

  function reservationData({ sid, task, worker, status, createdAtMs, updatedAtMs }: Reservation) {
    return {
      reservation_sid: sid,
      task_sid: task.sid,
      worker_sid: worker.sid,
      workspace_sid: task.workspace.sid,
      queue_sid: task.queue?.sid ?? null,
      queue_name: task.queue?.friendlyName ?? null,
      workflow_sid: task.workflow?.sid ?? null,
      workflow_name: task.workflow?.friendlyName ?? null,
      task_channel_sid: task.taskChannel.sid,
      task_channel_unique_name: task.taskChannel.uniqueName,
      channel_unique_name: task.taskChannel.uniqueName,
      channel_type: task.taskChannel.uniqueName,
      attributes: parseJsonObjectOrEmpty(task.attributes),
      status,
      task_status: task.status,
      priority: task.priority,
      timeout: task.timeout,
      age: Math.floor((sandbox.clock.nowMs() - task.createdAtMs) / 1000),
      date_created: isoMilliseconds(createdAtMs),
      date_updated: isoMilliseconds(updatedAtMs),
    };
  }
}
