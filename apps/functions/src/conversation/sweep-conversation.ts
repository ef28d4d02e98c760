/** Repairs a conversation without an event: runs what is due in its outbox and applies what Twilio did not report. */
import {
  type ConversationSid,
  type Ledger,
  nextDueAt,
  type Result,
  succeed,
} from '@chat-transfer/transfer-core';
import { type ConversationPorts, changeConversation } from './change-conversation';
import { reconcileTasks } from './reconcile-tasks';

/**
 * Returns the ledger afterwards; `undefined` when there is none. Costs one call when nothing is due. Fails like
 * `changeConversation`, and throws when a call to Twilio fails or the ledger cannot be read.
 */
export async function sweepConversation(
  ports: ConversationPorts,
  conversationSid: ConversationSid,
): Promise<Result<Ledger | undefined>> {
  const stored = await ports.ledgers.read({ conversationSid });
  if (stored.revision === undefined) return succeed(undefined);
  const { ledger } = stored;
  if (!isDue(ledger, ports.nowMs())) return succeed(ledger);
  const events = await reconcileTasks(ports, ledger);
  return changeConversation(ports, { conversation: ledger, stored, events, isReport: true });
}

/** Whether the ledger is due at this time (ms since 1970). */
function isDue(ledger: Ledger, nowMs: number): boolean {
  const dueAt = nextDueAt(ledger);
  return dueAt !== undefined && dueAt <= nowMs;
}
