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
    // One that was tried may be running right now with the ledger of before this decision: it is put in anew.
    if (there !== undefined && there.attempts === 0 && there === outbox.at(-1)) continue;
    outbox = [
      ...outbox.filter((entry) => entry !== there),
      { effect, attempts: mayBeDone(ledger, effect) ? 1 : 0 },
    ];
  }
  return outbox === ledger.outbox ? ledger : { ...ledger, outbox };
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
    outbox: ledger.outbox.map((entry) =>
      isDue(entry, nowMs) ? { effect: entry.effect, attempts: entry.attempts + 1 } : entry,
    ),
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
 * Takes the done effects out and gives the lease back, when it is still the holder's. What was put in anew meanwhile
 * has still to be done with the newer ledger, and stays.
 */
export function acknowledge(ledger: Ledger, done: ReadonlySet<string>, holder: string): Ledger {
  return {
    ...releaseLease(ledger, holder),
    outbox: ledger.outbox.filter(
      ({ effect, attempts }) => !done.has(effect.id) || (attempts === 0 && reflectsLedger(effect)),
    ),
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
        ? { effect: entry.effect, attempts: Math.max(entry.attempts, 1), unconfirmedUntil: nowMs + LEASE_MS }
        : entry;
    }),
  };
}

/** Reports effects that were left on trust and are not done: they are due again at once. */
export function requeue(ledger: Ledger, failed: ReadonlySet<string>): Ledger {
  return {
    ...ledger,
    outbox: ledger.outbox.map((entry) =>
      failed.has(entry.effect.id) ? { effect: entry.effect, attempts: entry.attempts } : entry,
    ),
  };
}
