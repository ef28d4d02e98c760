/**
 * The only way to change a conversation: reads the ledger, decides, writes the ledger with its outbox, runs the outbox. After a
 * crash between any two steps, the next run of the conversation does what is left.
 */
import { randomUUID } from 'node:crypto';
import {
  type ConversationEvent,
  type ConversationRef,
  fail,
  type Ledger,
  type Result,
  succeed,
} from '@chat-transfer/transfer-core';
import type { JustRead } from '../backend/backend';
import type { StoredLedger } from '../ledger/ledger-store';
import { retryOnConflict } from '../ledger/update-ledger';
import type { OutboxPorts } from '../outbox/run-lanes';
import { type OutboxResult, type OutboxRun, runOutbox } from '../outbox/run-outbox';
import type { FactPorts } from './gather-facts';
import { saveDecision } from './save-decision';

export type ConversationPorts = OutboxPorts & FactPorts;

export interface Change {
  readonly conversation: ConversationRef;
  readonly events: readonly ConversationEvent[];
  /** The ledger, when the caller has just read it. */
  readonly stored?: StoredLedger;
  readonly justRead?: JustRead;
  /** A report from Twilio needs no result: if it changes nothing, it does not wait for another run. */
  readonly isReport?: boolean;
}

/**
 * Applies events to a conversation and runs the effects that follow. Returns the ledger after the events, and why effects are
 * left, if some are. Fails with the refusal of an event, or with `busy` when other runs kept writing the ledger. Then nothing
 * has changed.
 */
export async function applyToConversation(
  ports: ConversationPorts,
  change: Change,
): Promise<Result<OutboxResult>> {
  const { justRead = {}, isReport = false } = change;
  const run: OutboxRun = { id: randomUUID(), startedAt: ports.nowMs(), justRead };
  const stored = change.stored ?? (await ports.ledgers.read(change.conversation));
  const saved = await retryOnConflict(ports, stored, (latest) =>
    saveDecision(ports, latest, { events: change.events, run: run.id, justRead }),
  );
  if (saved === undefined) return fail({ code: 'busy' });

  const { decision, conversation } = saved;
  const isDone = saved.isUnchanged && (isReport || !decision.ok);
  const result = isDone
    ? { ledger: saved.stored.ledger, pending: [] }
    : await runOutbox(ports, saved.stored, { ...run, justRead: { ...justRead, conversation } });
  return decision.ok ? succeed(result) : decision;
}

/**
 * `applyToConversation` for callers that need every effect: also fails when effects are left. The ledger holds the decision
 * then, and the same request again runs what is left.
 */
export async function changeConversation(ports: ConversationPorts, change: Change): Promise<Result<Ledger>> {
  const applied = await applyToConversation(ports, change);
  if (!applied.ok) return applied;
  const { ledger, failure } = applied.value;
  return failure === undefined ? succeed(ledger) : fail(failure);
}
