/**
 * The state that all TaskRouter rules share, and the two ways to publish a change. An *event* goes to the
 * workspace's log, to its event callback and to other products of the sandbox. A *frame* goes to the open
 * sockets of one worker. Both are rendered at once, because the next rule may change the entity.
 */
import type { SandboxState } from '../sandbox-state.js';
import { addAlerts, type NewAlert } from './alerts.js';
import { buildEventData } from './event-data.js';
import type {
  Entity,
  EventSubject,
  Reservation,
  SetUp,
  Task,
  TaskRouterEvent,
  Transfer,
  Worker,
  WorkerChannel,
  Workspace,
} from './state.js';

/** The entity that a frame shows. The payload of `raw` is sent unchanged. */
export type FrameSubject =
  | { readonly kind: 'reservation'; readonly reservation: Reservation }
  | { readonly kind: 'task'; readonly task: Task }
  | { readonly kind: 'worker' }
  | { readonly kind: 'channel'; readonly channel: WorkerChannel }
  | { readonly kind: 'transfer'; readonly transfer: Transfer }
  | { readonly kind: 'raw'; readonly payload: unknown };

type FrameListener = (worker: Worker, type: string, subject: FrameSubject) => void;
export type EventListener = (event: TaskRouterEvent) => void;

export interface Core {
  readonly sandbox: SandboxState;
  readonly workspaces: Map<string, Workspace>;
  /** Returns the base of a new entity: a SID with this prefix, the current time and version 0. */
  newEntity(prefix: string): Entity;
  /** Increments the entity's version and sets its update time. */
  touch(entity: Entity): void;
  emit(workspace: Workspace, type: string, subject: EventSubject): void;
  push(worker: Worker, type: string, subject: FrameSubject): void;
  /** Schedules one routing run for the waiting tasks. More calls before that run have no effect. */
  reroute(workspace: Workspace): void;
  /** Reports an error that no request caused. */
  alert(alert: NewAlert): void;
  /** What another product does before this accept takes effect; `undefined` for nothing. */
  planSetUp(reservation: Reservation): SetUp | undefined;
  onEvent(listener: EventListener): () => void;
  onFrame(listener: FrameListener): () => void;
}

/** Beyond this size, a workspace's event log drops its oldest event. */
const MAX_LOGGED_EVENTS = 5000;

export function createCore(sandbox: SandboxState, route: (core: Core, workspace: Workspace) => void): Core {
  const eventListeners = new Set<EventListener>();
  const frameListeners = new Set<FrameListener>();
  const scheduledWorkspaces = new Set<Workspace>();

  const core: Core = {
    sandbox,
    workspaces: new Map(),

    newEntity(prefix) {
      const nowMs = sandbox.clock.nowMs();
      return { sid: sandbox.sids(prefix), createdAtMs: nowMs, updatedAtMs: nowMs, version: 0 };
    },

    touch(entity) {
      entity.updatedAtMs = sandbox.clock.nowMs();
      entity.version++;
    },

    emit(workspace, type, subject) {
      const task = subject.task ?? subject.reservation?.task;
      const worker = subject.worker ?? subject.reservation?.worker;
      const base = {
        sid: sandbox.sids('EV'),
        type,
        atMs: sandbox.clock.nowMs(),
        workspace,
        task,
        worker,
        reservation: subject.reservation,
      };
      const event: TaskRouterEvent = { ...base, data: buildEventData(sandbox.account.accountSid, base) };
      workspace.events.push(event);
      if (workspace.events.length > MAX_LOGGED_EVENTS) workspace.events.shift();
      for (const listener of eventListeners) listener(event);
    },

    push(worker, type, subject) {
      for (const listener of frameListeners) listener(worker, type, subject);
    },

    reroute(workspace) {
      if (scheduledWorkspaces.has(workspace)) return;
      scheduledWorkspaces.add(workspace);
      sandbox.clock.after(0, () => {
        scheduledWorkspaces.delete(workspace);
        if (core.workspaces.has(workspace.sid)) route(core, workspace);
      });
    },

    alert: addAlerts(sandbox),

    planSetUp: () => undefined,

    onEvent(listener) {
      eventListeners.add(listener);
      return () => eventListeners.delete(listener);
    },

    onFrame(listener) {
      frameListeners.add(listener);
      return () => frameListeners.delete(listener);
    },
  };
  return core;
}
