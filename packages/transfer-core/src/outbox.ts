/**
 * The outbox: effects that are decided but not known to be done. It is written with the decision itself, so that
 * a crash between any two steps loses nothing; the holder of the lease runs it, one at a time per conversation.
 */
import { type Effect, writesLedger } from './effects';
import type { Ledger } from './ledger';

/** Longer than a Twilio Function may run (10 s), so that a lease that has expired belongs to a dead one. */
export const LEASE_MS = 11_000;

/**
 * Adds effects at the end. One that is there is not added again, unless it may be running right now with the ledger
 * of before this decision: then it is put in anew.
 */
export function addToOutbox(ledger: Ledger, effects: readonly Effect[]): Ledger {
  let outbox = ledger.outbox;
  for (const effect of effects) {
    const there = outbox.find((entry) => entry.effect.id === effect.id);
    if (there !== undefined && (there.tries === 0 || !writesLedger(effect))) continue;
    outbox = [...outbox.filter((entry) => entry !== there), { effect, tries: 0 }];
  }
  return outbox === ledger.outbox ? ledger : { ...ledger, outbox };
}

/** Takes effects back that have not been done. */
export function takeBack(ledger: Ledger, effects: readonly Effect[]): Ledger {
  const ids = new Set(effects.map(({ id }) => id));
  return { ...ledger, outbox: ledger.outbox.filter(({ effect }) => !ids.has(effect.id)) };
}

/** Whether somebody else may be running the outbox. */
export function isLeased(ledger: Ledger, holder: string, nowMs: number): boolean {
  return ledger.lease !== undefined && ledger.lease.holder !== holder && ledger.lease.until > nowMs;
}

/** Takes the lease and counts one more try for every effect; write the ledger before running any. */
export function takeLease(ledger: Ledger, holder: string, nowMs: number): Ledger {
  return {
    ...ledger,
    lease: { holder, until: nowMs + LEASE_MS },
    outbox: ledger.outbox.map(({ effect, tries }) => ({ effect, tries: tries + 1 })),
  };
}

/**
 * Takes the done effects out and gives the lease back, when it is still the holder's. What was put in anew meanwhile
 * has still to be done with the newer ledger, and stays.
 */
export function tickOff(ledger: Ledger, done: ReadonlySet<string>, holder: string): Ledger {
  const { lease, ...rest } = ledger;
  const kept = lease === undefined || lease.holder === holder ? rest : ledger;
  return {
    ...kept,
    outbox: ledger.outbox.filter(
      ({ effect, tries }) => !done.has(effect.id) || (tries === 0 && writesLedger(effect)),
    ),
  };
}
