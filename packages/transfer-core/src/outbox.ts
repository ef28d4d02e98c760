/**
 * The outbox: effects that are decided but not known to be done. It is written with the decision itself, so that
 * a crash between any two steps loses nothing; the holder of the lease runs it, one at a time per conversation.
 *
 * The last effects of a run may be left to it on trust: it writes the ledger while it does them, and reports back only
 * if one fails. Nobody else touches them until the run must be over; then the next one checks them.
 */
import { type Effect, laneOf, reflectsLedger } from './effects';
import type { Ledger } from './ledger';

/** Longer than a Twilio Function may run (10 s), so that a lease that has expired belongs to a dead one. */
export const LEASE_MS = 11_000;

export type OutboxEntry = Ledger['outbox'][number];

/** Whether an effect is to be done by whoever comes next; not while a run is trusted with it. */
const isDue = ({ unconfirmedUntil = 0 }: OutboxEntry, nowMs: number): boolean => unconfirmedUntil <= nowMs;

/** What is to be done now. */
export function dueEntries(ledger: Ledger, nowMs: number): readonly OutboxEntry[] {
  return ledger.outbox.filter((entry) => isDue(entry, nowMs));
}

/**
 * Adds effects at the end. One that is there is not added again, unless it writes what the ledger says: then it moves
 * to the end, after everything that was decided before it, for what it writes may close the conversation.
 */
export function addToOutbox(ledger: Ledger, effects: readonly Effect[]): Ledger {
  let outbox = ledger.outbox;
  for (const effect of effects) {
    const there = outbox.find((entry) => entry.effect.id === effect.id);
    if (there !== undefined && !reflectsLedger(effect)) continue;
    // A run may be executing the earlier entry right now, with the ledger from before this decision.
    if (there !== undefined && there.attempts === 0 && there === outbox.at(-1)) continue;
    outbox = [
      ...outbox.filter((entry) => entry !== there),
      { effect, attempts: mayBeDone(ledger, effect) ? 1 : 0, ...recheckAfter(there) },
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

/** What follows from the lane `task` is told before it is written: whoever else decides the same must look first. */
function mayBeDone({ outbox, backend }: Ledger, { kind }: Effect): boolean {
  return (
    kind === 'post-notice' &&
    outbox.some(({ effect, attempts }) => laneOf(effect, backend) === 'task' && attempts > 0)
  );
}

/** Takes effects back that have not been done. */
export function removeFromOutbox(ledger: Ledger, effects: readonly Effect[]): Ledger {
  const ids = new Set(effects.map(({ id }) => id));
  return { ...ledger, outbox: ledger.outbox.filter(({ effect }) => !ids.has(effect.id)) };
}

/** Whether somebody else may be running the outbox. */
export function isLeased(ledger: Ledger, holder: string, nowMs: number): boolean {
  return ledger.lease !== undefined && ledger.lease.holder !== holder && ledger.lease.until > nowMs;
}

/** Takes the lease and counts one more try for every effect that is due; write the ledger before running any. */
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

/** What the holder of the lease has taken on: exactly what `takeLease` counted a try for, and what came since. */
export function claimedEntries(ledger: Ledger): readonly OutboxEntry[] {
  return ledger.outbox.filter(({ unconfirmedUntil }) => unconfirmedUntil === undefined);
}

/** Gives the lease back, when it is still the holder's. */
function releaseLease(ledger: Ledger, holder: string): Ledger {
  const { lease, ...rest } = ledger;
  return lease === undefined || lease.holder === holder ? rest : ledger;
}

/**
 * Removes the effects that are done and releases the lease, if the holder still has it. An effect that was added again
 * meanwhile stays: it must copy the newer ledger. One with `recheckAt` stays until then, and is due again.
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
 * Leaves these effects to the holder on trust, and gives the lease back so that others can get on. What was put in
 * anew meanwhile has still to be done with the newer ledger.
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

/** Reports effects that were left on trust and are not done: they are due again at once. */
export function requeue(ledger: Ledger, failed: ReadonlySet<string>): Ledger {
  return {
    ...ledger,
    outbox: ledger.outbox.map((entry) => {
      const { unconfirmedUntil: _expired, ...requeued } = entry;
      return failed.has(entry.effect.id) ? requeued : entry;
    }),
  };
}
