/**
 * A sweep: repairs the conversations that are due, without an event. Many callers ask for one, so it throttles itself: one
 * sweep at a time in the account, with a pause between two. A conversation that fails does not stop the others.
 */
import type { ConversationSid } from '@chat-transfer/transfer-core';
import type { DueItem, StoredSweepState, SweepState } from '../ledger/due-index';
import { scanLedgers } from '../ledger/scan-ledgers';
import { logFailedSweep } from '../log';
import type { Services } from './services';
import { sweepChat } from './sweep-chat';

/** From the begin of a sweep to that of the next. Longer than a function runs, so only one sweep works at a time. */
const SWEEP_INTERVAL_MS = 10_000;
/** The same after a sweep that had no time for all due conversations. */
const CONTINUE_AFTER_MS = 1_000;
/** After this time of the request, a sweep begins with no other conversation. A function has ten seconds. */
const WORK_MS = 4_500;
/** How many conversations are worked on side by side. */
const CONCURRENCY = 5;

/** What a process of the functions remembers between requests. It saves calls; a new process knows nothing. */
export interface SweepMemory {
  /** No sweep of this process begins before this time (ms since 1970). */
  nextAt?: number;
  /** Hashes of agents' tokens that Twilio has validated, and until when they need no other validation. */
  readonly agents: Map<string, number>;
}

export const createSweepMemory = (): SweepMemory => ({ agents: new Map() });

/**
 * What a sweep found. `none`: nothing was due, or another sweep has just begun. `some`: it has worked on all that was due.
 * `more`: conversations are left, because the time was over.
 */
export type SweepResult = 'none' | 'some' | 'more';

/** Costs one call when nothing is due, and none when this process knows of a sweep that has just begun. */
export async function sweep(services: Services): Promise<SweepResult> {
  const { index, sweepMemory: memory, nowMs } = services;
  if (isThrottled(memory.nextAt, nowMs())) return 'none';

  const { items, isFull, stored } = await index.read();
  const now = nowMs();
  const { nextAt, scan } = stored.state ?? {};
  const isOther = isThrottled(nextAt, now);
  memory.nextAt = isOther && nextAt !== undefined ? nextAt : now + SWEEP_INTERVAL_MS;
  const due = items.filter(({ dueAt }) => dueAt <= now);
  const isScanDue = scan !== undefined && scan.nextAt <= now;
  if (isOther || (due.length === 0 && !isScanDue)) return 'none';

  const state = { nextAt: now + SWEEP_INTERVAL_MS, scan: scan ?? { startedAt: now, nextAt: now } };
  const claimed = await index.writeState(stored, state);
  if (claimed === undefined) return 'none';
  const isComplete = await sweepDueChats(services, due);
  const hasMore = !isComplete || (isFull && due.length === items.length);
  await finishSweep(services, claimed, { state, hasMore, isScanDue: isComplete && state.scan.nextAt <= now });
  return hasMore ? 'more' : 'some';
}

/** How long after another sweep of this process an event causes one: pages sweep more often, if there is one. */
const AFTER_EVENT_MS = 60_000;
/** After this time of the request, an event causes no sweep. */
const EVENT_WORK_MS = 3_000;

/** A sweep after an event is applied, if this process has not swept for a while. Never throws. */
export async function sweepAfterEvent(services: Services): Promise<void> {
  const { sweepMemory: memory } = services;
  const now = services.nowMs();
  // A new process does not know when the last sweep was.
  memory.nextAt ??= now;
  if (now < memory.nextAt + AFTER_EVENT_MS || services.budget.elapsedMs() > EVENT_WORK_MS) return;
  try {
    await sweep(services);
  } catch (error) {
    logFailedSweep({ error });
  }
}

/** A time that is later than any sweep sets is wrong: the clock of its writer was. It does not count. */
function isThrottled(nextAt: number | undefined, now: number): boolean {
  return nextAt !== undefined && now < nextAt && nextAt <= now + SWEEP_INTERVAL_MS;
}

/** Returns whether it has worked on all items. */
async function sweepDueChats(services: Services, due: readonly DueItem[]): Promise<boolean> {
  const itemsByChat = new Map<ConversationSid, readonly DueItem[]>();
  for (const item of due) {
    const { conversationSid } = item;
    itemsByChat.set(conversationSid, [...(itemsByChat.get(conversationSid) ?? []), item]);
  }
  const queue = [...itemsByChat];
  const work = async (): Promise<void> => {
    while (services.budget.elapsedMs() < WORK_MS) {
      const next = queue.shift();
      if (next === undefined) return;
      await sweepChat(services, ...next);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return queue.length === 0;
}

/** Reads a page of the scan if that is due, and lets the next sweep begin soon if conversations are left. */
async function finishSweep(
  services: Services,
  claimed: StoredSweepState,
  {
    state,
    hasMore,
    isScanDue,
  }: { readonly state: SweepState; readonly hasMore: boolean; readonly isScanDue: boolean },
): Promise<void> {
  const scan = isScanDue ? await scanLedgers(services, state.scan) : state.scan;
  if (!hasMore && scan === state.scan) return;
  const nextAt = hasMore ? services.nowMs() + CONTINUE_AFTER_MS : state.nextAt;
  services.sweepMemory.nextAt = nextAt;
  await services.index.writeState(claimed, { nextAt, scan });
}
