/** Decides events and saves the decision with its outbox. The same write claims what the run executes first. */
import {
  type ConversationEvent,
  claimEntries,
  type Ledger,
  planOutbox,
  type Result,
} from '@chat-transfer/transfer-core';
import type { ConversationFacts, JustRead } from '../backend/backend';
import { applyEvents } from '../ledger/apply-events';
import type { StoredLedger } from '../ledger/ledger-store';
import type { LedgerPorts } from '../ledger/update-ledger';
import type { EffectPorts } from '../outbox/run-effect';
import { type FactPorts, gatherFacts } from './gather-facts';

export interface SavedDecision {
  /** The ledger after the events, or the refusal of one of them. */
  readonly decision: Result<Ledger>;
  readonly stored: StoredLedger;
  /** Whether nothing was decided and nothing is due for this run. */
  readonly isUnchanged: boolean;
  /** What the effects will need, read beside the write. */
  readonly conversation: ConversationFacts | undefined;
}

/**
 * Saves facts that no event has reported even if the events are refused. Writes nothing if nothing changed and no effect is
 * due. Returns `undefined` when another run wrote the ledger first.
 */
export async function saveDecision(
  ports: FactPorts & LedgerPorts,
  latest: StoredLedger,
  {
    events,
    run,
    justRead,
  }: {
    readonly events: readonly ConversationEvent[];
    readonly run: string;
    readonly justRead: JustRead;
  },
): Promise<SavedDecision | undefined> {
  const facts = await gatherFacts(ports, latest.ledger, events);
  const decision = applyEvents(latest.ledger, [...facts, ...events]);
  const factsOnly = decision.ok ? decision : applyEvents(latest.ledger, facts);
  const ledger = factsOnly.ok ? factsOnly.value : latest.ledger;
  const plan = planOutbox(ledger, run, ports.nowMs());
  if (ledger === latest.ledger && plan.step !== 'run') {
    return { decision, stored: latest, isUnchanged: true, conversation: undefined };
  }
  const claimed = plan.step === 'run' ? claimEntries(ledger, plan.claims, run, ports.nowMs()) : ledger;
  const [stored, conversation] = await Promise.all([
    ports.ledgers.write(latest, claimed),
    plan.step === 'run' ? readAhead(ports, claimed, plan.claims, justRead) : undefined,
  ]);
  return stored && { decision, stored, isUnchanged: false, conversation };
}

/** Reads what the effects will need. If this fails, the effects read it themselves. */
function readAhead(
  { backends }: EffectPorts,
  ledger: Ledger,
  claims: ReadonlySet<string>,
  justRead: JustRead,
): Promise<ConversationFacts | undefined> {
  const effects = ledger.outbox.filter(({ id }) => claims.has(id)).map(({ effect }) => effect);
  return backends[ledger.backend].readAhead(ledger, effects, justRead).catch(() => undefined);
}
