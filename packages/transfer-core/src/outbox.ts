/**
 * The outbox: effects that are decided and not acknowledged. It is saved together with the decision, so a crash between
 * any two steps loses no effect. The run that holds the lease executes it: one run at a time per conversation.
 *
 * A run may leave its last effects unconfirmed: it saves the ledger while it executes them, and requeues those that fail.
 * No other run executes them within `LEASE_MS`. After that time, the next run executes them.
 */
import { type Effect, laneOf, reflectsLedger } from './effects';
import type { Ledger } from './ledger';

/** Longer than a Twilio Function may run (10 s), so the holder of an expired lease has stopped. */
export const LEASE_MS = 11_000;

export type OutboxEntry = Ledger['outbox'][number];

/** Whether the next run must execute the entry. An unconfirmed entry is not due before its time is over. */
const isDue = ({ unconfirmedUntil = 0 }: OutboxEntry, nowMs: number): boolean => unconfirmedUntil <= nowMs;

/** Returns the entries that the next run must execute. */
export function dueEntries(ledger: Ledger, nowMs: number): readonly OutboxEntry[] {
  return ledger.outbox.filter((entry) => isDue(entry, nowMs));
}

/**
 * Adds effects at the end. An effect that the outbox has is not added again, unless it copies the ledger. Such an effect
 * moves to the end, behind the effects decided before it, because it may close the conversation.
 */
export function addToOutbox(ledger: Ledger, effects: readonly Effect[]): Ledger {
  let outbox = ledger.outbox;
  for (const effect of effects) {
    const earlier = outbox.find((entry) => entry.effect.id === effect.id);
    if (earlier !== undefined && !reflectsLedger(effect)) continue;
    // An entry with an attempt is replaced: a run may be executing it with the ledger from before this decision.
    if (earlier !== undefined && earlier.attempts === 0 && earlier === outbox.at(-1)) continue;
    outbox = [
      ...outbox.filter((entry) => entry !== earlier),
      { effect, attempts: mayBeDone(ledger, effect) ? 1 : 0, ...recheckAfter(earlier) },
    ];
  }
  return outbox === ledger.outbox ? ledger : { ...ledger, outbox };
}

/**
 * When an effect must be checked again because of the entry that it replaces: the run that left that entry unconfirmed
 * may still copy its older ledger to Twilio, on top of what the new effect writes.
 */
function recheckAfter(replaced: OutboxEntry | undefined): Pick<OutboxEntry, 'recheckAt'> {
  const recheckAt = replaced?.unconfirmedUntil ?? replaced?.recheckAt;
  return recheckAt === undefined ? {} : { recheckAt };
}

/**
 * Whether an effect may be done already: a run of the lane `task` posts the resulting notices before it saves them. Such
 * an entry starts with one attempt, so that its run first looks for the notice.
 */
function mayBeDone({ outbox, backend }: Ledger, { kind }: Effect): boolean {
  return (
    kind === 'post-notice' &&
    outbox.some(({ effect, attempts }) => laneOf(effect, backend) === 'task' && attempts > 0)
  );
}

/** Removes effects that must not run. */
export function removeFromOutbox(ledger: Ledger, effects: readonly Effect[]): Ledger {
  const ids = new Set(effects.map(({ id }) => id));
  return { ...ledger, outbox: ledger.outbox.filter(({ effect }) => !ids.has(effect.id)) };
}

/** Whether another run than `holder` has the lease. */
export function isLeased(ledger: Ledger, holder: string, nowMs: number): boolean {
  return ledger.lease !== undefined && ledger.lease.holder !== holder && ledger.lease.until > nowMs;
}

/** Takes the lease and counts an attempt for every due effect. Save the ledger before you execute them. */
export function takeLease(ledger: Ledger, holder: string, nowMs: number): Ledger {
  return {
    ...ledger,
    lease: { holder, until: nowMs + LEASE_MS },
    outbox: ledger.outbox.map((entry) => {
      if (!isDue(entry, nowMs)) return entry;
      const { effect, attempts, recheckAt = 0 } = entry;
      return { effect, attempts: attempts + 1, ...(recheckAt > nowMs ? { recheckAt } : {}) };
    }),
  };
}

/** Returns the entries that the holder of the lease executes: all except unconfirmed ones. */
export function claimedEntries(ledger: Ledger): readonly OutboxEntry[] {
  return ledger.outbox.filter(({ unconfirmedUntil }) => unconfirmedUntil === undefined);
}

/** Releases the lease, if the holder still has it. */
function releaseLease(ledger: Ledger, holder: string): Ledger {
  const { lease, ...rest } = ledger;
  return lease === undefined || lease.holder === holder ? rest : ledger;
}

/**
 * Removes the effects that are done and releases the lease, if the holder still has it. An effect that was added again
 * since `takeLease` stays: it must copy the newer ledger. An effect with `recheckAt` stays and is due again at that time.
 */
export function acknowledge(ledger: Ledger, done: ReadonlySet<string>, holder: string): Ledger {
  return {
    ...releaseLease(ledger, holder),
    outbox: ledger.outbox.flatMap((entry) => {
      const { effect, attempts, recheckAt } = entry;
      if (!done.has(effect.id) || (attempts === 0 && reflectsLedger(effect))) return [entry];
      return recheckAt === undefined ? [] : [{ effect, attempts, unconfirmedUntil: recheckAt }];
    }),
  };
}

/**
 * Marks effects as unconfirmed and releases the lease, so that other runs can continue while the holder executes them. An
 * effect that was added again since `takeLease` stays due: it must copy the newer ledger.
 */
export function leaveUnconfirmed(
  ledger: Ledger,
  ids: ReadonlySet<string>,
  holder: string,
  nowMs: number,
): Ledger {
  return {
    ...releaseLease(ledger, holder),
    outbox: ledger.outbox.map((entry) => {
      const isNewer = entry.attempts === 0 && reflectsLedger(entry.effect);
      return ids.has(entry.effect.id) && !isNewer
        ? { ...entry, attempts: Math.max(entry.attempts, 1), unconfirmedUntil: nowMs + LEASE_MS }
        : entry;
    }),
  };
}

/** Makes unconfirmed effects due immediately, after their run has reported that they failed. */
export function requeue(ledger: Ledger, failed: ReadonlySet<string>): Ledger {
  return {
    ...ledger,
    outbox: ledger.outbox.map((entry) => {
      const { unconfirmedUntil: _removed, ...requeued } = entry;
      return failed.has(entry.effect.id) ? requeued : entry;
    }),
  };
}
