/**
 * Handles the worker SDK's requests through the event bridge.
 * A worker may act only for themselves. Supervisors and admins may act for every worker of the workspace.
 */
import { badRequest, forbidden, notFound } from '../api-error.js';
import { isSupervisor } from '../iam/callers.js';
import {
  type ApiReply,
  type ApiRequest,
  flag,
  type Method,
  type Params,
  requireText,
  text,
} from '../router.js';
import type { Core } from './core.js';
import type { Bridge } from './event-bridge-router.js';
import type { BridgeViews } from './event-bridge-views.js';
import { listTaskQueues, listWorkers } from './listings.js';
import {
  readNewTask,
  readReservationChanges,
  readTaskChanges,
  readWholeNumber,
  readWorkerSettings,
} from './request-params.js';
import { updateReservation } from './reservations.js';
import { type Entity, isLive, lookUp, type Reservation, type Worker, type Workspace } from './state.js';
import { createTask, updateTask } from './tasks.js';
import { cancelTransfer, createTransfer } from './transfers.js';
import type { StartUpList, WorkerSockets } from './worker-sockets.js';
import { updateWorker } from './workers.js';

type BridgeHandler = (workspace: Workspace, request: ApiRequest) => ApiReply;

/** The time that the SDK needs to create a transfer object from the response. */
const TRANSFER_RESPONSE_MS = 25;

const ok = (body: unknown): ApiReply => ({ body });

const segment = (request: ApiRequest, name: string) => request.segments[name] ?? '';

const readIfMatch = (request: ApiRequest) => request.headers['if-match'];

export function addWorkerRequests(
  core: Core,
  bridge: Bridge,
  views: BridgeViews,
  sockets: WorkerSockets,
): void {
  const on = (method: Method, path: string, handler: BridgeHandler) =>
    bridge.on(method, `/Workspaces/:workspace${path}`, (request) => {
      const workspace = core.workspaces.get(segment(request, 'workspace'));
      if (workspace === undefined) throw notFound(request.path);
      const { workerSid } = request.caller;
      if (workerSid === undefined || !workspace.workers.has(workerSid)) throw forbidden();
      return handler(workspace, request);
    });

  /** Returns the worker in the path. Throws 403 for another worker, unless the caller is a supervisor. */
  function findOwnWorker(workspace: Workspace, request: ApiRequest): Worker {
    const sid = segment(request, 'worker');
    if (sid !== request.caller.workerSid && !isSupervisor(request.caller)) throw forbidden();
    return lookUp(workspace, 'workers', sid);
  }

  /** Marks a start-up list as answered when its response is sent. */
  const markListedAfterReply = (request: ApiRequest, list: StartUpList) => ({
    afterReply: () => sockets.markListed(request.caller.workerSid ?? '', list),
  });

  on('GET', '/Activities', (workspace, request) => ({
    body: buildBridgePage(request, [...workspace.activities.values()], (activity) =>
      views.activity(workspace, activity),
    ),
    ...markListedAfterReply(request, 'Activities'),
  }));

  on('GET', '/Workers', (workspace, request) =>
    ok(buildBridgePage(request, listWorkers(workspace, request.query), views.worker)),
  );
  on('GET', '/Workers/:worker', (workspace, request) =>
    ok(views.worker(lookUp(workspace, 'workers', segment(request, 'worker')))),
  );
  on('POST', '/Workers/:worker', (workspace, request) => {
    const worker = findOwnWorker(workspace, request);
    // When a supervisor changes another worker, the SDK sends the supervisor's own version.
    const version = worker.sid === request.caller.workerSid ? readIfMatch(request) : undefined;
    updateWorker(core, worker, readWorkerSettings(request.body), version);
    return ok(views.worker(worker));
  });
  on('GET', '/Workers/:worker/WorkerChannels', (workspace, request) => ({
    body: buildBridgePage(
      request,
      [...lookUp(workspace, 'workers', segment(request, 'worker')).channels.values()],
      views.workerChannel,
    ),
    ...markListedAfterReply(request, 'WorkerChannels'),
  }));

  on('GET', '/Workers/:worker/Reservations', (workspace, request) => {
    const worker = findOwnWorker(workspace, request);
    const reservations = [...worker.reservations].filter(
      (reservation) => flag(request.query, 'Active') !== true || isLive(reservation),
    );
    if (worker.sid === request.caller.workerSid) sockets.markListed(worker.sid, 'Reservations');
    return ok(buildBridgePage(request, reservations, views.reservation));
  });
  on('GET', '/Workers/:worker/Reservations/:reservation', (workspace, request) =>
    ok(views.reservation(findOwnReservation(workspace, request))),
  );
  on('POST', '/Workers/:worker/Reservations/:reservation', changeReservation);
  on('POST', '/Tasks/:task/Reservations/:reservation', changeReservation);

  function changeReservation(workspace: Workspace, request: ApiRequest): ApiReply {
    const reservation = findOwnReservation(workspace, request);
    updateReservation(core, reservation, readReservationChanges(request.body), readIfMatch(request));
    return ok(views.changedReservation(reservation));
  }

  function findOwnReservation(workspace: Workspace, request: ApiRequest): Reservation {
    const reservation = lookUp(workspace, 'reservations', segment(request, 'reservation'));
    if (reservation.worker.sid !== request.caller.workerSid && !isSupervisor(request.caller))
      throw forbidden();
    return reservation;
  }

  on('POST', '/Workers/:worker/Transfers', (workspace, request) => {
    const worker = findOwnWorker(workspace, request);
    const release = sockets.hold(worker.sid);
    try {
      const transfer = createTransfer(core, worker, {
        reservationSid: requireText(request.body, 'ReservationSid'),
        taskSid: requireText(request.body, 'TaskSid'),
        to: requireText(request.body, 'To'),
        mode: text(request.body, 'Mode'),
        attributes: readTaskChanges(request.body).attributes,
        priority: readWholeNumber(request.body, 'Priority'),
      });
      return {
        body: views.transfer(transfer),
        afterReply: () => core.sandbox.clock.after(TRANSFER_RESPONSE_MS, release),
      };
    } catch (error) {
      release();
      throw error;
    }
  });
  on('POST', '/Workers/:worker/Transfers/:transfer', (workspace, request) => {
    const worker = findOwnWorker(workspace, request);
    const transfer = lookUp(workspace, 'transfers', segment(request, 'transfer'));
    if (transfer.initiator.worker !== worker) throw forbidden();
    if (text(request.body, 'TransferStatus') !== 'canceled')
      throw badRequest('TransferStatus must be canceled');
    cancelTransfer(core, transfer);
    return ok(views.transfer(transfer));
  });

  on('GET', '/TaskQueues', (workspace, request) =>
    ok(
      buildBridgePage(request, listTaskQueues(workspace, request.query), (queue) =>
        views.taskQueue(workspace, queue),
      ),
    ),
  );
  on('GET', '/TaskQueues/:queue', (workspace, request) =>
    ok(views.taskQueue(workspace, lookUp(workspace, 'taskQueues', segment(request, 'queue')))),
  );

  on('POST', '/Tasks', (workspace, request) =>
    ok(views.task(createTask(core, workspace, readNewTask(withTaskChannel(request.body))))),
  );
  on('GET', '/Tasks/:task', (workspace, request) =>
    ok(views.task(lookUp(workspace, 'tasks', segment(request, 'task')))),
  );
  on('POST', '/Tasks/:task', (workspace, request) => {
    const task = lookUp(workspace, 'tasks', segment(request, 'task'));
    const isOnTask = task.reservations.some(({ worker }) => worker.sid === request.caller.workerSid);
    if (!isOnTask && !isSupervisor(request.caller)) throw forbidden();
    updateTask(core, task, readTaskChanges(request.body), readIfMatch(request));
    return ok(views.task(task));
  });
}

/** Builds one page. `AfterSid` requests the next page; in an ordered list, `NextToken` does. */
function buildBridgePage<T extends Entity>(
  request: ApiRequest,
  items: readonly T[],
  view: (item: T) => unknown,
): unknown {
  const { query } = request;
  const size = readWholeNumber(query, 'PageSize') ?? 50;
  const after = text(query, 'NextToken') ?? text(query, 'AfterSid');
  const from = after === undefined ? 0 : items.findIndex((item) => item.sid === after) + 1;
  const page = items.slice(from, from + size);
  const nextPageToken = from + size < items.length ? (page.at(-1)?.sid ?? null) : null;
  return {
    contents: page.map(view),
    total: items.length,
    after_sid: nextPageToken,
    before_sid: null,
    // Without `meta` the SDK rejects an ordered list.
    meta: { list_key: 'contents', next_token: text(query, 'Ordering') === undefined ? null : nextPageToken },
  };
}

/** REST has one parameter for the SID and the unique name of the task channel; the worker SDK has one for each. */
function withTaskChannel(body: Params): Params {
  const { TaskChannel, TaskChannelUniqueName, TaskChannelSid } = body;
  return { ...body, TaskChannel: TaskChannel ?? TaskChannelUniqueName ?? TaskChannelSid };
}
