/**
 * Routes waiting tasks: through their workflow's filters and targets into queues, and on to workers.
 * https://www.twilio.com/docs/taskrouter/workflow-configuration
 *
 * When a target times out, the task moves to the next target of the same filter. After the last target the
 * task is cancelled. Timeouts add up and start at the task's creation:
 * https://www.twilio.com/docs/taskrouter/task-evaluation
 */
import { endPendingReservation, reserve } from './assignment.js';
import { hasCapacity } from './availability.js';
import { findCandidates, findKnownWorkerError, findQueueMembers, isInQueue } from './candidates.js';
import type { Core } from './core.js';
import { createScope } from './expression.js';
import {
  isLive,
  isOnHold,
  reservationsWithStatus,
  type Task,
  type TaskQueue,
  type Workspace,
} from './state.js';
import { finishTask } from './tasks.js';
import { readAttributes } from './values.js';
import { buildQueueTarget, type WorkflowTarget } from './workflow.js';

/** A workflow target that matches the task. Targets of one filter are adjacent. */
interface MatchedTarget {
  readonly target: WorkflowTarget;
  readonly queue: TaskQueue;
  readonly filterIndex: number;
  /** The target's position in the workflow, which does not depend on the filters that match. */
  readonly key: string;
  /** The task's age in seconds at which this target times out; `undefined` for never. */
  readonly endsAtAge: number | undefined;
}

/** Offers every waiting task of the workspace to workers with capacity, by priority and then by age. */
export function routeWorkspace(core: Core, workspace: Workspace): void {
  const waiting = [...workspace.tasks.values()].filter(
    // A reserved task is also routed, because its queue may offer it to several workers at a time.
    (task) => task.status === 'pending' || (task.status === 'reserved' && task.transfer === undefined),
  );
  waiting.sort((a, b) => b.priority - a.priority || a.virtualStartAtMs - b.virtualStartAtMs);
  for (const task of waiting) routeTask(core, task);
}

function routeTask(core: Core, task: Task): void {
  if (task.transfer === undefined && task.routingTarget?.startsWith('WK')) {
    routeToWorker(core, task, task.routingTarget);
    return;
  }
  const targets = findMatchedTargets(task);
  if (targets.length === 0) {
    if (task.transfer === undefined)
      finishTask(core, task, 'canceled', 'Task did not match any workflow filter');
    return;
  }
  // The task or its workflow has changed since this step.
  if (task.step !== undefined && targets[task.step.index]?.key !== task.step.key) {
    if (task.status === 'reserved') {
      if (!core.sandbox.quirks.reservedTaskIsRoutedAgain || task.reservations.some(isOnHold)) return;
      cancelOffers(core, task);
    }
    task.step = undefined;
  }
  for (;;) {
    const index = task.step?.index ?? 0;
    const current = targets[index];
    if (current === undefined) return;
    const next = targets[index + 1];
    const isOver = task.step?.isEntered === true && secondsLeft(core, task, current) <= 0;
    if (isOver) {
      if (task.status !== 'pending' || !leaveTarget(core, task, index, current, next)) return;
      continue;
    }
    if (task.step?.isLeft === true && task.status === 'pending') {
      task.step.isLeft = false;
      if (next?.filterIndex === current.filterIndex) {
        core.sandbox.clock.cancel(task.timers.step);
        task.step = { index: index + 1, key: next.key, isEntered: false };
        continue;
      }
    }
    if (task.step?.isEntered !== true) {
      if (secondsLeft(core, task, current) <= 0) {
        if (task.step === undefined) core.emit(task.workspace, 'workflow.entered', { task });
        if (next?.filterIndex !== current.filterIndex) {
          timeOut(core, task);
          return;
        }
        task.step = { index: index + 1, key: next.key, isEntered: false };
        continue;
      }
      enterQueue(core, task, index, current, next);
    }
    offerToWorkers(core, task, current);
    if (task.status !== 'pending' || next === undefined || !isSkipped(task, current)) return;
    core.sandbox.clock.cancel(task.timers.step);
    core.emit(task.workspace, 'workflow.skipped', { task });
    task.step = { index: index + 1, key: next.key, isEntered: false };
  }
}

function routeToWorker(core: Core, task: Task, workerSid: string): void {
  const worker = task.workspace.workers.get(workerSid);
  if (worker === undefined) {
    finishTask(core, task, 'canceled', 'RoutingTarget worker does not exist');
    return;
  }
  if (task.reservations.some(isLive)) return;
  if (!task.ignoreCapacity && !hasCapacity(worker, task.taskChannel)) return;
  const queues = [...task.workspace.taskQueues.values()];
  task.queue ??= queues.find((queue) => isInQueue(queue, worker)) ?? queues[0];
  reserve(core, task, worker);
}

function findMatchedTargets(task: Task): MatchedTarget[] {
  const { workspace } = task;
  const match = (targets: readonly WorkflowTarget[], filterIndex: number): MatchedTarget[] => {
    let age = 0;
    return targets.flatMap((target, index) => {
      const timeout = target.timeout !== undefined && target.timeout > 0 ? target.timeout : undefined;
      age += timeout ?? 0;
      const queue = workspace.taskQueues.get(target.queueSid);
      const endsAtAge = timeout === undefined ? undefined : age;
      const key = `${filterIndex}/${index}`;
      return queue === undefined ? [] : [{ target, queue, filterIndex, key, endsAtAge }];
    });
  };
  if (task.transfer !== undefined) {
    return task.transfer.type === 'QUEUE' ? match([buildQueueTarget(task.transfer.to)], 0) : [];
  }
  if (task.routingTarget?.startsWith('WQ')) return match([buildQueueTarget(task.routingTarget)], 0);
  if (task.workflow === undefined) {
    return task.queue === undefined ? [] : match([buildQueueTarget(task.queue.sid)], 0);
  }

  const { filters, defaultTarget } = task.workflow.routing;
  const attributes = readAttributes(task);
  const scope = createScope(attributes, { task: attributes });
  const matched = filters.flatMap((filter, index) =>
    filter.matches(scope) ? match(filter.targets, index) : [],
  );
  return defaultTarget === undefined ? matched : [...matched, ...match([defaultTarget], filters.length)];
}

function secondsLeft(core: Core, task: Task, { endsAtAge }: MatchedTarget): number {
  if (endsAtAge === undefined) return Number.POSITIVE_INFINITY;
  return endsAtAge - (core.sandbox.clock.nowMs() - task.createdAtMs) / 1000;
}

function enterQueue(
  core: Core,
  task: Task,
  index: number,
  current: MatchedTarget,
  next: MatchedTarget | undefined,
): void {
  const { target, queue, key } = current;
  const { clock } = core.sandbox;
  const isFirst = task.step === undefined;
  const isMoved = task.queue !== undefined && task.queue !== queue;
  task.step = { index, key, isEntered: true };
  task.queue = queue;
  task.queueEnteredAtMs = clock.nowMs();
  task.priority = target.priority ?? task.requestedPriority ?? task.priority;
  if (isFirst) core.emit(task.workspace, 'workflow.entered', { task });
  core.emit(task.workspace, 'workflow.target-matched', { task });
  if (isMoved) core.emit(task.workspace, 'task-queue.moved', { task });
  core.emit(task.workspace, 'task-queue.entered', { task });
  const error = findKnownWorkerError(task, queue, target);
  if (error !== undefined) core.alert({ ...error, resourceSid: task.sid });

  clock.cancel(task.timers.step);
  if (current.endsAtAge === undefined) return;
  const step = task.step;
  task.timers.step = clock.after(secondsLeft(core, task, current) * 1000, () => {
    if (task.step !== step || (task.status !== 'pending' && task.status !== 'reserved')) return;
    // The end of the reservation routes the task again.
    const goesOn = !core.sandbox.quirks.targetTimeoutCancelsOffer || task.reservations.some(isOnHold);
    if (task.status === 'reserved' && goesOn) return;
    if (leaveTarget(core, task, index, current, next)) core.reroute(task.workspace);
  });
}

/** The target's time is over. Returns whether the task goes on to the next target. */
function leaveTarget(
  core: Core,
  task: Task,
  index: number,
  current: MatchedTarget,
  next: MatchedTarget | undefined,
): boolean {
  core.emit(task.workspace, 'task-queue.timeout', { task });
  if (next?.filterIndex !== current.filterIndex) {
    timeOut(core, task);
    return false;
  }
  task.step = { index: index + 1, key: next.key, isEntered: false };
  cancelOffers(core, task);
  return true;
}

function cancelOffers(core: Core, task: Task): void {
  for (const reservation of reservationsWithStatus(task, 'pending'))
    endPendingReservation(core, reservation, 'canceled');
}

/** Cancels a task after the last target of its filter. */
function timeOut(core: Core, task: Task): void {
  core.emit(task.workspace, 'workflow.timeout', { task });
  finishTask(core, task, 'canceled', 'Workflow timeout');
}

function offerToWorkers(core: Core, task: Task, { queue, target }: MatchedTarget): void {
  const remainingOffers = queue.maxReservedWorkers - reservationsWithStatus(task, 'pending').length;
  if (remainingOffers <= 0) return;
  for (const worker of findCandidates(task, queue, target).slice(0, remainingOffers))
    reserve(core, task, worker);
}

/** Whether the target's `skip_if` is true. It can count the queue's workers: `workers.available == 0`. */
function isSkipped(task: Task, { queue, target }: MatchedTarget): boolean {
  if (target.skipIf === undefined) return false;
  const { workspace } = task;
  const members = findQueueMembers(queue, workspace.workers.values());
  const available = members.filter((worker) => worker.activity.available).length;
  const workers: Record<string, number> = { available, unavailable: members.length - available };
  for (const activity of workspace.activities.values()) {
    workers[activity.sid] = members.filter((worker) => worker.activity === activity).length;
  }
  const attributes = readAttributes(task);
  return target.skipIf(createScope(attributes, { task: attributes, workers }));
}
