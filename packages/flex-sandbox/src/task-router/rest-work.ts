/** REST endpoints of workers, worker channels, tasks and reservations. */
import { notFound } from '../api-error.js';
import { buildPage } from '../paging.js';
import { type ApiRequest, flag } from '../router.js';
import { updateWorkerChannel } from './availability.js';
import { listReservations, listTasks, listWorkers } from './listings.js';
import {
  readNewTask,
  readNewWorker,
  readReservationChanges,
  readTaskChanges,
  readWholeNumber,
  readWorkerSettings,
} from './request-params.js';
import { updateReservation } from './reservations.js';
import { created, NO_CONTENT, ok, type Rest, segment, withETag } from './rest-endpoints.js';
import { lookUp, type Reservation, type Worker, type WorkerChannel, type Workspace } from './state.js';
import { createTask, removeTask, updateTask } from './tasks.js';
import { createWorker, removeWorker, updateWorker } from './workers.js';

export function addWorkers({ core, views, inWorkspace, limitExpression }: Rest): void {
  const find = (workspace: Workspace, request: ApiRequest) =>
    lookUp(workspace, 'workers', segment(request, 'worker'));
  inWorkspace('GET', '/Workers', (workspace, request) => {
    limitExpression(request.query, 'TargetWorkersExpression');
    return buildPage(request, 'workers', listWorkers(workspace, request.query), views.worker);
  });
  inWorkspace('POST', '/Workers', (workspace, request) => {
    const worker = createWorker(core, workspace, readNewWorker(request.body));
    return withETag(worker, created(views.worker(worker)));
  });
  inWorkspace('GET', '/Workers/:worker', (workspace, request) => {
    const worker = find(workspace, request);
    return withETag(worker, ok(views.worker(worker)));
  });
  inWorkspace('POST', '/Workers/:worker', (workspace, request) => {
    const worker = find(workspace, request);
    updateWorker(core, worker, readWorkerSettings(request.body), request.headers['if-match']);
    return withETag(worker, ok(views.worker(worker)));
  });
  inWorkspace('DELETE', '/Workers/:worker', (workspace, request) => {
    removeWorker(core, find(workspace, request));
    return NO_CONTENT;
  });

  const findChannel = (worker: Worker, request: ApiRequest): WorkerChannel => {
    const key = segment(request, 'channel');
    for (const channel of worker.channels.values()) {
      if ([channel.sid, channel.taskChannel.sid, channel.taskChannel.uniqueName].includes(key))
        return channel;
    }
    throw notFound(request.path);
  };
  inWorkspace('GET', '/Workers/:worker/Channels', (workspace, request) =>
    buildPage(request, 'channels', [...find(workspace, request).channels.values()], views.workerChannel),
  );
  inWorkspace('GET', '/Workers/:worker/Channels/:channel', (workspace, request) =>
    ok(views.workerChannel(findChannel(find(workspace, request), request))),
  );
  inWorkspace('POST', '/Workers/:worker/Channels/:channel', (workspace, request) => {
    const channel = findChannel(find(workspace, request), request);
    const capacity = readWholeNumber(request.body, 'Capacity');
    updateWorkerChannel(core, channel, { capacity, available: flag(request.body, 'Available') });
    return ok(views.workerChannel(channel));
  });
}

export function addTasks({ core, views, inWorkspace, limitExpression }: Rest): void {
  const find = (workspace: Workspace, request: ApiRequest) =>
    lookUp(workspace, 'tasks', segment(request, 'task'));
  inWorkspace('GET', '/Tasks', (workspace, request) => {
    limitExpression(request.query, 'EvaluateTaskAttributes');
    return buildPage(request, 'tasks', listTasks(workspace, request.query), views.task);
  });
  inWorkspace('POST', '/Tasks', (workspace, request) => {
    const task = createTask(core, workspace, readNewTask(request.body));
    return withETag(task, created(views.task(task)));
  });
  inWorkspace('GET', '/Tasks/:task', (workspace, request) => {
    const task = find(workspace, request);
    return withETag(task, ok(views.task(task)));
  });
  inWorkspace('POST', '/Tasks/:task', (workspace, request) => {
    const task = find(workspace, request);
    updateTask(core, task, readTaskChanges(request.body), request.headers['if-match']);
    return withETag(task, ok(views.task(task)));
  });
  inWorkspace('DELETE', '/Tasks/:task', (workspace, request) => {
    removeTask(core, find(workspace, request));
    return NO_CONTENT;
  });
}

export function addReservations({ core, views, inWorkspace }: Rest): void {
  // Twilio serves the same reservations below the task and below the worker.
  const parents = [
    {
      parent: 'Tasks',
      path: '/Tasks/:task',
      filters: ['ReservationStatus', 'WorkerSid'],
      reservationsOf: (workspace: Workspace, request: ApiRequest): Reservation[] =>
        lookUp(workspace, 'tasks', segment(request, 'task')).reservations,
    },
    {
      parent: 'Workers',
      path: '/Workers/:worker',
      filters: ['ReservationStatus'],
      reservationsOf: (workspace: Workspace, request: ApiRequest): Reservation[] => [
        ...lookUp(workspace, 'workers', segment(request, 'worker')).reservations,
      ],
    },
  ] as const;
  for (const { parent, path, filters, reservationsOf } of parents) {
    const view = (reservation: Reservation) => views.reservation(reservation, parent);
    const find = (workspace: Workspace, request: ApiRequest): Reservation => {
      const sid = segment(request, 'reservation');
      const reservation = reservationsOf(workspace, request).find((candidate) => candidate.sid === sid);
      if (reservation === undefined) throw notFound(request.path);
      return reservation;
    };
    inWorkspace('GET', `${path}/Reservations`, (workspace, request) => {
      const params = Object.fromEntries(filters.map((name) => [name, request.query[name]]));
      const reservations = listReservations(reservationsOf(workspace, request), params);
      return buildPage(request, 'reservations', reservations, view);
    });
    inWorkspace('GET', `${path}/Reservations/:reservation`, (workspace, request) => {
      const reservation = find(workspace, request);
      return withETag(reservation, ok(view(reservation)));
    });
    inWorkspace('POST', `${path}/Reservations/:reservation`, (workspace, request) => {
      const reservation = find(workspace, request);
      const changes = readReservationChanges(request.body);
      updateReservation(core, reservation, changes, request.headers['if-match']);
      return withETag(reservation, ok(view(reservation)));
    });
  }
}
