/** Which item of the index a ledger needs when it is written. Pure. */

/** An item that is due sooner may be removed by a sweep before the ledger is written again. */
const LASTING_MS = 20_000;

/** Times in ms since 1970. */
export interface IndexPlan {
  /** Due time of the item to add. `undefined` when the index has an early enough one. */
  readonly add: number | undefined;
  /** What the ledger records: the due times of its items, earliest first. */
  readonly indexedAt: readonly number[];
}

/**
 * Plans at most one new item. An earlier item than the due time is early enough: the sweep that finds it adds the next one.
 * An item in the past is not counted, because a sweep may have removed it.
 *
 * @param indexedAt what the ledger records
 * @param dueAt when the ledger is due; `undefined` for never
 */
export function planIndex(indexedAt: readonly number[], dueAt: number | undefined, nowMs: number): IndexPlan {
  const items = indexedAt.filter((item) => item > nowMs);
  if (dueAt === undefined || isIndexed(items, dueAt, nowMs)) return { add: undefined, indexedAt: items };
  const add = Math.max(dueAt, nowMs);
  return { add, indexedAt: [...items, add].sort((a, b) => a - b) };
}

function isIndexed(items: readonly number[], dueAt: number, nowMs: number): boolean {
  // A ledger that is due late gets an item of its own. If it relied on one that is about to be removed, the sweep would
  // have to add one, which the ledger does not record.
  const lasts = dueAt - nowMs >= LASTING_MS ? nowMs + LASTING_MS : nowMs;
  return items.some((item) => item <= dueAt && item >= lasts);
}
