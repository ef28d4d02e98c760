/**
 * A task's life: `pending → reserved → assigned → wrapping → completed`, or `canceled` before it is assigned.
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
  reservationsIn,
  type Task,
  type TaskChannel,
  type TaskStatus,
  type Workflow,
  type Workspace,
} from './state.js';
import { closeTransfer } from './transfer-outcome.js';
import { type AttributesInput, checkVersion, parseAttributes } from './values.js';

export interface NewTask {
  readonly attributes?: AttributesInput | undefined;
  /** May be left out when the workspace has one workflow, or `routingTarget` says where to go. */
  readonly workflowSid?: string | undefined;
  /** SID or unique name; `default` when left out. */
  readonly taskChannel?: string | undefined;
  /** Seconds until an unaccepted task is cancelled; a day when left out. */
  readonly timeout?: number | undefined;
  readonly priority?: number | undefined;
  /** SID of a worker, queue or workflow. */
  readonly routingTarget?: string | undefined;
  /** Offers a worker more than their capacity; the default for a worker as `routingTarget`. */
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

/** Twilio deletes a task this long after it has ended. */
const REMOVAL_DELAY_MS = 300_000;

/** The task is `pending` and is routed a moment later. Throws 400 for what does not exist. */
export function createTask(core: Core, workspace: Workspace, request: NewTask): Task {
  const routingTarget = request.routingTarget ?? null;
  const base = core.newEntity('WT');
  const task: Task = {
    ...base,
    workspace,
    workflow: findWorkflow(workspace, request),
    attributes: parseAttributes(request.attributes ?? '{}'),
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
    refusals: new Map(),
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
  const [only, second] = workspace.workflows.values();
  if (only !== undefined && second === undefined) return only;
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
 * Changes a task. Throws 412/20412 when `ifMatch` is another version, 400/20001 for a step its status does not allow.
 * Nothing is changed when it throws.
 */
export function updateTask(core: Core, task: Task, changes: TaskChanges, ifMatch?: string): void {
  checkVersion(task, ifMatch);
  const wanted = changes.assignmentStatus;
  if (wanted !== undefined) checkStep(core, task, wanted);
  const attributes = changes.attributes === undefined ? undefined : parseAttributes(changes.attributes);
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
  if (wanted === 'canceled' || wanted === 'completed') finishTask(core, task, wanted, changes.reason);
  if (wanted === 'wrapping') wrapTask(core, task, changes.reason);
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

function checkStep(core: Core, task: Task, wanted: string): void {
  if (!STATUSES.includes(wanted)) throw badRequest(`Invalid AssignmentStatus ${wanted}`);
  const refuse = (verb: string, needed: string) =>
    badRequest(
      `Cannot ${verb} task ${task.sid} in workspace ${task.workspace.sid} for account ` +
        `${core.sandbox.account.accountSid} because it is not ${needed}.`,
    );
  const { status } = task;
  if (wanted === 'canceled' && status !== 'pending' && status !== 'reserved') {
    throw refuse('cancel', 'pending or reserved');
  }
  if (wanted === 'completed' && status !== 'assigned' && status !== 'wrapping') {
    throw refuse('complete', 'currently assigned');
  }
  if (wanted === 'wrapping' && status !== 'assigned') throw refuse('wrapup', 'currently assigned');
}

function wrapTask(core: Core, task: Task, reason: string | undefined): void {
  task.status = 'wrapping';
  task.reason = reason ?? task.reason;
  core.touch(task);
  for (const reservation of reservationsIn(task, 'accepted')) {
    reservation.status = 'wrapping';
    core.touch(reservation);
    announceReservation(core, reservation, 'reservation.wrapup');
  }
  announceTask(core, task, 'task.wrapup');
}

/** Ends a task and every reservation still on it, and removes it five minutes later. */
export function finishTask(core: Core, task: Task, status: 'completed' | 'canceled', reason?: string): void {
  const { clock } = core.sandbox;
  const workers = workersOn(task);
  const live = task.reservations.filter(isLive);
  task.status = status;
  task.reason = reason ?? task.reason;
  core.touch(task);
  clock.cancel(task.timers.timeToLive);
  clock.cancel(task.timers.step);
  if (task.transfer !== undefined) closeTransfer(core, task.transfer, 'canceled');
  for (const reservation of live) {
    clock.cancel(reservation.timer);
    reservation.status = reservation.status === 'pending' ? 'canceled' : 'completed';
    core.touch(reservation);
    announceReservation(core, reservation, `reservation.${reservation.status}`);
  }
  announceTask(core, task, `task.${status}`, workers);
  task.timers.removal = clock.after(REMOVAL_DELAY_MS, () => removeTask(core, task));
  core.reroute(task.workspace);
}

/** Deletes a task; one that is still live is cancelled first. */
export function removeTask(core: Core, task: Task): void {
  const { workspace } = task;
  if (!workspace.tasks.has(task.sid)) return;
  if (!hasEnded(task)) finishTask(core, task, 'canceled', 'Task deleted');
  core.sandbox.clock.cancel(task.timers.removal);
  workspace.tasks.delete(task.sid);
  for (const reservation of task.reservations) {
    workspace.reservations.delete(reservation.sid);
    reservation.worker.reservations.delete(reservation);
  }
  for (const transfer of workspace.transfers.values()) {
    if (transfer.task === task) workspace.transfers.delete(transfer.sid);
  }
  core.emit(workspace, 'task.deleted', { task });
}
