/**
 * The way of a waiting task: through its workflow's filters and targets, into queues, to workers.
 * https://www.twilio.com/docs/taskrouter/workflow-configuration
 *
 * A target's timeout leads to the next target of the same filter, and past the last one to the task's end. Timeouts
 * add up and are counted from the task's creation: https://www.twilio.com/docs/taskrouter/task-evaluation
 */
import { endPending, reserve } from './assignment.js';
import { hasCapacity } from './availability.js';
import { findCandidates, isInQueue, workersIn } from './candidates.js';
import type { Core } from './core.js';
import { scopeOf } from './expression.js';
import { isLive, reservationsIn, type Task, type TaskQueue, type Workspace } from './state.js';
import { finishTask } from './tasks.js';
import { readAttributes } from './values.js';
import { openTarget, type WorkflowTarget } from './workflow.js';

/** One target on the task's way. Targets of one filter follow each other. */
interface Stop {
  readonly target: WorkflowTarget;
  readonly queue: TaskQueue;
  readonly filter: number;
  /** Its place in the workflow, whichever other filters the task's attributes match. */
  readonly key: string;
  /** The task's age, in seconds, at which its time here is over; `undefined` for never. */
  readonly endsAtAge: number | undefined;
}

/** Offers every waiting task of the workspace to whoever is free: by priority, then by age. */
export function routeWorkspace(core: Core, workspace: Workspace): void {
  const waiting = [...workspace.tasks.values()].filter(
    // A reserved task may take more workers when its queue offers it to several at a time.
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
  const stops = findStops(task);
  if (stops.length === 0) {
    if (task.transfer === undefined)
      finishTask(core, task, 'canceled', 'Task did not match any workflow filter');
    return;
  }
  // The task or its workflow was changed meanwhile. What is on offer stays so, what waits starts again.
  if (task.step !== undefined && stops[task.step.index]?.key !== task.step.key) {
    if (task.status === 'reserved') return;
    task.step = undefined;
  }
  for (;;) {
    const index = task.step?.index ?? 0;
    const stop = stops[index];
    if (stop === undefined) return;
    const next = stops[index + 1];
    if (task.step?.entered !== true) {
      if (secondsLeft(core, task, stop) <= 0) {
        if (task.step === undefined) core.emit(task.workspace, 'workflow.entered', { task });
        if (next?.filter !== stop.filter) {
          timeOut(core, task);
          return;
        }
        task.step = { index: index + 1, key: next.key, entered: false };
        continue;
      }
      enter(core, task, index, stop, next);
    }
    offer(core, task, stop);
    if (task.status !== 'pending' || next === undefined || !isSkipped(task, stop)) return;
    core.sandbox.clock.cancel(task.timers.step);
    core.emit(task.workspace, 'workflow.skipped', { task });
    task.step = { index: index + 1, key: next.key, entered: false };
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

function findStops(task: Task): Stop[] {
  const { workspace } = task;
  const along = (targets: readonly WorkflowTarget[], filter: number): Stop[] => {
    let age = 0;
    return targets.flatMap((target, place) => {
      const timeout = target.timeout !== undefined && target.timeout > 0 ? target.timeout : undefined;
      age += timeout ?? 0;
      const queue = workspace.taskQueues.get(target.queueSid);
      const endsAtAge = timeout === undefined ? undefined : age;
      return queue === undefined ? [] : [{ target, queue, filter, key: `${filter}/${place}`, endsAtAge }];
    });
  };
  if (task.transfer !== undefined) {
    return task.transfer.type === 'QUEUE' ? along([openTarget(task.transfer.to)], 0) : [];
  }
  if (task.routingTarget?.startsWith('WQ')) return along([openTarget(task.routingTarget)], 0);
  if (task.workflow === undefined) {
    return task.queue === undefined ? [] : along([openTarget(task.queue.sid)], 0);
  }

  const { filters, defaultTarget } = task.workflow.routing;
  const attributes = readAttributes(task);
  const scope = scopeOf(attributes, { task: attributes });
  const stops = filters.flatMap((filter, index) =>
    filter.matches(scope) ? along(filter.targets, index) : [],
  );
  return defaultTarget === undefined ? stops : [...stops, ...along([defaultTarget], filters.length)];
}

function secondsLeft(core: Core, task: Task, { endsAtAge }: Stop): number {
  if (endsAtAge === undefined) return Number.POSITIVE_INFINITY;
  return endsAtAge - (core.sandbox.clock.nowMs() - task.createdAtMs) / 1000;
}

function enter(core: Core, task: Task, index: number, stop: Stop, next: Stop | undefined): void {
  const { target, queue, key, filter } = stop;
  const { clock } = core.sandbox;
  const isFirst = task.step === undefined;
  const isMoved = task.queue !== undefined && task.queue !== queue;
  task.step = { index, key, entered: true };
  task.queue = queue;
  task.queueEnteredAtMs = clock.nowMs();
  task.priority = target.priority ?? task.requestedPriority ?? task.priority;
  if (isFirst) core.emit(task.workspace, 'workflow.entered', { task });
  core.emit(task.workspace, 'workflow.target-matched', { task });
  if (isMoved) core.emit(task.workspace, 'task-queue.moved', { task });
  core.emit(task.workspace, 'task-queue.entered', { task });

  clock.cancel(task.timers.step);
  if (stop.endsAtAge === undefined) return;
  const step = task.step;
  task.timers.step = clock.after(secondsLeft(core, task, stop) * 1000, () => {
    if (task.step !== step || (task.status !== 'pending' && task.status !== 'reserved')) return;
    core.emit(task.workspace, 'task-queue.timeout', { task });
    if (next?.filter !== filter) {
      timeOut(core, task);
      return;
    }
    task.step = { index: index + 1, key: next.key, entered: false };
    for (const reservation of reservationsIn(task, 'pending')) endPending(core, reservation, 'canceled');
    core.reroute(task.workspace);
  });
}

/** Past its filter's last target a task is over. */
function timeOut(core: Core, task: Task): void {
  core.emit(task.workspace, 'workflow.timeout', { task });
  finishTask(core, task, 'canceled', 'Workflow timeout');
}

function offer(core: Core, task: Task, { queue, target }: Stop): void {
  const room = queue.maxReservedWorkers - reservationsIn(task, 'pending').length;
  if (room <= 0) return;
  for (const worker of findCandidates(task, queue, target).slice(0, room)) reserve(core, task, worker);
}

/** `skip_if` asks about the workers of the queue: `workers.available == 0`. */
function isSkipped(task: Task, { queue, target }: Stop): boolean {
  if (target.skipIf === undefined) return false;
  const { workspace } = task;
  const members = workersIn(queue, workspace.workers.values());
  const available = members.filter((worker) => worker.activity.available).length;
  const workers: Record<string, number> = { available, unavailable: members.length - available };
  for (const activity of workspace.activities.values()) {
    workers[activity.sid] = members.filter((worker) => worker.activity === activity).length;
  }
  const attributes = readAttributes(task);
  return target.skipIf(scopeOf(attributes, { task: attributes, workers }));
}
