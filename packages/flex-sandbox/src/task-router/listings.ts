/** Lists a workspace's entities with the filters and orders that REST and the event bridge share. */
import { flag, list, type Params, text } from '../router.js';
import { compileWorkerFilter, isInQueue } from './candidates.js';
import { createScope } from './expression.js';
import { orderItems, readWholeNumber } from './request-params.js';
import { lookUp, type Reservation, type Task, type TaskQueue, type Worker, type Workspace } from './state.js';
import { readAttributes } from './values.js';
import { compileParameter } from './workflow.js';

type Test<T> = ((item: T) => boolean) | undefined;

const filterBy = <T>(items: Iterable<T>, tests: ReadonlyArray<Test<T>>): T[] =>
  [...items].filter((item) => tests.every((test) => test === undefined || test(item)));

/** Builds the test for a text parameter; `undefined` when the caller did not send the parameter. */
function buildParamTest<T>(
  params: Params,
  name: string,
  read: (item: T) => string | undefined | null,
): Test<T> {
  const expected = text(params, name);
  return expected === undefined || expected === '' ? undefined : (item) => read(item) === expected;
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
  const requiredQueues = queueSid === undefined && queueName === undefined ? undefined : queues;
  const workers = filterBy<Worker>(workspace.workers.values(), [
    buildParamTest(params, 'FriendlyName', (worker) => worker.friendlyName),
    buildParamTest(params, 'ActivitySid', (worker) => worker.activity.sid),
    buildParamTest(params, 'ActivityName', (worker) => worker.activity.friendlyName),
    available === undefined ? undefined : (worker) => worker.activity.available === available,
    requiredQueues && ((worker) => requiredQueues.some((queue) => isInQueue(queue, worker))),
    expression ? compileWorkerFilter(expression) : undefined,
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
  const expression = text(params, 'EvaluateWorkerAttributes');
  const evaluate = expression ? compileWorkerFilter(expression, 'EvaluateWorkerAttributes') : undefined;
  const matchingWorkers = evaluate && [...workspace.workers.values()].filter(evaluate);
  const queues = filterBy<TaskQueue>(workspace.taskQueues.values(), [
    buildParamTest(params, 'FriendlyName', (queue) => queue.friendlyName),
    worker && ((queue) => isInQueue(queue, worker)),
    matchingWorkers && ((queue) => matchingWorkers.some((match) => isInQueue(queue, match))),
  ]);
  return orderItems(queues, text(params, 'Ordering'), {
    DateUpdated: (queue) => queue.updatedAtMs,
    DateCreated: (queue) => queue.createdAtMs,
    FriendlyName: (queue) => queue.friendlyName,
  });
}

export function listTasks(workspace: Workspace, params: Params): Task[] {
  const statuses = list(params, 'AssignmentStatus');
  const priority = readWholeNumber(params, 'Priority');
  const expression = text(params, 'EvaluateTaskAttributes');
  const matches = expression ? compileParameter(expression, 'EvaluateTaskAttributes') : undefined;
  const tasks = filterBy<Task>(workspace.tasks.values(), [
    statuses && ((task) => statuses.includes(task.status)),
    buildParamTest(params, 'WorkflowSid', (task) => task.workflow?.sid),
    buildParamTest(params, 'WorkflowName', (task) => task.workflow?.friendlyName),
    buildParamTest(params, 'TaskQueueSid', (task) => task.queue?.sid),
    buildParamTest(params, 'TaskQueueName', (task) => task.queue?.friendlyName),
    buildParamTest(params, 'RoutingTarget', (task) => task.routingTarget),
    priority === undefined ? undefined : (task) => task.priority === priority,
    matches && ((task) => matches(createScope(readAttributes(task)))),
  ]);
  return orderItems(tasks, text(params, 'Ordering'), {
    DateCreated: (task) => task.createdAtMs,
    Priority: (task) => task.priority,
    VirtualStartTime: (task) => task.virtualStartAtMs,
  });
}

export function listReservations(reservations: Iterable<Reservation>, params: Params): Reservation[] {
  const statuses = list(params, 'ReservationStatus');
  return filterBy<Reservation>(reservations, [
    statuses && ((reservation) => statuses.includes(reservation.status)),
    buildParamTest(params, 'WorkerSid', (reservation) => reservation.worker.sid),
  ]);
}
