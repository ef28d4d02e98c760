/**
 * Converts request parameters to the arguments of the rules. Names are PascalCase in both APIs; values are
 * text in REST and JSON on the event bridge. `undefined` means that the caller did not send the parameter.
 */
import { badRequest } from '../api-error.js';
import { flag, list, type Params, requireText, text } from '../router.js';
import type { ReservationChanges } from './reservations.js';
import type { NewTask, TaskChanges } from './tasks.js';
import type { AttributesInput } from './values.js';
import type { WorkerSettings } from './workers.js';

/** Reads a whole number. Throws 400/20001 for any other value. */
export function readWholeNumber(params: Params, name: string): number | undefined {
  const value = text(params, name);
  if (value === undefined || value === '') return undefined;
  const number = Number(value);
  if (!Number.isInteger(number)) throw badRequest(`${name} must be a whole number, not ${value}`);
  return number;
}

function readAttributesParam(params: Params): AttributesInput | undefined {
  const value = params.Attributes;
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? value
    : text(params, 'Attributes');
}

/** Reads an ISO 8601 date as milliseconds since 1970. Throws 400/20001 for any other value. */
export function readDateMs(params: Params, name: string): number | undefined {
  const value = text(params, name);
  if (value === undefined) return undefined;
  const atMs = Date.parse(value);
  if (Number.isNaN(atMs)) throw badRequest(`${name} must be an ISO 8601 date`);
  return atMs;
}

export const readNewTask = (params: Params): NewTask => ({
  attributes: readAttributesParam(params),
  workflowSid: text(params, 'WorkflowSid'),
  taskChannel: text(params, 'TaskChannel'),
  timeout: readWholeNumber(params, 'Timeout'),
  priority: readWholeNumber(params, 'Priority'),
  routingTarget: text(params, 'RoutingTarget'),
  ignoreCapacity: flag(params, 'IgnoreCapacity'),
  taskQueueSid: text(params, 'TaskQueueSid'),
  virtualStartAtMs: readDateMs(params, 'VirtualStartTime'),
});

export const readTaskChanges = (params: Params): TaskChanges => ({
  attributes: readAttributesParam(params),
  assignmentStatus: text(params, 'AssignmentStatus'),
  reason: text(params, 'Reason'),
  priority: readWholeNumber(params, 'Priority'),
  taskChannel: text(params, 'TaskChannel'),
  virtualStartAtMs: readDateMs(params, 'VirtualStartTime'),
});

export const readNewWorker = (params: Params) => ({
  friendlyName: requireText(params, 'FriendlyName'),
  attributes: readAttributesParam(params),
  activitySid: text(params, 'ActivitySid'),
});

export const readWorkerSettings = (params: Params): WorkerSettings => ({
  friendlyName: text(params, 'FriendlyName'),
  attributes: readAttributesParam(params),
  activitySid: text(params, 'ActivitySid'),
  rejectPendingReservations: flag(params, 'RejectPendingReservations'),
});

export const readReservationChanges = (params: Params): ReservationChanges => ({
  reservationStatus: text(params, 'ReservationStatus'),
  workerActivitySid: text(params, 'WorkerActivitySid'),
  instruction: text(params, 'Instruction'),
});

/** Sorts by an ordering such as `DateCreated:desc,Priority`. Ignores names that are not in `keys`. */
export function orderItems<T>(
  items: readonly T[],
  ordering: string | undefined,
  keys: Readonly<Record<string, (item: T) => number | string>>,
): T[] {
  const rules = (list({ ordering }, 'ordering') ?? []).flatMap((rule) => {
    const [name = '', direction] = rule.trim().split(':');
    const key = keys[name];
    return key === undefined ? [] : [{ key, sign: direction?.toLowerCase() === 'desc' ? -1 : 1 }];
  });
  return [...items].sort((a, b) => {
    for (const { key, sign } of rules) {
      const [x, y] = [key(a), key(b)];
      if (x !== y) return x < y ? -sign : sign;
    }
    return 0;
  });
}
