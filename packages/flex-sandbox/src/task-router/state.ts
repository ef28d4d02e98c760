/**
 * The entities of a TaskRouter workspace and the references between them. Types and look-ups only: tasks.ts,
 * reservations.ts, workers.ts and routing.ts change them.
 *
 * Attributes are stored as the JSON text that the caller sent, because both APIs return that text.
 */
import { notFound } from '../api-error.js';
import type { Timer } from '../clock.js';
import type { Expression } from './expression.js';
import type { WorkflowRouting } from './workflow.js';

export interface Entity {
  readonly sid: string;
  readonly createdAtMs: number;
  updatedAtMs: number;
  /** Increases by one with every change. It is the ETag of the REST API and is compared with If-Match. */
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

/** All entities of a workspace by SID, oldest first. */
type Collections = { readonly [Name in keyof Entities]: Map<string, Entities[Name]> };

export interface Workspace extends Entity, Collections {
  friendlyName: string;
  /** Empty when no callback is set. */
  eventCallbackUrl: string;
  /** Comma-separated event types that the callback receives; `null` means all. */
  eventsFilter: string | null;
  multiTaskEnabled: boolean;
  prioritizeQueueOrder: string;
  defaultActivitySid: string;
  /** The activity of workers whose reservation timed out or who lost their last connection. */
  timeoutActivitySid: string;
  /** The latest events, oldest first. */
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
  /** The compiled `targetWorkers`. */
  matches: Expression;
  maxReservedWorkers: number;
  taskOrder: string;
  reservationActivitySid: string | null;
  assignmentActivitySid: string | null;
}

export interface Workflow extends Entity {
  friendlyName: string;
  configuration: string;
  /** The parsed `configuration`. */
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
  /** Keyed by the SID of the task channel. */
  readonly channels: Map<string, WorkerChannel>;
  /** Includes ended reservations until their tasks are removed. */
  readonly reservations: Set<Reservation>;
}

/** A worker's capacity on one task channel. */
export interface WorkerChannel extends Entity {
  readonly worker: Worker;
  readonly taskChannel: TaskChannel;
  capacity: number;
  available: boolean;
  /** 0 before the worker's first reservation on this task channel. */
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
  /** The priority that the caller asked for; a workflow's target may override it. */
  requestedPriority: number | undefined;
  /** Seconds after which the task is cancelled unless a worker has accepted it. */
  readonly timeout: number;
  taskChannel: TaskChannel;
  queue: TaskQueue | undefined;
  queueEnteredAtMs: number | undefined;
  virtualStartAtMs: number;
  readonly routingTarget: string | null;
  readonly ignoreCapacity: boolean;
  /** Oldest first, including ended reservations. */
  readonly reservations: Reservation[];
  /** The task's position in its workflow; `undefined` restarts it at the first filter. */
  step: RoutingStep | undefined;
  /** By worker SID: how many offers of the task the worker did not accept. */
  readonly unacceptedOffers: Map<string, number>;
  /** The open transfer of this task. */
  transfer: Transfer | undefined;
  readonly timers: { timeToLive?: Timer; step?: Timer; assignment?: Timer; removal?: Timer };
}

interface RoutingStep {
  /** Index among the targets that match the task's attributes. */
  readonly index: number;
  /** The target's position in the workflow. Another key at this index means that the targets have changed. */
  readonly key: string;
  /** Whether the task is in the target's queue. */
  readonly isEntered: boolean;
  /** Whether a reservation that timed out has ended the target. */
  isLeft?: boolean;
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
  /** The transfer that created this reservation. */
  readonly transfer: Transfer | undefined;
  /** Whether the worker has accepted and their set-up has begun; see `isOnHold`. */
  isSetUpStarted: boolean;
  timer: Timer | undefined;
}

/** What another product does between a worker's accept and `reservation.accepted`. */
export interface SetUp {
  readonly durationMs: number;
  /** Called at the end of the duration. */
  readonly getOutcome: () => SetUpOutcome;
}

/** How the set-up ends: with `reservation.accepted`, `reservation.canceled` or `reservation.failed`. */
export type SetUpOutcome = 'accepted' | 'canceled' | 'failed';

export type TransferStatus = 'initiated' | 'complete' | 'failed' | 'canceled';

/** A transfer that a worker started with `task.transfer()` of the worker SDK. */
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

/** An event of a workspace. Only `data` is fixed: the entities may change after the event. */
export interface TaskRouterEvent extends EventSubject {
  readonly sid: string;
  /** For example `reservation.accepted`. */
  readonly type: string;
  readonly atMs: number;
  readonly workspace: Workspace;
  /** The form fields of the event callback. In the REST API, `event_data` has them in snake case. */
  readonly data: Readonly<Record<string, string>>;
}

/** Whether the reservation is pending, accepted or wrapping, and so uses the worker's capacity. */
export function isLive(reservation: Reservation): boolean {
  return ['pending', 'accepted', 'wrapping'].includes(reservation.status);
}

/** Whether the worker has accepted and is being set up. The status is still `pending`, and no timeout ends it. */
export function isOnHold({ status, isSetUpStarted }: Reservation): boolean {
  return status === 'pending' && isSetUpStarted;
}

/** Whether the task is completed or cancelled. */
export function hasEnded(task: Task): boolean {
  return task.status === 'completed' || task.status === 'canceled';
}

/** Returns the task's reservations that have one of these statuses, oldest first. */
export function reservationsWithStatus(task: Task, ...statuses: readonly ReservationStatus[]): Reservation[] {
  return task.reservations.filter((reservation) => statuses.includes(reservation.status));
}

/** Returns an entity of the workspace by SID. Throws 404/20404 when it does not exist. */
export function lookUp<Name extends keyof Entities>(
  workspace: Workspace,
  collection: Name,
  sid: string,
): Entities[Name] {
  const entities: Collections = workspace;
  const entity = entities[collection].get(sid);
  if (entity === undefined) {
    const name = collection.charAt(0).toUpperCase() + collection.slice(1);
    throw notFound(`/Workspaces/${workspace.sid}/${name}/${sid}`);
  }
  return entity;
}

/** Finds a task channel by SID or unique name. */
export function findTaskChannel(workspace: Workspace, key: string): TaskChannel | undefined {
  return (
    workspace.taskChannels.get(key) ??
    [...workspace.taskChannels.values()].find((channel) => channel.uniqueName === key)
  );
}
