/**
 * Which workers are in a queue, and which of them can be offered a task, best first. The target's `order_by`
 * decides first. Among equal workers, those who did not accept an earlier offer of the task come last, so
 * that a rejected task goes to another worker. Twilio does not document its order in that case. Then comes
 * the worker who has been idle longest, as on Twilio.
 */
import { workersOn } from './announce.js';
import { hasCapacity } from './availability.js';
import { createScope, readPath, type Scope } from './expression.js';
import type { Task, TaskQueue, Worker } from './state.js';
import { readAttributes } from './values.js';
import { compileParameter, type KnownWorker, type OrderKey, type WorkflowTarget } from './workflow.js';

/** Returns a worker's attributes and the worker's own fields that expressions can read. */
function readWorkerFields(worker: Worker): Record<string, unknown> {
  return {
    ...readAttributes(worker),
    sid: worker.sid,
    friendly_name: worker.friendlyName,
    activity_sid: worker.activity.sid,
    activity_name: worker.activity.friendlyName,
  };
}

const createWorkerScope = (worker: Worker): Scope => {
  const fields = readWorkerFields(worker);
  return createScope(fields, { worker: fields });
};

/** Whether the queue's `target_workers` matches the worker. Ignores availability and capacity. */
export function isInQueue(queue: TaskQueue, worker: Worker): boolean {
  return queue.targetWorkers !== '' && queue.matches(createWorkerScope(worker));
}

/** Compiles the expression of a parameter with this name. Throws 400/20001 when it is invalid. */
export function compileWorkerFilter(
  expression: string,
  name = 'TargetWorkersExpression',
): (worker: Worker) => boolean {
  const matches = compileParameter(expression, name);
  return (worker) => matches(createWorkerScope(worker));
}

export function findQueueMembers(queue: TaskQueue, workers: Iterable<Worker>): Worker[] {
  return [...workers].filter((worker) => isInQueue(queue, worker));
}

/** Returns the queue's workers that can be offered the task, best first. */
export function findCandidates(task: Task, queue: TaskQueue, target: WorkflowTarget): Worker[] {
  const attributes = readAttributes(task);
  const isKnown = buildKnownWorkerTest(target.knownWorker, attributes);
  const workersOnTask = workersOn(task);
  const candidates = findQueueMembers(queue, task.workspace.workers.values()).filter(
    (worker) =>
      isKnown(worker) &&
      hasCapacity(worker, task.taskChannel) &&
      !workersOnTask.has(worker) &&
      target.accepts(createScope(attributes, { task: attributes, worker: readWorkerFields(worker) })),
  );
  const unacceptedOffers = (worker: Worker) => task.unacceptedOffers.get(worker.sid) ?? 0;
  const lastReserved = (worker: Worker) => worker.channels.get(task.taskChannel.sid)?.lastReservedAtMs ?? 0;
  return candidates.sort(
    (a, b) =>
      compareBy(target.orderBy, a, b) ||
      unacceptedOffers(a) - unacceptedOffers(b) ||
      lastReserved(a) - lastReserved(b) ||
      a.statusChangedAtMs - b.statusChangedAtMs,
  );
}

function buildKnownWorkerTest(
  knownWorker: KnownWorker | undefined,
  attributes: Record<string, unknown>,
): (worker: Worker) => boolean {
  if (knownWorker === undefined) return () => true;
  const expected = readKnownWorker(knownWorker, attributes);
  return (worker) => (knownWorker.by === 'sid' ? worker.sid : worker.friendlyName) === expected;
}

function readKnownWorker({ reference }: KnownWorker, attributes: Record<string, unknown>): unknown {
  const [root, ...path] = reference.split('.');
  return root === 'task' ? readPath(attributes, path) : reference;
}

/**
 * The error of a target whose known worker cannot get the task: 40155 for one who is not in the workspace, 40152 for one who is not
 * in the queue. The task stays in the target until its timeout. `null` in the task means that there is no known worker.
 * https://www.twilio.com/docs/taskrouter/workflow-configuration/known-agent-routing
 */
export function findKnownWorkerError(
  task: Task,
  queue: TaskQueue,
  { knownWorker }: WorkflowTarget,
): { readonly errorCode: 40152 | 40155; readonly text: string } | undefined {
  const attributes = readAttributes(task);
  if (knownWorker === undefined || readKnownWorker(knownWorker, attributes) === null) return undefined;
  const worker = [...task.workspace.workers.values()].find(buildKnownWorkerTest(knownWorker, attributes));
  if (worker === undefined) return { errorCode: 40155, text: 'Invalid Workspace for Known Worker' };
  return isInQueue(queue, worker) ? undefined : { errorCode: 40152, text: 'Invalid Queue for Known Worker' };
}

function compareBy(keys: readonly OrderKey[], a: Worker, b: Worker): number {
  for (const { path, isDescending } of keys) {
    const [x, y] = [readPath(readWorkerFields(a), path) ?? null, readPath(readWorkerFields(b), path) ?? null];
    if (x === y) continue;
    // Workers without the attribute come last in both directions.
    if (x === null) return 1;
    if (y === null) return -1;
    return isDescending ? -compareValues(x, y) : compareValues(x, y);
  }
  return 0;
}

/** Compares numbers by value, everything else as text. */
function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : 1;
}
