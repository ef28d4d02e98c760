/** Saves what became of effects. Other runs may have written the ledger meanwhile: then the outcome is applied to theirs. */
import {
  type ConversationEvent,
  claimEntries,
  type Execution,
  type Ledger,
  leaveEntriesUnconfirmed,
  type PlannedLane,
  planOutbox,
  reflectsLedger,
  settleEntries,
  withdrawClaims,
} from '@chat-transfer/transfer-core';
import { applyEvents } from '../ledger/apply-events';
import type { StoredLedger } from '../ledger/ledger-store';
import { type LedgerPorts, retryOnConflict } from '../ledger/update-ledger';

type SavePorts = LedgerPorts & { readonly nowMs: () => number };

export interface Outcome extends Execution {
  /** Events that follow from the effects. */
  readonly events: readonly ConversationEvent[];
  /** Whether an earlier run may have created or recalled the transfer task and executed what follows from it. */
  readonly isRepeated: boolean;
}

/**
 * Returns the ledger after the outcome. If an earlier run may have executed the effects that follow from the events, they are
 * added while the transfer task's own effect is in the outbox, so that they count as attempted.
 */
export function applyOutcome(ledger: Ledger, outcome: Outcome, run: string): Ledger {
  const settle = (before: Ledger) => settleEntries(before, outcome, run);
  const apply = (before: Ledger) => {
    const applied = applyEvents(before, outcome.events);
    return applied.ok ? applied.value : before;
  };
  return outcome.isRepeated ? settle(apply(ledger)) : apply(settle(ledger));
}

/** Claims what the run may execute now. Returns the latest ledger, without a claim if another run has one. */
export function claimDueEntries(
  ports: SavePorts,
  stored: StoredLedger,
  run: string,
): Promise<StoredLedger | undefined> {
  let isFirst = true;
  return retryOnConflict(ports, stored, async (given) => {
    const latest = isFirst ? await ports.ledgers.read(stored.ledger) : given;
    isFirst = false;
    const plan = planOutbox(latest.ledger, run, ports.nowMs());
    if (plan.step !== 'run') return latest;
    return ports.ledgers.write(latest, claimEntries(latest.ledger, plan.claims, run, ports.nowMs()));
  });
}

/**
 * Saves an outcome. A run that continues claims what is due; any other gives up the rest of its claims. Returns the ledger as given without an outcome, and
 * `undefined` when other runs wrote the ledger at every attempt.
 */
export function saveOutcome(
  ports: SavePorts,
  stored: StoredLedger,
  outcome: Outcome | undefined,
  { run, continues }: { readonly run: string; readonly continues: boolean },
): Promise<StoredLedger | undefined> {
  if (outcome === undefined) return Promise.resolve(stored);
  return retryOnConflict(ports, stored, (latest) => {
    const settled = applyOutcome(latest.ledger, outcome, run);
    if (!continues) return ports.ledgers.write(latest, withdrawClaims(settled, run));
    const plan = planOutbox(settled, run, ports.nowMs());
    const claimed = plan.step === 'run' ? claimEntries(settled, plan.claims, run, ports.nowMs()) : settled;
    return ports.ledgers.write(latest, claimed);
  });
}

export interface BesideEffects {
  readonly outcome: Outcome;
  /** The stored ledger after the outcome. */
  readonly after: Ledger;
  /** What runs beside the save. */
  readonly lanes: readonly PlannedLane[];
  readonly run: string;
}

export interface SavedBesideEffects {
  readonly stored: StoredLedger;
  /** Ids of the entries that copied an older ledger. They stay due, even when their effects succeed. */
  readonly outdated: ReadonlySet<string>;
}

/**
 * Saves an outcome while the run executes more effects, which are left unconfirmed. If another run wrote the ledger
 * meanwhile, effects that copy the ledger have copied an older one. `undefined` when other runs wrote at every attempt.
 */
export function saveBesideEffects(
  ports: SavePorts,
  stored: StoredLedger,
  { outcome, after, lanes, run }: BesideEffects,
): Promise<SavedBesideEffects | undefined> {
  const entries = lanes.flatMap(({ work }) => work.flatMap(({ entry, covers }) => [entry, ...covers]));
  const idsOf = (kept: typeof entries) => new Set(kept.map(({ id }) => id));
  return retryOnConflict(ports, stored, async (latest) => {
    const isCurrent = latest === stored;
    const settled = isCurrent ? after : applyOutcome(latest.ledger, outcome, run);
    const executed = isCurrent ? entries : entries.filter(({ effect }) => !reflectsLedger(effect));
    const outdated = idsOf(isCurrent ? [] : entries.filter(({ effect }) => reflectsLedger(effect)));
    const released = settleEntries(settled, { done: new Set(), failed: outdated, recheckAt: new Map() }, run);
    const written = await ports.ledgers.write(
      latest,
      leaveEntriesUnconfirmed(released, idsOf(executed), run, ports.nowMs()),
    );
    return written && { stored: written, outdated };
  });
}
