/**
 * Which workers a queue has, and which of them may be offered a task now, best first.
 * Among equals Twilio takes the one idle longest. Here whoever let this task go comes last before that, so that a
 * rejected task moves on; the order Twilio takes then is not documented.
 */
import { workersOn } from './announce.js';
import { hasCapacity } from './availability.js';
import { readPath, type Scope, scopeOf } from './expression.js';
import type { Task, TaskQueue, Worker } from './state.js';
import { readAttributes } from './values.js';
import { compileParameter, type KnownWorker, type OrderKey, type WorkflowTarget } from './workflow.js';

/** A worker's attributes and what else expressions may ask about the worker. */
function workerFacts(worker: Worker): Record<string, unknown> {
  return {
    ...readAttributes(worker),
    sid: worker.sid,
    friendly_name: worker.friendlyName,
    activity_sid: worker.activity.sid,
    activity_name: worker.activity.friendlyName,
  };
}

const scopeOfWorker = (worker: Worker): Scope => {
  const facts = workerFacts(worker);
  return scopeOf(facts, { worker: facts });
};

/** Whether the queue's `target_workers` takes the worker, whatever they are doing. */
export function isInQueue(queue: TaskQueue, worker: Worker): boolean {
  return queue.targetWorkers !== '' && queue.matches(scopeOfWorker(worker));
}

/** A test for `TargetWorkersExpression`. Throws 400/40001. */
export function workerFilter(expression: string): (worker: Worker) => boolean {
  const matches = compileParameter(expression, 'TargetWorkersExpression');
  return (worker) => matches(scopeOfWorker(worker));
}

export function workersIn(queue: TaskQueue, workers: Iterable<Worker>): Worker[] {
  return [...workers].filter((worker) => isInQueue(queue, worker));
}

/** The workers of the queue that the target would offer the task to. */
export function findCandidates(task: Task, queue: TaskQueue, target: WorkflowTarget): Worker[] {
  const attributes = readAttributes(task);
  const isKnown = knownWorkerTest(target.knownWorker, attributes);
  const busy = workersOn(task);
  const candidates = workersIn(queue, task.workspace.workers.values()).filter(
    (worker) =>
      isKnown(worker) &&
      hasCapacity(worker, task.taskChannel) &&
      !busy.has(worker) &&
      target.accepts(scopeOf(attributes, { task: attributes, worker: workerFacts(worker) })),
  );
  const refusals = (worker: Worker) => task.refusals.get(worker.sid) ?? 0;
  const lastReserved = (worker: Worker) => worker.channels.get(task.taskChannel.sid)?.lastReservedAtMs ?? 0;
  return candidates.sort(
    (a, b) =>
      compareBy(target.orderBy, a, b) ||
      refusals(a) - refusals(b) ||
      lastReserved(a) - lastReserved(b) ||
      a.statusChangedAtMs - b.statusChangedAtMs,
  );
}

function knownWorkerTest(
  known: KnownWorker | undefined,
  attributes: Record<string, unknown>,
): (worker: Worker) => boolean {
  if (known === undefined) return () => true;
  const [root, ...path] = known.reference.split('.');
  const wanted = root === 'task' ? readPath(attributes, path) : known.reference;
  return (worker) => (known.by === 'sid' ? worker.sid : worker.friendlyName) === wanted;
}

function compareBy(keys: readonly OrderKey[], a: Worker, b: Worker): number {
  for (const { path, descending } of keys) {
    const [x, y] = [readPath(workerFacts(a), path) ?? null, readPath(workerFacts(b), path) ?? null];
    if (x === y) continue;
    // Whoever does not have it comes last, whichever way round.
    if (x === null) return 1;
    if (y === null) return -1;
    return descending ? -compareValues(x, y) : compareValues(x, y);
  }
  return 0;
}

/** Numbers by size, everything else by its text. */
function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : 1;
}
