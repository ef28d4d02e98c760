/**
 * The life cycle of a task: `pending → reserved → assigned → wrapping → completed`.
 * A task that is not yet assigned can become `canceled`.
 * https://www.twilio.com/docs/taskrouter/lifecycle-task-state
 */
import { badRequest } from '../api-error.js';
import { announceReservation, announceTask, workersOn } from './announce.js';
import type { Core } from './core.js';
import {
  findTaskChannel,
  hasEnded,
  isLive,
  lookUp,
  reservationsWithStatus,
  type Task,
  type TaskChannel,
  type TaskStatus,
  type Workflow,
  type Workspace,
} from './state.js';
import { closeTransfer } from './transfer-outcome.js';
import { type AttributesInput, checkVersion, parseTaskAttributes } from './values.js';

export interface NewTask {
  readonly attributes?: AttributesInput | undefined;
  /** Optional when the workspace has exactly one workflow or `routingTarget` is set. */
  readonly workflowSid?: string | undefined;
  /** SID or unique name; default `default`. */
  readonly taskChannel?: string | undefined;
  /** Seconds until an unaccepted task is cancelled; default one day. */
  readonly timeout?: number | undefined;
  readonly priority?: number | undefined;
  /** SID of a worker, queue or workflow. */
  readonly routingTarget?: string | undefined;
  /** Offers the task even to a worker without capacity. Default true when `routingTarget` is a worker. */
  readonly ignoreCapacity?: boolean | undefined;
  readonly taskQueueSid?: string | undefined;
  readonly virtualStartAtMs?: number | undefined;
}

export interface TaskChanges {
  readonly attributes?: AttributesInput | undefined;
  readonly assignmentStatus?: string | undefined;
  readonly reason?: string | undefined;
  readonly priority?: number | undefined;
  readonly taskChannel?: string | undefined;
  readonly virtualStartAtMs?: number | undefined;
}

const DAY_SECONDS = 86_400;

/** Twilio deletes a task this long after it ends. */
const REMOVAL_DELAY_MS = 300_000;

/** Twilio deletes a task this long after its assignment, also when the worker still has it. */
const LONGEST_ASSIGNMENT_MS = DAY_SECONDS * 1000;

/**
 * Creates a `pending` task and schedules its routing.
 * Throws 400 for an unknown workflow or task channel, 404 for an unknown queue.
 */
export function createTask(core: Core, workspace: Workspace, request: NewTask): Task {
  const routingTarget = request.routingTarget ?? null;
  const base = core.newEntity('WT');
  const task: Task = {
    ...base,
    workspace,
    workflow: findWorkflow(workspace, request),
    attributes: parseTaskAttributes(request.attributes ?? '{}'),
    status: 'pending',
    reason: null,
    priority: request.priority ?? 0,
    requestedPriority: request.priority,
    timeout: request.timeout ?? DAY_SECONDS,
    taskChannel: requireTaskChannel(workspace, request.taskChannel ?? 'default'),
    queue:
      request.taskQueueSid === undefined ? undefined : lookUp(workspace, 'taskQueues', request.taskQueueSid),
    queueEnteredAtMs: undefined,
    virtualStartAtMs: request.virtualStartAtMs ?? base.createdAtMs,
    routingTarget,
    ignoreCapacity: request.ignoreCapacity ?? routingTarget?.startsWith('WK') === true,
    reservations: [],
    step: undefined,
    unacceptedOffers: new Map(),
    transfer: undefined,
    timers: {},
  };
  workspace.tasks.set(task.sid, task);
  task.timers.timeToLive = core.sandbox.clock.after(task.timeout * 1000, () => {
    if (task.status === 'pending' || task.status === 'reserved') {
      finishTask(core, task, 'canceled', 'Task TTL Exceeded');
    }
  });
  core.emit(workspace, 'task.created', { task });
  core.reroute(workspace);
  return task;
}

function findWorkflow(workspace: Workspace, { workflowSid, routingTarget }: NewTask): Workflow | undefined {
  const sid = workflowSid ?? (routingTarget?.startsWith('WW') ? routingTarget : undefined);
  if (sid !== undefined) {
    const workflow = workspace.workflows.get(sid);
    if (workflow === undefined)
      throw badRequest(`Workflow ${sid} does not exist in workspace ${workspace.sid}`);
    return workflow;
  }
  const [first, second] = workspace.workflows.values();
  if (first !== undefined && second === undefined) return first;
  if (routingTarget !== undefined) return undefined;
  throw badRequest('WorkflowSid is required unless the workspace has exactly one workflow');
}

function requireTaskChannel(workspace: Workspace, key: string): TaskChannel {
  const channel = findTaskChannel(workspace, key);
  if (channel === undefined)
    throw badRequest(`TaskChannel ${key} does not exist in workspace ${workspace.sid}`);
  return channel;
}

/**
 * Updates a task. Throws 412/20412 when `ifMatch` names another version, and 400/20001 when the task's status
 * does not allow the new status. When it throws, the task is unchanged.
 */
export function updateTask(core: Core, task: Task, changes: TaskChanges, ifMatch?: string): void {
  checkVersion(task, ifMatch);
  const newStatus = changes.assignmentStatus;
  if (newStatus !== undefined) checkStatusChange(core, task, newStatus);
  const attributes = changes.attributes === undefined ? undefined : parseTaskAttributes(changes.attributes);
  const taskChannel =
    changes.taskChannel === undefined ? undefined : requireTaskChannel(task.workspace, changes.taskChannel);

  const { priority, virtualStartAtMs } = changes;
  if ([attributes, priority, taskChannel, virtualStartAtMs].some((change) => change !== undefined)) {
    task.attributes = attributes ?? task.attributes;
    task.taskChannel = taskChannel ?? task.taskChannel;
    task.virtualStartAtMs = virtualStartAtMs ?? task.virtualStartAtMs;
    task.priority = priority ?? task.priority;
    task.requestedPriority = priority ?? task.requestedPriority;
    if (task.status === 'pending') task.step = undefined;
    core.touch(task);
    announceTask(core, task, 'task.updated');
  }
  if (newStatus === 'canceled' || newStatus === 'completed')
    finishTask(core, task, newStatus, changes.reason);
  if (newStatus === 'wrapping') wrapTask(core, task, changes.reason);
  core.reroute(task.workspace);
}

const STATUSES: readonly string[] = [
  'pending',
  'reserved',
  'assigned',
  'wrapping',
  'completed',
  'canceled',
] satisfies TaskStatus[];

function checkStatusChange(core: Core, task: Task, newStatus: string): void {
  if (!STATUSES.includes(newStatus)) throw badRequest(`Invalid AssignmentStatus ${newStatus}`);
  const refusal = (verb: string, required: string) =>
    badRequest(
      `Cannot ${verb} task ${task.sid} in workspace ${task.workspace.sid} for account ` +
        `${core.sandbox.account.accountSid} because it is not ${required}.`,
    );
  const { status } = task;
  if (newStatus === 'canceled' && status !== 'pending' && status !== 'reserved') {
    throw refusal('cancel', 'pending or reserved');
  }
  if (newStatus === 'completed' && status !== 'assigned' && status !== 'wrapping') {
    throw refusal('complete', 'currently assigned');
  }
  if (newStatus === 'wrapping' && status !== 'assigned') throw refusal('wrapup', 'currently assigned');
}

function wrapTask(core: Core, task: Task, reason: string | undefined): void {
  task.status = 'wrapping';
  task.reason = reason ?? task.reason;
  core.touch(task);
  for (const reservation of reservationsWithStatus(task, 'accepted')) {
    reservation.status = 'wrapping';
    core.touch(reservation);
    announceReservation(core, reservation, 'reservation.wrapup');
  }
  announceTask(core, task, 'task.wrapup');
}

/** Ends a task and its live reservations, and removes the task five minutes later. */
export function finishTask(core: Core, task: Task, status: 'completed' | 'canceled', reason?: string): void {
  const { clock } = core.sandbox;
  const workers = workersOn(task);
  const liveReservations = task.reservations.filter(isLive);
  task.status = status;
  task.reason = reason ?? task.reason;
  core.touch(task);
  clock.cancel(task.timers.timeToLive);
  clock.cancel(task.timers.step);
  clock.cancel(task.timers.assignment);
  if (task.transfer !== undefined) closeTransfer(core, task.transfer, 'canceled');
  for (const reservation of liveReservations) {
    clock.cancel(reservation.timer);
    reservation.status = reservation.status === 'pending' ? 'canceled' : 'completed';
    core.touch(reservation);
    announceReservation(core, reservation, `reservation.${reservation.status}`);
  }
  announceTask(core, task, `task.${status}`, workers);
  task.timers.removal = clock.after(REMOVAL_DELAY_MS, () => expireTask(core, task));
  core.reroute(task.workspace);
}

/** Deletes a task for a caller. Cancels a live task first. */
export function removeTask(core: Core, task: Task): void {
  const { workspace } = task;
  if (!workspace.tasks.has(task.sid)) return;
  if (!hasEnded(task)) finishTask(core, task, 'canceled', 'Task deleted');
  forgetTask(core, task);
  core.emit(workspace, 'task.deleted', { task });
}

/** Deletes the task a day after its first assignment. Call it when a worker is assigned. */
export function limitAssignment(core: Core, task: Task): void {
  task.timers.assignment ??= core.sandbox.clock.after(LONGEST_ASSIGNMENT_MS, () => expireTask(core, task));
}

/**
 * Twilio deletes the task. The only sign is `task.system-deleted`: it is assumed that reservations have no event and workers no
 * frame. https://www.twilio.com/docs/taskrouter/limits
 */
function expireTask(core: Core, task: Task): void {
  const { workspace } = task;
  if (!workspace.tasks.has(task.sid)) return;
  for (const reservation of task.reservations.filter(isLive)) reservation.status = 'completed';
  forgetTask(core, task);
  core.emit(workspace, 'task.system-deleted', { task });
  core.reroute(workspace);
}

function forgetTask(core: Core, task: Task): void {
  const { workspace } = task;
  const { clock } = core.sandbox;
  for (const timer of Object.values(task.timers)) clock.cancel(timer);
  workspace.tasks.delete(task.sid);
  for (const reservation of task.reservations) {
    clock.cancel(reservation.timer);
    workspace.reservations.delete(reservation.sid);
    reservation.worker.reservations.delete(reservation);
  }
  for (const transfer of workspace.transfers.values()) {
    if (transfer.task === task) workspace.transfers.delete(transfer.sid);
  }
}
