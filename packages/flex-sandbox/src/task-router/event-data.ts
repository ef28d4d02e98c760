/**
 * The form fields of a TaskRouter event: https://www.twilio.com/docs/taskrouter/api/event/reference
 * Twilio also sends `Sid`, `TimestampMs` and the versions, which that reference does not list.
 */
import type { Task, TaskRouterEvent, Worker } from './state.js';

type EventWithoutData = Omit<TaskRouterEvent, 'data'>;

/** Returns every field as text. Leaves out fields without a value. */
export function buildEventData(accountSid: string, event: EventWithoutData): Record<string, string> {
  const { workspace, task, worker, reservation } = event;
  const fields: Record<string, string | number | null | undefined> = {
    Sid: event.sid,
    EventType: event.type,
    EventDescription: describeEvent(event),
    AccountSid: accountSid,
    WorkspaceSid: workspace.sid,
    WorkspaceName: workspace.friendlyName,
    ResourceType: resourceType(event),
    ResourceSid: (reservation ?? task ?? worker ?? workspace).sid,
    Timestamp: Math.floor(event.atMs / 1000),
    TimestampMs: event.atMs,
    ...(task === undefined ? {} : taskFields(task, event.atMs)),
    ReservationSid: reservation?.sid,
    ReservationVersion: reservation?.version,
    ...(worker === undefined ? {} : workerFields(worker)),
  };
  const data: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== null) data[name] = String(value);
  }
  return data;
}

export function resourceType({ reservation, task, worker }: EventWithoutData): string {
  if (reservation !== undefined) return 'reservation';
  if (task !== undefined) return 'task';
  return worker === undefined ? 'workspace' : 'worker';
}

function describeEvent({ type, reservation, task, worker }: EventWithoutData): string {
  if (type === 'task.canceled' && task?.reason) return task.reason;
  if (reservation !== undefined) return `Reservation ${reservation.sid}: ${type}`;
  if (task !== undefined) return `Task ${task.sid}: ${type}`;
  return worker === undefined ? type : `Worker ${worker.friendlyName}: ${type}`;
}

function taskFields(task: Task, nowMs: number) {
  return {
    TaskSid: task.sid,
    TaskAttributes: task.attributes,
    TaskAge: Math.floor((nowMs - task.createdAtMs) / 1000),
    TaskPriority: task.priority,
    TaskAssignmentStatus: task.status,
    TaskDateCreated: Math.floor(task.createdAtMs / 1000),
    TaskVersion: task.version,
    TaskChannelSid: task.taskChannel.sid,
    TaskChannelUniqueName: task.taskChannel.uniqueName,
    TaskQueueSid: task.queue?.sid,
    TaskQueueName: task.queue?.friendlyName,
    TaskQueueTargetExpression: task.queue?.targetWorkers,
    TaskQueueEnteredDate:
      task.queueEnteredAtMs === undefined ? undefined : Math.floor(task.queueEnteredAtMs / 1000),
    WorkflowSid: task.workflow?.sid,
    WorkflowName: task.workflow?.friendlyName,
    TaskCanceledReason: task.status === 'canceled' ? task.reason : undefined,
    TaskCompletedReason: task.status === 'completed' ? task.reason : undefined,
  };
}

function workerFields(worker: Worker) {
  return {
    WorkerSid: worker.sid,
    WorkerName: worker.friendlyName,
    WorkerAttributes: worker.attributes,
    WorkerActivitySid: worker.activity.sid,
    WorkerActivityName: worker.activity.friendlyName,
    WorkerVersion: worker.version,
  };
}
