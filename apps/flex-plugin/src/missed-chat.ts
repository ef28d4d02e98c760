/** Why an agent is offline: TaskRouter moves a worker who does not answer a reservation to the timeout activity. */

import { valueAt } from './value-at';

/** The part of TaskRouter's worker that this file uses. */
export interface WatchedWorker {
  readonly activity: { readonly name: string; readonly available: boolean };
  once(event: 'activityUpdated', listener: () => void): unknown;
}

/** TaskRouter reports the timeout and the new activity in no fixed order, within this time. */
const REPORTED_WITHIN_MS = 3_000;

/**
 * The activity of a worker who has just let a reservation time out; `undefined` if they are still available: the account's
 * timeout activity may be an available one.
 */
export async function readActivityAfterTimeout(
  worker: WatchedWorker,
  sleep: (ms: number) => Promise<void>,
): Promise<string | undefined> {
  const updated = new Promise<void>((resolve) => {
    worker.once('activityUpdated', () => resolve());
  });
  await Promise.race([updated, sleep(REPORTED_WITHIN_MS)]);
  return worker.activity.available ? undefined : worker.activity.name;
}

/** The activity in an item of Sync's index of workers; `undefined` if the worker is available, or the item has none. */
export function parseUnavailableActivity(item: unknown): string | undefined {
  const isUnavailable = valueAt(item, 'worker_activity_available') === false;
  const name = valueAt(item, 'activity_name');
  return isUnavailable && typeof name === 'string' ? name : undefined;
}
