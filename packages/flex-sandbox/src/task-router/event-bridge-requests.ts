/**
 * The requests of the worker SDK, as it sends them through the event bridge.
 * A worker may act for themselves only; supervisors and admins for everybody in the workspace.
 */
import { badRequest, forbidden, notFound } from '../api-error.js';
import { isSupervisor } from '../iam/callers.js';
import { type ApiReply, type ApiRequest, flag, type Method, requireText, text } from '../router.js';
import type { Core } from './core.js';
import type { Bridge } from './event-bridge-router.js';
import type { BridgeViews } from './event-bridge-views.js';
import { listTaskQueues, listWorkers } from './listings.js';
import {
  readNewTask,
  readReservationChanges,
  readTaskChanges,
  readWorkerSettings,
  wholeNumber,
} from './request-params.js';
import { updateReservation } from './reservations.js';
import { type Entity, isLive, lookUp, type Reservation, type Worker, type Workspace } from './state.js';
import { createTask, updateTask } from './tasks.js';
import { cancelTransfer, createTransfer } from './transfers.js';
import type { StartUpList, WorkerSockets } from './worker-sockets.js';
import { updateWorker } from './workers.js';

type BridgeHandler = (workspace: Workspace, request: ApiRequest) => ApiReply;

/** From the answer of a transfer until the SDK has made an object of it. */
const TRANSFER_ANSWER_MS = 25;

const ok = (body: unknown): ApiReply => ({ body });

const segment = (request: ApiRequest, name: string) => request.segments[name] ?? '';

const ifMatch = (request: ApiRequest) => request.headers['if-match'];

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

  /** The worker in the path. Throws 403 for somebody else's. */
  function ownWorker(workspace: Workspace, request: ApiRequest): Worker {
    const sid = segment(request, 'worker');
    if (sid !== request.caller.workerSid && !isSupervisor(request.caller)) throw forbidden();
    return lookUp(workspace, 'workers', sid);
  }

  /** After a start-up list is answered, frames may soon go out. */
  const afterList = (request: ApiRequest, list: StartUpList) => ({
    afterReply: () => sockets.listed(request.caller.workerSid ?? '', list),
  });

  on('GET', '/Activities', (workspace, request) => ({
    body: listOf(request, [...workspace.activities.values()], (activity) =>
      views.activity(workspace, activity),
    ),
    ...afterList(request, 'Activities'),
  }));

  on('GET', '/Workers', (workspace, request) =>
    ok(listOf(request, listWorkers(workspace, request.query), views.worker)),
  );
  on('GET', '/Workers/:worker', (workspace, request) =>
    ok(views.worker(lookUp(workspace, 'workers', segment(request, 'worker')))),
  );
  on('POST', '/Workers/:worker', (workspace, request) => {
    const worker = ownWorker(workspace, request);
    // A supervisor's SDK sends the supervisor's own version with another worker's change.
    const version = worker.sid === request.caller.workerSid ? ifMatch(request) : undefined;
    updateWorker(core, worker, readWorkerSettings(request.body), version);
    return ok(views.worker(worker));
  });
  on('GET', '/Workers/:worker/WorkerChannels', (workspace, request) => ({
    body: listOf(
      request,
      [...lookUp(workspace, 'workers', segment(request, 'worker')).channels.values()],
      views.workerChannel,
    ),
    ...afterList(request, 'WorkerChannels'),
  }));

  on('GET', '/Workers/:worker/Reservations', (workspace, request) => {
    const worker = ownWorker(workspace, request);
    const reservations = [...worker.reservations].filter(
      (reservation) => flag(request.query, 'Active') !== true || isLive(reservation),
    );
    if (worker.sid === request.caller.workerSid) sockets.listed(worker.sid, 'Reservations');
    return ok(listOf(request, reservations, views.reservation));
  });
  on('GET', '/Workers/:worker/Reservations/:reservation', (workspace, request) =>
    ok(views.reservation(ownReservation(workspace, request))),
  );
  on('POST', '/Workers/:worker/Reservations/:reservation', changeReservation);
  on('POST', '/Tasks/:task/Reservations/:reservation', changeReservation);

  function changeReservation(workspace: Workspace, request: ApiRequest): ApiReply {
    const reservation = ownReservation(workspace, request);
    updateReservation(core, reservation, readReservationChanges(request.body), ifMatch(request));
    return ok(views.changedReservation(reservation));
  }

  function ownReservation(workspace: Workspace, request: ApiRequest): Reservation {
    const reservation = lookUp(workspace, 'reservations', segment(request, 'reservation'));
    if (reservation.worker.sid !== request.caller.workerSid && !isSupervisor(request.caller))
      throw forbidden();
    return reservation;
  }

  on('POST', '/Workers/:worker/Transfers', (workspace, request) => {
    const worker = ownWorker(workspace, request);
    const release = sockets.hold(worker.sid);
    try {
      const transfer = createTransfer(core, worker, {
        reservationSid: requireText(request.body, 'ReservationSid'),
        taskSid: requireText(request.body, 'TaskSid'),
        to: requireText(request.body, 'To'),
        mode: text(request.body, 'Mode'),
        attributes: readTaskChanges(request.body).attributes,
        priority: wholeNumber(request.body, 'Priority'),
      });
      return {
        body: views.transfer(transfer),
        afterReply: () => core.sandbox.clock.after(TRANSFER_ANSWER_MS, release),
      };
    } catch (error) {
      release();
      throw error;
    }
  });
  on('POST', '/Workers/:worker/Transfers/:transfer', (workspace, request) => {
    const worker = ownWorker(workspace, request);
    const transfer = lookUp(workspace, 'transfers', segment(request, 'transfer'));
    if (transfer.initiator.worker !== worker) throw forbidden();
    if (text(request.body, 'TransferStatus') !== 'canceled')
      throw badRequest('TransferStatus must be canceled');
    cancelTransfer(core, transfer);
    return ok(views.transfer(transfer));
  });

  on('GET', '/TaskQueues', (workspace, request) =>
    ok(
      listOf(request, listTaskQueues(workspace, request.query), (queue) => views.taskQueue(workspace, queue)),
    ),
  );
  on('GET', '/TaskQueues/:queue', (workspace, request) =>
    ok(views.taskQueue(workspace, lookUp(workspace, 'taskQueues', segment(request, 'queue')))),
  );

  on('POST', '/Tasks', (workspace, request) =>
    ok(views.task(createTask(core, workspace, readNewTask(request.body)))),
  );
  on('GET', '/Tasks/:task', (workspace, request) =>
    ok(views.task(lookUp(workspace, 'tasks', segment(request, 'task')))),
  );
  on('POST', '/Tasks/:task', (workspace, request) => {
    const task = lookUp(workspace, 'tasks', segment(request, 'task'));
    const isTheirs = task.reservations.some(({ worker }) => worker.sid === request.caller.workerSid);
    if (!isTheirs && !isSupervisor(request.caller)) throw forbidden();
    updateTask(core, task, readTaskChanges(request.body), ifMatch(request));
    return ok(views.task(task));
  });
}

/** One page, continued by `AfterSid`, or by `NextToken` when the list was asked for in an order. */
function listOf<T extends Entity>(
  request: ApiRequest,
  items: readonly T[],
  view: (item: T) => unknown,
): unknown {
  const { query } = request;
  const size = wholeNumber(query, 'PageSize') ?? 50;
  const after = text(query, 'NextToken') ?? text(query, 'AfterSid');
  const from = after === undefined ? 0 : items.findIndex((item) => item.sid === after) + 1;
  const page = items.slice(from, from + size);
  const more = from + size < items.length ? (page.at(-1)?.sid ?? null) : null;
  return {
    contents: page.map(view),
    total: items.length,
    after_sid: more,
    before_sid: null,
    // Without `meta` the SDK rejects an ordered list.
    meta: { list_key: 'contents', next_token: text(query, 'Ordering') === undefined ? null : more },
  };
}
