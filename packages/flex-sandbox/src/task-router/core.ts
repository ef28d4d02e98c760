/**
 * What every rule of TaskRouter works with: the workspaces, and the two ways in which a change becomes known.
 * An *event* goes to the workspace's log, to its callback and to other parts of the sandbox; a *frame* goes to one
 * worker's screens. Both are rendered the moment they are made, because the next rule may change the entity.
 */
import type { SandboxState } from '../sandbox-state.js';
import { eventData } from './event-data.js';
import type {
  Entity,
  EventSubject,
  Reservation,
  Task,
  TaskRouterEvent,
  Transfer,
  Worker,
  WorkerChannel,
  Workspace,
} from './state.js';

/** What a frame shows. `raw` is sent as it is. */
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
  /** The part that all entities have in common. */
  newEntity(prefix: string): Entity;
  /** Notes that an entity has changed. */
  touch(entity: Entity): void;
  emit(workspace: Workspace, type: string, subject: EventSubject): void;
  push(worker: Worker, type: string, subject: FrameSubject): void;
  /** Has the workspace's waiting tasks routed soon, once however often it is asked. */
  reroute(workspace: Workspace): void;
  onEvent(listener: EventListener): () => void;
  onFrame(listener: FrameListener): () => void;
}

/** The log keeps this many events of a workspace. */
const LOGGED_EVENTS = 5000;

export function createCore(sandbox: SandboxState, route: (core: Core, workspace: Workspace) => void): Core {
  const eventListeners = new Set<EventListener>();
  const frameListeners = new Set<FrameListener>();
  const routed = new Set<Workspace>();

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
      const event: TaskRouterEvent = { ...base, data: eventData(sandbox.account.accountSid, base) };
      workspace.events.push(event);
      if (workspace.events.length > LOGGED_EVENTS) workspace.events.shift();
      for (const listener of eventListeners) listener(event);
    },

    push(worker, type, subject) {
      for (const listener of frameListeners) listener(worker, type, subject);
    },

    reroute(workspace) {
      if (routed.has(workspace)) return;
      routed.add(workspace);
      sandbox.clock.after(0, () => {
        routed.delete(workspace);
        if (core.workspaces.has(workspace.sid)) route(core, workspace);
      });
    },

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
