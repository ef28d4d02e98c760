/**
 * Assembles TaskRouter: the rules, and the interfaces that reach them (REST, event bridge, callbacks).
 * Other products call the object that `addTaskRouter` returns. From the other
 * modules of this folder, they may import only types and state.ts.
 */
import { badRequest, notFound } from '../api-error.js';
import type { Handler, Method, Route } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import { updateWorkerChannel } from './availability.js';
import { startCallbacks } from './callbacks.js';
import {
  createActivity,
  createTaskQueue,
  createWorkflow,
  createWorkspace,
  type Named,
  type TaskQueueSettings,
  type WorkflowSettings,
  type WorkspaceSettings,
} from './configuration.js';
import { createCore, type EventListener } from './core.js';
import { addEventBridge } from './event-bridge.js';
import { readQueuesViewMap } from './queues-view.js';
import { type ReservationChanges, updateReservation } from './reservations.js';
import { addRest } from './rest.js';
import { routeWorkspace } from './routing.js';
import { type TaskRouterSnapshot, takeSnapshot } from './snapshot.js';
import {
  type Activity,
  findTaskChannel,
  type Reservation,
  type SetUp,
  type Task,
  type TaskQueue,
  type Worker,
  type Workflow,
  type Workspace,
} from './state.js';
import { createTask, type NewTask, type TaskChanges, updateTask } from './tasks.js';
import { createWorker, type WorkerSettings } from './workers.js';

/** Parameters have Twilio's names in camelCase and Twilio's units: timeouts are in seconds. */
export interface TaskRouter {
  createWorkspace(settings: Named<WorkspaceSettings>): Workspace;
  /** Throws 404/20404. */
  workspace(sid: string): Workspace;
  workspaces(): Iterable<Workspace>;
  createActivity(workspace: Workspace, settings: { friendlyName: string; available?: boolean }): Activity;
  createTaskQueue(workspace: Workspace, settings: Named<TaskQueueSettings>): TaskQueue;
  createWorkflow(
    workspace: Workspace,
    settings: Named<WorkflowSettings> & { configuration: string | object },
  ): Workflow;
  createWorker(workspace: Workspace, settings: WorkerSettings & { friendlyName: string }): Worker;
  setCapacity(worker: Worker, taskChannelUniqueName: string, capacity: number): void;
  createTask(workspace: Workspace, request: NewTask): Task;
  /** Throws 400/20001 for a new status that the task's status does not allow. */
  updateTask(task: Task, changes: TaskChanges): void;
  /** By SID. Throws 404/20404. */
  reservation(sid: string): Reservation;
  /** Throws 400/20001 for a new status that the reservation's status does not allow. */
  updateReservation(reservation: Reservation, changes: ReservationChanges): void;
  /** Asks another product at every accept what it must do before the accept takes effect. */
  setUpWorkers(planSetUp: (reservation: Reservation) => SetUp | undefined): void;
  /** Calls the listener synchronously for every event. Returns a function that unsubscribes. */
  onEvent(listener: EventListener): () => void;
  /** Sends a frame of another product to every open socket of the worker. */
  push(worker: Worker, eventType: string, payload: unknown): void;
  readonly bridge: {
    /**
     * Handles a request that clients send through the event bridge, such as
     * `POST /v1/Interactions/:interaction/Channels`.
     * `query` and `body` both hold the parameters, and `caller` the worker.
     */
    on(method: Method, template: string, handler: Handler): void;
    routes(): readonly Route[];
  };
  /** The items of a Sync map of Flex's Queues view; `undefined` for another unique name. */
  readQueuesViewMap(uniqueName: string): ReadonlyMap<string, unknown> | undefined;
  /** The current state as plain data. */
  snapshot(): TaskRouterSnapshot;
}

export function addTaskRouter(sandbox: SandboxState): TaskRouter {
  const core = createCore(sandbox, routeWorkspace);
  startCallbacks(core);
  addRest(core);
  const bridge = addEventBridge(core);

  return {
    createWorkspace: (settings) => createWorkspace(core, settings),
    workspace(sid) {
      const workspace = core.workspaces.get(sid);
      if (workspace === undefined) throw notFound(`/Workspaces/${sid}`);
      return workspace;
    },
    workspaces: () => core.workspaces.values(),
    createActivity: (workspace, settings) => createActivity(core, workspace, settings),
    createTaskQueue: (workspace, settings) => createTaskQueue(core, workspace, settings),
    createWorkflow: (workspace, settings) => createWorkflow(core, workspace, settings),
    createWorker: (workspace, settings) => createWorker(core, workspace, settings),
    setCapacity(worker, taskChannelUniqueName, capacity) {
      const taskChannel = findTaskChannel(worker.workspace, taskChannelUniqueName);
      const channel = taskChannel && worker.channels.get(taskChannel.sid);
      if (channel === undefined) throw badRequest(`TaskChannel ${taskChannelUniqueName} does not exist`);
      updateWorkerChannel(core, channel, { capacity });
    },
    createTask: (workspace, request) => createTask(core, workspace, request),
    updateTask: (task, changes) => updateTask(core, task, changes),
    reservation(sid) {
      for (const { reservations } of core.workspaces.values()) {
        const reservation = reservations.get(sid);
        if (reservation !== undefined) return reservation;
      }
      throw notFound(`/Reservations/${sid}`);
    },
    updateReservation: (reservation, changes) => updateReservation(core, reservation, changes),
    setUpWorkers(planSetUp) {
      core.planSetUp = planSetUp;
    },
    onEvent: core.onEvent,
    push: (worker, eventType, payload) => core.push(worker, eventType, { kind: 'raw', payload }),
    bridge,
    readQueuesViewMap: (uniqueName) => readQueuesViewMap(core, uniqueName),
    snapshot: () => takeSnapshot(core),
  };
}
