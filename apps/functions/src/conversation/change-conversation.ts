/**
 * The only way to change a conversation: reads the ledger, decides, writes the ledger with its outbox, runs
 * the outbox. The run that writes an outbox takes the lease on it. Other runs add their effects to the outbox
 * and wait. After a crash between any two steps, the next run of the conversation does what is left.
 */
import { randomUUID } from 'node:crypto';
import {
  type ConversationEvent,
  type ConversationRef,
  dueEntries,
  fail,
  isLeased,
  type Ledger,
  type Result,
  succeed,
  takeLease,
} from '@chat-transfer/transfer-core';
import type { ConversationFacts, JustRead } from '../backend/backend';
import { applyEvents } from '../ledger/apply-events';
import type { StoredLedger } from '../ledger/ledger-store';
import { type LedgerPorts, retryOnConflict } from '../ledger/update-ledger';
import type { EffectPorts } from '../outbox/run-effects';
import { type OutboxRun, runOutbox } from '../outbox/run-outbox';
import { findExpiredOffer } from './find-expired-offer';
import { findUntrackedTasks } from './find-untracked-tasks';

export type ConversationPorts = EffectPorts & LedgerPorts;

export interface Change {
  readonly conversation: ConversationRef;
  readonly events: readonly ConversationEvent[];
  /** The ledger, when the caller has just read it. */
  readonly stored?: StoredLedger;
  readonly justRead?: JustRead;
  /** A report from Twilio needs no result: if it changes nothing, it does not wait for another run. */
  readonly isReport?: boolean;
}

/** How long a run waits for the run that holds the lease. A function may run for ten seconds. */
const WAIT_FOR_LEASE_MS = 7_000;
const POLL_INTERVAL_MS = 200;

/**
 * Applies events to a conversation and runs the effects that follow. Returns the ledger after the events.
 *
 * Fails with the refusal of an event (then nothing has changed), with `busy`, or with `twilio-failed`. After
 * the last two the ledger may hold the decision; the next event, or the same request again, runs the effects
 * that are left.
 */
export async function changeConversation(ports: ConversationPorts, change: Change): Promise<Result<Ledger>> {
  const run: OutboxRun = { holder: randomUUID(), startedAt: ports.nowMs(), justRead: change.justRead ?? {} };
  const stored = change.stored ?? (await ports.ledgers.read(change.conversation));
  const saved = await retryOnConflict(ports, stored, (latest) => saveDecision(ports, change, run, latest));
  if (saved === undefined) return fail({ code: 'busy' });

  const { decision, next } = saved;
  switch (next.step) {
    case 'answer':
      return decision.ok ? succeed(next.ledger) : decision;
    case 'wait': {
      const waited = await waitForOutbox(ports, change, run);
      return decision.ok ? waited : decision;
    }
    case 'run': {
      const { leased, conversation } = next;
      const done = await runLeasedOutbox(ports, change, leased, {
        ...run,
        justRead: { ...run.justRead, conversation },
      });
      return decision.ok ? done : decision;
    }
  }
}

/** A decision that is in the stored ledger, and what the run does next. */
interface SavedDecision {
  readonly decision: Result<Ledger>;
  readonly next:
    | { readonly step: 'answer'; readonly ledger: Ledger }
    /** Another run holds the lease. */
    | { readonly step: 'wait' }
    | {
        readonly step: 'run';
        readonly leased: StoredLedger;
        readonly conversation: ConversationFacts | undefined;
      };
}

/**
 * Decides, and writes the ledger if it changed or effects are due. `undefined` when another run wrote first.
 */
async function saveDecision(
  ports: ConversationPorts,
  change: Change,
  run: OutboxRun,
  stored: StoredLedger,
): Promise<SavedDecision | undefined> {
  const { decision, ledger } = await decideWithLostEvents(ports, stored.ledger, change.events);
  const hasDueEffects = dueEntries(ledger, ports.nowMs()).length > 0;
  const leasedByOther = isLeased(ledger, run.holder, ports.nowMs());

  if (ledger === stored.ledger && (leasedByOther || !hasDueEffects)) {
    const waits = decision.ok && hasDueEffects && change.isReport !== true;
    return { decision, next: waits ? { step: 'wait' } : { step: 'answer', ledger } };
  }
  const claims = hasDueEffects && !leasedByOther;
  const [written, conversation] = await Promise.all([
    ports.ledgers.write(stored, claims ? takeLease(ledger, run.holder, ports.nowMs()) : ledger),
    claims ? readAhead(ports, ledger) : undefined,
  ]);
  if (written === undefined) return undefined;
  if (!hasDueEffects) return { decision, next: { step: 'answer', ledger: written.ledger } };
  return { decision, next: claims ? { step: 'run', leased: written, conversation } : { step: 'wait' } };
}

interface LedgerDecision {
  readonly decision: Result<Ledger>;
  /**
   * The ledger to write. After a refusal it may still hold lost events. Effects that an earlier request left
   * undone run after a refusal too, because they may be its reason.
   */
  readonly ledger: Ledger;
}

/** Applies the events, and the outcome of an expired offer if TaskRouter's event about it was lost. */
async function decideWithLostEvents(
  ports: ConversationPorts,
  ledger: Ledger,
  events: readonly ConversationEvent[],
): Promise<LedgerDecision> {
  const decision = await decideWithUntrackedTasks(ports, ledger, events);
  const lostEvents = await findExpiredOffer(ports, decision.ok ? decision.value : ledger);
  if (lostEvents.length === 0) return { decision, ledger: decision.ok ? decision.value : ledger };
  if (decision.ok) {
    const repaired = applyEvents(decision.value, lostEvents);
    return { decision: repaired, ledger: repaired.ok ? repaired.value : decision.value };
  }
  const repaired = applyEvents(ledger, lostEvents);
  const basis = repaired.ok ? repaired.value : ledger;
  const retried = applyEvents(basis, events);
  return { decision: retried, ledger: retried.ok ? retried.value : basis };
}

/** Applies the events. If they end the chat for good, first tracks tasks that the ledger does not know. */
async function decideWithUntrackedTasks(
  ports: ConversationPorts,
  ledger: Ledger,
  events: readonly ConversationEvent[],
): Promise<Result<Ledger>> {
  const decision = applyEvents(ledger, events);
  const untracked = decision.ok ? await findUntrackedTasks(ports, ledger, decision.value) : [];
  return untracked.length === 0 ? decision : applyEvents(ledger, [...untracked, ...events]);
}

/** Reads what the effects will need. If this fails, the effects read it themselves. */
function readAhead(
  ports: ConversationPorts,
  ledger: Ledger,
): Promise<ConversationFacts | undefined> | undefined {
  const due = dueEntries(ledger, ports.nowMs()).map(({ effect }) => effect);
  return ports.backends[ledger.backend].readAhead(ledger, due)?.catch(() => undefined);
}

async function runLeasedOutbox(
  ports: ConversationPorts,
  change: Change,
  leased: StoredLedger,
  run: OutboxRun,
): Promise<Result<Ledger>> {
  const done = await runOutbox(ports, leased, run);
  return done === 'lease-lost' ? waitForOutbox(ports, change, run) : done;
}

/** Waits until the run that holds the lease has run all due effects. Takes the lease when it expires. */
async function waitForOutbox(
  ports: ConversationPorts,
  change: Change,
  run: OutboxRun,
): Promise<Result<Ledger>> {
  const giveUpAt = ports.nowMs() + WAIT_FOR_LEASE_MS;
  while (ports.nowMs() < giveUpAt) {
    await ports.sleep(POLL_INTERVAL_MS);
    const stored = await ports.ledgers.read(change.conversation);
    if (dueEntries(stored.ledger, ports.nowMs()).length === 0) return succeed(stored.ledger);
    if (isLeased(stored.ledger, run.holder, ports.nowMs())) continue;
    const leased = takeLease(stored.ledger, run.holder, ports.nowMs());
    const written = await ports.ledgers.write(stored, leased);
    if (written !== undefined) return runLeasedOutbox(ports, change, written, run);
  }
  return fail({ code: 'busy' });
}
