/**
 * The way of a waiting task: through its workflow's filters and targets, into queues, to workers.
 * https://www.twilio.com/docs/taskrouter/workflow-configuration
 *
 * A target's timeout leads to the next target of the same filter, and past the last one to the task's end. It is
 * counted from entering the target; Twilio counts it from the task's creation.
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
  // A workflow that was changed meanwhile may be shorter: the task starts again.
  if (task.step !== undefined && task.step.index >= stops.length) task.step = undefined;
  for (;;) {
    const index = task.step?.index ?? 0;
    const stop = stops[index];
    if (stop === undefined) return;
    if (task.step?.entered !== true) enter(core, task, stops, index, stop);
    offer(core, task, stop);
    if (task.status !== 'pending' || stops[index + 1] === undefined || !isSkipped(task, stop)) return;
    core.world.clock.cancel(task.timers.step);
    core.emit(task.workspace, 'workflow.skipped', { task });
    task.step = { index: index + 1, entered: false };
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
  const at = (target: WorkflowTarget, filter: number): Stop[] => {
    const queue = workspace.taskQueues.get(target.queueSid);
    return queue === undefined ? [] : [{ target, queue, filter }];
  };
  if (task.transfer !== undefined) {
    return task.transfer.type === 'QUEUE' ? at(openTarget(task.transfer.to), 0) : [];
  }
  if (task.routingTarget?.startsWith('WQ')) return at(openTarget(task.routingTarget), 0);
  if (task.workflow === undefined) return task.queue === undefined ? [] : at(openTarget(task.queue.sid), 0);

  const { filters, defaultTarget } = task.workflow.routing;
  const attributes = readAttributes(task);
  const scope = scopeOf(attributes, { task: attributes });
  const stops = filters.flatMap((filter, index) =>
    filter.matches(scope) ? filter.targets.flatMap((target) => at(target, index)) : [],
  );
  return defaultTarget === undefined ? stops : [...stops, ...at(defaultTarget, filters.length)];
}

function enter(
  core: Core,
  task: Task,
  stops: readonly Stop[],
  index: number,
  { target, queue, filter }: Stop,
): void {
  const { clock } = core.world;
  const isMoved = task.queue !== undefined && task.queue !== queue;
  task.step = { index, entered: true };
  task.queue = queue;
  task.queueEnteredAtMs = clock.nowMs();
  task.priority = target.priority ?? task.requestedPriority ?? task.priority;
  if (index === 0) core.emit(task.workspace, 'workflow.entered', { task });
  core.emit(task.workspace, 'workflow.target-matched', { task });
  if (isMoved) core.emit(task.workspace, 'task-queue.moved', { task });
  core.emit(task.workspace, 'task-queue.entered', { task });

  clock.cancel(task.timers.step);
  if (target.timeout === undefined || target.timeout <= 0) return;
  const step = task.step;
  task.timers.step = clock.after(target.timeout * 1000, () => {
    if (task.step === step) leave(core, task, stops[index + 1]?.filter === filter ? index + 1 : undefined);
  });
}

/** The target's time is over. Without a next one so is the task's. */
function leave(core: Core, task: Task, nextIndex: number | undefined): void {
  if (task.status !== 'pending' && task.status !== 'reserved') return;
  core.emit(task.workspace, 'task-queue.timeout', { task });
  if (nextIndex === undefined) {
    core.emit(task.workspace, 'workflow.timeout', { task });
    finishTask(core, task, 'canceled', 'Workflow timeout');
    return;
  }
  task.step = { index: nextIndex, entered: false };
  for (const reservation of reservationsIn(task, 'pending')) endPending(core, reservation, 'canceled');
  core.reroute(task.workspace);
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
