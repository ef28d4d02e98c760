/** Creates, updates and removes workers, for administrators and for the workers themselves. */
import { badRequest } from '../api-error.js';
import { endPendingReservation } from './assignment.js';
import { addWorkerChannel, setActivity } from './availability.js';
import type { Core } from './core.js';
import { isLive, lookUp, type Worker, type Workspace } from './state.js';
import { type AttributesInput, checkVersion, parseAttributes } from './values.js';

export interface WorkerSettings {
  readonly friendlyName?: string | undefined;
  readonly attributes?: AttributesInput | undefined;
  readonly activitySid?: string | undefined;
  /** Rejects pending reservations when the worker changes to an activity that is not available. */
  readonly rejectPendingReservations?: boolean | undefined;
}

/** Throws 400 when the friendly name is taken, 404 when the activity does not exist. */
export function createWorker(
  core: Core,
  workspace: Workspace,
  settings: WorkerSettings & { readonly friendlyName: string },
): Worker {
  requireFreeName(workspace, settings.friendlyName);
  const base = core.newEntity('WK');
  const worker: Worker = {
    ...base,
    workspace,
    friendlyName: settings.friendlyName,
    attributes: parseAttributes(settings.attributes ?? '{}'),
    activity: lookUp(workspace, 'activities', settings.activitySid ?? workspace.defaultActivitySid),
    statusChangedAtMs: base.createdAtMs,
    channels: new Map(),
    reservations: new Set(),
  };
  for (const channel of workspace.taskChannels.values()) addWorkerChannel(core, worker, channel);
  workspace.workers.set(worker.sid, worker);
  core.emit(workspace, 'worker.created', { worker });
  core.reroute(workspace);
  return worker;
}

export function updateWorker(core: Core, worker: Worker, settings: WorkerSettings, ifMatch?: string): void {
  checkVersion(worker, ifMatch);
  const { workspace } = worker;
  const { friendlyName, attributes, activitySid } = settings;
  const activity = activitySid === undefined ? undefined : lookUp(workspace, 'activities', activitySid);
  if (settings.rejectPendingReservations === true && activity?.available === true) {
    throw badRequest('Unable to reject pending reservations when updating to an Available activity state.');
  }
  if (friendlyName !== undefined && friendlyName !== worker.friendlyName)
    requireFreeName(workspace, friendlyName);

  if (attributes !== undefined || friendlyName !== undefined) {
    if (attributes !== undefined) worker.attributes = parseAttributes(attributes);
    worker.friendlyName = friendlyName ?? worker.friendlyName;
    core.touch(worker);
    core.push(worker, 'worker.attributes.update', { kind: 'worker' });
    core.emit(workspace, 'worker.attributes.update', { worker });
  }
  if (activity !== undefined) {
    if (settings.rejectPendingReservations === true) {
      for (const reservation of worker.reservations) {
        if (reservation.status === 'pending') endPendingReservation(core, reservation, 'rejected');
      }
    }
    setActivity(core, worker, activity);
  }
  core.reroute(workspace);
}

/** Throws 400 while the worker has live reservations. */
export function removeWorker(core: Core, worker: Worker): void {
  if ([...worker.reservations].some(isLive)) {
    throw badRequest(`Cannot delete Worker ${worker.sid} because it has live reservations`);
  }
  worker.workspace.workers.delete(worker.sid);
  core.emit(worker.workspace, 'worker.deleted', { worker });
}

function requireFreeName(workspace: Workspace, friendlyName: string): void {
  for (const worker of workspace.workers.values()) {
    if (worker.friendlyName === friendlyName) {
      throw badRequest(`Worker with friendlyName '${friendlyName}' already exists in this workspace`);
    }
  }
}
