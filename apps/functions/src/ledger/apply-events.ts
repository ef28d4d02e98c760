/** Applies several events to a ledger, and adds their effects to its outbox. */
import {
  addToOutbox,
  type ConversationEvent,
  decide,
  type Ledger,
  type Result,
  succeed,
} from '@chat-transfer/transfer-core';

/**
 * Returns the ledger after all events; the same object when they change nothing. If one is refused, all are.
 */
export function applyEvents(ledger: Ledger, events: readonly ConversationEvent[]): Result<Ledger> {
  let current = ledger;
  for (const event of events) {
    const decision = decide(current, event);
    if (!decision.ok) return decision;
    current = addToOutbox(decision.value.ledger, decision.value.effects);
  }
  return succeed(current);
}
