/** Several events, one decision after the other, what they ask for in the outbox. */
import {
  addToOutbox,
  type ConversationEvent,
  decide,
  type Ledger,
  type Result,
  succeed,
} from '@chat-transfer/transfer-core';

/** The ledger after all events; the same object when nothing has changed. A refusal of one refuses all. */
export function applyEvents(ledger: Ledger, events: readonly ConversationEvent[]): Result<Ledger> {
  let current = ledger;
  for (const event of events) {
    const decision = decide(current, event);
    if (!decision.ok) return decision;
    current = addToOutbox(decision.value.ledger, decision.value.effects);
  }
  return succeed(current);
}
