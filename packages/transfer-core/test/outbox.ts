/** Entries of an outbox, and a short description of a plan, for the tests of outbox/. */
import { type Effect, effectId } from '../src/effects';
import type { EntryState, OutboxEntry } from '../src/outbox/entry';
import type { PlannedLane, Work } from '../src/outbox/plan';
import { describeEffect } from '../testing';

export const NOW = 100_000;

export const claimedBy = (by: string, until = NOW + 1): EntryState => ({ kind: 'claimed', by, until });
export const unconfirmed = (until = NOW + 1): EntryState => ({ kind: 'unconfirmed', until });

/** An entry in this state. Only a new one has no attempt. */
export function anEntry(
  effect: Effect,
  state: EntryState = { kind: 'pending' },
  attempts?: number,
): OutboxEntry {
  const count = attempts ?? (state.kind === 'pending' ? 0 : 1);
  return {
    id: effectId(effect),
    effect,
    attempts: count,
    ...(count === 0 ? {} : { firstAttemptAt: NOW - 5_000 }),
    state,
  };
}

const describeWork = ({ entry, covers }: Work): string =>
  [entry, ...covers].map(({ effect }) => describeEffect(effect)).join(' = ');

/** `reservation: wrap Alice = remove Alice` where the release covers the removal. `(after …)` for unconfirmed notices. */
export function describeLane({ lane, work, after }: PlannedLane): string {
  const earlier = after.map(({ effect }) => describeEffect(effect)).join(', ');
  return `${lane}: ${work.map(describeWork).join(', ')}${earlier === '' ? '' : ` (after ${earlier})`}`;
}
