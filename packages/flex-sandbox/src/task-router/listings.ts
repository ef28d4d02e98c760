/** Lists of a workspace with the filters and orders that REST and the event bridge share. */
import { flag, list, type Params, text } from '../router.js';
import { isInQueue, workerFilter } from './candidates.js';
import { scopeOf } from './expression.js';
import { orderItems, wholeNumber } from './request-params.js';
import { lookUp, type Reservation, type Task, type TaskQueue, type Worker, type Workspace } from './state.js';
import { readAttributes } from './values.js';
import { compileParameter } from './workflow.js';

type Test<T> = ((item: T) => boolean) | undefined;

const matching = <T>(items: Iterable<T>, tests: ReadonlyArray<Test<T>>): T[] =>
  [...items].filter((item) => tests.every((test) => test === undefined || test(item)));

/** A test on one text parameter; `undefined` when it was not sent. */
function by<T>(params: Params, name: string, read: (item: T) => string | undefined | null): Test<T> {
  const wanted = text(params, name);
  return wanted === undefined || wanted === '' ? undefined : (item) => read(item) === wanted;
}

export function listWorkers(workspace: Workspace, params: Params): Worker[] {
  const expression = text(params, 'TargetWorkersExpression');
  const available = flag(params, 'Available');
  const queueSid = text(params, 'TaskQueueSid');
  const queueName = text(params, 'TaskQueueName');
  const queues = [
    ...(queueSid === undefined ? [] : [lookUp(workspace, 'taskQueues', queueSid)]),
    ...[...workspace.taskQueues.values()].filter((queue) => queue.friendlyName === queueName),
  ];
  const inQueues = queueSid === undefined && queueName === undefined ? undefined : queues;
  const workers = matching<Worker>(workspace.workers.values(), [
    by(params, 'FriendlyName', (worker) => worker.friendlyName),
    by(params, 'ActivitySid', (worker) => worker.activity.sid),
    by(params, 'ActivityName', (worker) => worker.activity.friendlyName),
    available === undefined ? undefined : (worker) => worker.activity.available === available,
    inQueues && ((worker) => inQueues.some((queue) => isInQueue(queue, worker))),
    expression ? workerFilter(expression) : undefined,
  ]);
  return orderItems(workers, text(params, 'Ordering'), {
    DateStatusChanged: (worker) => worker.statusChangedAtMs,
    DateCreated: (worker) => worker.createdAtMs,
    DateUpdated: (worker) => worker.updatedAtMs,
    FriendlyName: (worker) => worker.friendlyName,
  });
}

export function listTaskQueues(workspace: Workspace, params: Params): TaskQueue[] {
  const workerSid = text(params, 'WorkerSid');
  const worker = workerSid ? lookUp(workspace, 'workers', workerSid) : undefined;
  const queues = matching<TaskQueue>(workspace.taskQueues.values(), [
    by(params, 'FriendlyName', (queue) => queue.friendlyName),
    worker && ((queue) => isInQueue(queue, worker)),
  ]);
  return orderItems(queues, text(params, 'Ordering'), {
    DateUpdated: (queue) => queue.updatedAtMs,
    DateCreated: (queue) => queue.createdAtMs,
    FriendlyName: (queue) => queue.friendlyName,
  });
}

export function listTasks(workspace: Workspace, params: Params): Task[] {
  const statuses = list(params, 'AssignmentStatus');
  const priority = wholeNumber(params, 'Priority');
  const expression = text(params, 'EvaluateTaskAttributes');
  const matches = expression ? compileParameter(expression, 'EvaluateTaskAttributes') : undefined;
  const tasks = matching<Task>(workspace.tasks.values(), [
    statuses && ((task) => statuses.includes(task.status)),
    by(params, 'WorkflowSid', (task) => task.workflow?.sid),
    by(params, 'WorkflowName', (task) => task.workflow?.friendlyName),
    by(params, 'TaskQueueSid', (task) => task.queue?.sid),
    by(params, 'TaskQueueName', (task) => task.queue?.friendlyName),
    by(params, 'TaskChannel', (task) => task.taskChannel.uniqueName),
    by(params, 'RoutingTarget', (task) => task.routingTarget),
    priority === undefined ? undefined : (task) => task.priority === priority,
    matches && ((task) => matches(scopeOf(readAttributes(task)))),
  ]);
  return orderItems(tasks, text(params, 'Ordering'), {
    DateCreated: (task) => task.createdAtMs,
    Priority: (task) => task.priority,
    VirtualStartTime: (task) => task.virtualStartAtMs,
  });
}

export function listReservations(reservations: Iterable<Reservation>, params: Params): Reservation[] {
  const statuses = list(params, 'ReservationStatus');
  return matching<Reservation>(reservations, [
    statuses && ((reservation) => statuses.includes(reservation.status)),
    by(params, 'WorkerSid', (reservation) => reservation.worker.sid),
  ]);
}
