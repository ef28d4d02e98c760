/** Several events applied to a ledger, with the effects of each in its outbox. */
import {
  addToOutbox,
  type ConversationEvent,
  decide,
  type Ledger,
  type Result,
  succeed,
} from '@chat-transfer/transfer-core';

/** The ledger after all events; the same object when they change nothing. If one event is refused, all are. */
export function applyEvents(ledger: Ledger, events: readonly ConversationEvent[]): Result<Ledger> {
  let current = ledger;
  for (const event of events) {
    const decision = decide(current, event);
    if (!decision.ok) return decision;
    current = addToOutbox(decision.value.ledger, decision.value.effects);
  }
  return succeed(current);
}
