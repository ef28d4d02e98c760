/**
 * Renders entities as the worker SDK reads them: dates in whole seconds since 1970 (`last_reserved_time` in
 * milliseconds), attributes as text. When a key is missing, or is `null` instead of an object, the SDK
 * throws, and in Node it receives no more frames. So a view leaves out a key only where the SDK allows it.
 */
import type { RestViews } from './rest-views.js';
import type {
  Activity,
  Entity,
  Reservation,
  Task,
  TaskQueue,
  Transfer,
  Worker,
  WorkerChannel,
  Workspace,
} from './state.js';

const seconds = (atMs: number) => Math.floor(atMs / 1000);

const base = (entity: Entity) => ({
  sid: entity.sid,
  date_created: seconds(entity.createdAtMs),
  date_updated: seconds(entity.updatedAtMs),
  version: entity.version,
});

export type BridgeViews = ReturnType<typeof createBridgeViews>;

/** Reuses the REST views for members that are equal in both APIs. */
export function createBridgeViews(accountSid: string, rest: RestViews) {
  const within = (workspace: Workspace) => ({ account_sid: accountSid, workspace_sid: workspace.sid });

  const task = (task: Task) => ({
    ...base(task),
    ...within(task.workspace),
    age: rest.task(task).age,
    assignment_status: task.status,
    attributes: task.attributes,
    addons: '{}',
    priority: task.priority,
    reason: task.reason,
    timeout: task.timeout,
    queue_sid: task.queue?.sid ?? null,
    queue_name: task.queue?.friendlyName ?? null,
    workflow_sid: task.workflow?.sid ?? null,
    workflow_name: task.workflow?.friendlyName ?? null,
    task_channel_sid: task.taskChannel.sid,
    task_channel_unique_name: task.taskChannel.uniqueName,
    routing_target: task.routingTarget,
    virtual_start_time: seconds(task.virtualStartAtMs),
  });

  const transferInReservation = (transfer: Transfer) => ({
    ...base(transfer),
    initiating_reservation_sid: transfer.initiator.sid,
    initiating_worker_sid: transfer.initiator.worker.sid,
    initiating_queue_sid: transfer.initiatingQueueSid,
    initiating_workflow_sid: transfer.task.workflow?.sid ?? null,
    transfer_mode: transfer.mode,
    transfer_to: transfer.to,
    transfer_type: transfer.type,
    transfer_status: transfer.status,
    ...(transfer.failedReason === undefined ? {} : { transfer_failed_reason: transfer.failedReason }),
  });

  const transfer = (transfer: Transfer) => ({
    ...transferInReservation(transfer),
    ...within(transfer.task.workspace),
    task_sid: transfer.task.sid,
  });

  return {
    task,
    transfer,

    activity: (workspace: Workspace, activity: Activity) => ({
      ...base(activity),
      ...within(workspace),
      friendly_name: activity.friendlyName,
      available: activity.available,
    }),

    worker: (worker: Worker) => ({
      ...base(worker),
      ...within(worker.workspace),
      friendly_name: worker.friendlyName,
      attributes: worker.attributes,
      activity_sid: worker.activity.sid,
      activity_name: worker.activity.friendlyName,
      available: worker.activity.available,
      date_status_changed: seconds(worker.statusChangedAtMs),
    }),

    workerChannel(channel: WorkerChannel) {
      const { url: _url, ...shared } = rest.workerChannel(channel);
      return {
        ...shared,
        ...base(channel),
        available: channel.available ? 1 : 0,
        last_reserved_time: channel.lastReservedAtMs === 0 ? channel.createdAtMs : channel.lastReservedAtMs,
      };
    },

    taskQueue(workspace: Workspace, queue: TaskQueue) {
      const { url: _url, links: _links, ...shared } = rest.taskQueue(workspace, queue);
      // Without `lifo_queue` the SDK rejects the whole list.
      return { ...shared, ...base(queue), lifo_queue: queue.taskOrder === 'LIFO' };
    },

    /** For frames and lists. `task_transfer` is in every frame of a reservation or in none. */
    reservation: (reservation: Reservation) => ({
      ...base(reservation),
      ...within(reservation.task.workspace),
      worker_sid: reservation.worker.sid,
      worker_name: reservation.worker.friendlyName,
      worker_previous_activity_sid: reservation.previousActivitySid,
      reservation_status: reservation.status,
      reservation_timeout: reservation.timeout,
      task: task(reservation.task),
      ...(reservation.transfer === undefined
        ? {}
        : { task_transfer: transferInReservation(reservation.transfer) }),
      ...(reservation.task.transfer?.initiator === reservation
        ? { active_outgoing_task_transfer: transfer(reservation.task.transfer) }
        : {}),
    }),

    /** For the response to an update. The SDK rejects a response that holds a transfer. */
    changedReservation: (reservation: Reservation) => ({
      ...base(reservation),
      ...within(reservation.task.workspace),
      worker_sid: reservation.worker.sid,
      worker_name: reservation.worker.friendlyName,
      worker_previous_activity_sid: reservation.previousActivitySid,
      reservation_status: reservation.status,
      task_sid: reservation.task.sid,
      task_channel_sid: reservation.task.taskChannel.sid,
    }),
  };
}
