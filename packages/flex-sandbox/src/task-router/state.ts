/**
 * What a TaskRouter workspace holds, and how its things point at one another.
 * Only shapes and look-ups: the rules of who changes what are in `tasks`, `reservations`, `workers` and `routing`.
 *
 * Attributes are kept as the JSON text they came in, because that is what both APIs hand out again.
 */
import { notFound } from '../api-error.js';
import type { Timer } from '../clock.js';
import type { Expression } from './expression.js';
import type { WorkflowRouting } from './workflow.js';

export interface Entity {
  readonly sid: string;
  readonly createdAtMs: number;
  updatedAtMs: number;
  /** Grows by one with every change; the ETag of the REST API, and what If-Match is compared with. */
  version: number;
}

interface Entities {
  activities: Activity;
  taskChannels: TaskChannel;
  taskQueues: TaskQueue;
  workflows: Workflow;
  workers: Worker;
  tasks: Task;
  reservations: Reservation;
  transfers: Transfer;
}

/** Everything in a workspace, by SID, oldest first. */
type Collections = { readonly [Name in keyof Entities]: Map<string, Entities[Name]> };

export interface Workspace extends Entity, Collections {
  friendlyName: string;
  /** Empty when there is none. */
  eventCallbackUrl: string;
  /** Comma list of event types for the callback; `null` sends all. */
  eventsFilter: string | null;
  multiTaskEnabled: boolean;
  prioritizeQueueOrder: string;
  defaultActivitySid: string;
  /** Where a worker goes who lets a reservation time out. */
  timeoutActivitySid: string;
  /** The latest, oldest first. */
  readonly events: TaskRouterEvent[];
}

export interface Activity extends Entity {
  friendlyName: string;
  readonly available: boolean;
}

export interface TaskChannel extends Entity {
  friendlyName: string;
  readonly uniqueName: string;
  readonly channelOptimizedRouting: boolean;
}

export interface TaskQueue extends Entity {
  friendlyName: string;
  targetWorkers: string;
  /** `targetWorkers`, compiled. */
  matches: Expression;
  maxReservedWorkers: number;
  taskOrder: string;
  reservationActivitySid: string | null;
  assignmentActivitySid: string | null;
}

export interface Workflow extends Entity {
  friendlyName: string;
  configuration: string;
  /** `configuration`, parsed. */
  routing: WorkflowRouting;
  /** Seconds. */
  taskReservationTimeout: number;
  assignmentCallbackUrl: string | null;
  fallbackAssignmentCallbackUrl: string | null;
}

export interface Worker extends Entity {
  readonly workspace: Workspace;
  friendlyName: string;
  attributes: string;
  activity: Activity;
  statusChangedAtMs: number;
  /** By the SID of the task channel. */
  readonly channels: Map<string, WorkerChannel>;
  /** All, until their tasks are removed. */
  readonly reservations: Set<Reservation>;
}

/** How many tasks of one kind a worker takes at a time. */
export interface WorkerChannel extends Entity {
  readonly worker: Worker;
  readonly taskChannel: TaskChannel;
  capacity: number;
  available: boolean;
  /** 0 when never. */
  lastReservedAtMs: number;
}

export type TaskStatus = 'pending' | 'reserved' | 'assigned' | 'wrapping' | 'completed' | 'canceled';

export interface Task extends Entity {
  readonly workspace: Workspace;
  readonly workflow: Workflow | undefined;
  attributes: string;
  status: TaskStatus;
  reason: string | null;
  priority: number;
  /** What the creator asked for; a workflow's target may set another. */
  requestedPriority: number | undefined;
  /** Seconds the task may live before somebody accepts it. */
  readonly timeout: number;
  taskChannel: TaskChannel;
  queue: TaskQueue | undefined;
  queueEnteredAtMs: number | undefined;
  virtualStartAtMs: number;
  readonly routingTarget: string | null;
  readonly ignoreCapacity: boolean;
  /** Oldest first; ended ones stay. */
  readonly reservations: Reservation[];
  /** Where in its workflow the task is; `undefined` sends it back to the first filter. */
  step: RoutingStep | undefined;
  /** How often each worker let this task go, by SID, so that the next one is tried first. */
  readonly refusals: Map<string, number>;
  /** The open transfer that its worker started. */
  transfer: Transfer | undefined;
  readonly timers: { timeToLive?: Timer; step?: Timer; removal?: Timer };
}

interface RoutingStep {
  /** Among the targets that the task's attributes lead to. */
  readonly index: number;
  /** Its place in the workflow, which tells whether those are still the same. */
  readonly key: string;
  readonly entered: boolean;
}

export type ReservationStatus =
  | 'pending'
  | 'accepted'
  | 'wrapping'
  | 'completed'
  | 'rejected'
  | 'timeout'
  | 'canceled'
  | 'rescinded';

export interface Reservation extends Entity {
  readonly task: Task;
  readonly worker: Worker;
  status: ReservationStatus;
  /** Seconds. */
  readonly timeout: number;
  readonly previousActivitySid: string;
  /** The transfer this reservation was made for. */
  readonly transfer: Transfer | undefined;
  timer: Timer | undefined;
}

export type TransferStatus = 'initiated' | 'complete' | 'failed' | 'canceled';

/** A worker handing over a task with `task.transfer()`. */
export interface Transfer extends Entity {
  readonly task: Task;
  readonly initiator: Reservation;
  readonly mode: 'WARM' | 'COLD';
  readonly type: 'WORKER' | 'QUEUE';
  /** SID of the worker or queue. */
  readonly to: string;
  readonly initiatingQueueSid: string | null;
  status: TransferStatus;
  failedReason: string | undefined;
}

export interface EventSubject {
  readonly task?: Task | undefined;
  readonly reservation?: Reservation | undefined;
  readonly worker?: Worker | undefined;
}

/** Something that happened in a workspace, as it stood then. */
export interface TaskRouterEvent extends EventSubject {
  readonly sid: string;
  /** Such as `reservation.accepted`. */
  readonly type: string;
  readonly atMs: number;
  readonly workspace: Workspace;
  /** The form fields of the event callback, and `event_data` of the REST API. */
  readonly data: Readonly<Record<string, string>>;
}

/** A reservation that occupies its worker. */
export function isLive(reservation: Reservation): boolean {
  return ['pending', 'accepted', 'wrapping'].includes(reservation.status);
}

/** A task that nothing will change any more. */
export function hasEnded(task: Task): boolean {
  return task.status === 'completed' || task.status === 'canceled';
}

/** The task's reservations in one of these states. */
export function reservationsIn(task: Task, ...statuses: readonly ReservationStatus[]): Reservation[] {
  return task.reservations.filter((reservation) => statuses.includes(reservation.status));
}

/** An entity of the workspace by its SID, or 404/20404. */
export function lookUp<Name extends keyof Entities>(
  workspace: Workspace,
  collection: Name,
  sid: string,
): Entities[Name] {
  const entities: Collections = workspace;
  const found = entities[collection].get(sid);
  if (found === undefined) {
    const name = collection.charAt(0).toUpperCase() + collection.slice(1);
    throw notFound(`/Workspaces/${workspace.sid}/${name}/${sid}`);
  }
  return found;
}

/** A task channel by its SID or its unique name. */
export function findTaskChannel(workspace: Workspace, key: string): TaskChannel | undefined {
  return (
    workspace.taskChannels.get(key) ??
    [...workspace.taskChannels.values()].find((channel) => channel.uniqueName === key)
  );
}
