/**
 * The one way to change a conversation: read the ledger, decide, write the ledger with its outbox, run the outbox.
 * Whoever writes the outbox takes the lease on it; others who come meanwhile add to it and wait. A crash between any
 * two steps is repaired by whoever comes next.
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
import type { LedgerStore, StoredLedger } from '../ledger/ledger-store';
import type { EffectPorts } from '../outbox/run-effects';
import { type OutboxRun, runOutbox } from '../outbox/run-outbox';
import { findExpiredOffer } from './find-expired-offer';
import { findUntrackedTasks } from './find-untracked-tasks';

export interface ConversationPorts extends EffectPorts {
  readonly ledgers: LedgerStore;
  /** Waits; a port so that the time comes from outside. */
  readonly sleep: (ms: number) => Promise<void>;
}

export interface Change {
  readonly conversation: ConversationRef;
  readonly events: readonly ConversationEvent[];
  /** The ledger, when it has just been read beside other things. */
  readonly stored?: StoredLedger;
  readonly justRead?: JustRead;
  /** Twilio reports what happened, and waits for nothing: when it is known already, answer at once. */
  readonly isReport?: boolean;
}

/** How often a write starts again when others write too. Each time somebody else has got on. */
const WRITE_TRIES = 12;
/** How long one who finds the outbox leased waits for it: a function may run for ten seconds. */
const PATIENCE_MS = 7_000;
const LOOK_AGAIN_MS = 200;

/**
 * Applies events to a conversation and does what follows from them. The ledger in the answer is the one the events
 * led to. Fails with the decision's refusal (nothing has changed then), `busy`, or `twilio-failed` (the decision
 * stands, and what is left of it is done by the next event or by the same request again).
 */
export async function changeConversation(ports: ConversationPorts, change: Change): Promise<Result<Ledger>> {
  const run: OutboxRun = { holder: randomUUID(), startedAt: ports.nowMs(), justRead: change.justRead ?? {} };
  let stored = change.stored ?? (await ports.ledgers.read(change.conversation));

  for (let tries = 1; tries <= WRITE_TRIES; tries += 1) {
    const { decided, next } = await decideOn(ports, stored.ledger, change.events);
    const hasWork = dueEntries(next, ports.nowMs()).length > 0;
    const leased = isLeased(next, run.holder, ports.nowMs());

    if (next === stored.ledger && (leased || !hasWork)) {
      if (!decided.ok) return decided;
      return hasWork && change.isReport !== true ? waitForOutbox(ports, change, run) : succeed(next);
    }
    const takes = hasWork && !leased;
    const [written, conversation] = await Promise.all([
      ports.ledgers.write(stored, takes ? takeLease(next, run.holder, ports.nowMs()) : next),
      takes ? readAhead(ports, next) : undefined,
    ]);
    if (written !== undefined) {
      if (!hasWork) return decided.ok ? succeed(written.ledger) : decided;
      const justRead = { ...run.justRead, conversation };
      const done = takes
        ? await runIt(ports, change, written, { ...run, justRead })
        : await waitForOutbox(ports, change, run);
      return decided.ok ? done : decided;
    }
    await ports.sleep(Math.random() * 50 * tries);
    stored = await ports.ledgers.read(change.conversation);
  }
  return fail({ code: 'busy' });
}

interface Decided {
  readonly decided: Result<Ledger>;
  /**
   * Where a refusal leaves the ledger, too. It changes nothing itself; what an earlier request left undone is done all the
   * same, for it may be in the way.
   */
  readonly next: Ledger;
}

/** The events, and what was never heard of an offer whose time is over; the events themselves may be just that. */
async function decideOn(
  ports: ConversationPorts,
  ledger: Ledger,
  events: readonly ConversationEvent[],
): Promise<Decided> {
  const decided = await decideEnd(ports, ledger, events);
  const overdue = await findExpiredOffer(ports, decided.ok ? decided.value : ledger);
  if (overdue.length === 0) return { decided, next: decided.ok ? decided.value : ledger };
  if (decided.ok) {
    const settled = applyEvents(decided.value, overdue);
    return { decided: settled, next: settled.ok ? settled.value : decided.value };
  }
  const settled = applyEvents(ledger, overdue);
  const next = settled.ok ? settled.value : ledger;
  const again = applyEvents(next, events);
  return { decided: again, next: again.ok ? again.value : next };
}

/** The events; before they end a chat for good, with what else is known of it then. */
async function decideEnd(
  ports: ConversationPorts,
  ledger: Ledger,
  events: readonly ConversationEvent[],
): Promise<Result<Ledger>> {
  const decided = applyEvents(ledger, events);
  const unheard = decided.ok ? await findUntrackedTasks(ports, ledger, decided.value) : [];
  return unheard.length === 0 ? decided : applyEvents(ledger, [...unheard, ...events]);
}

/** What the effects will need; they read it themselves when this fails. */
function readAhead(
  ports: ConversationPorts,
  ledger: Ledger,
): Promise<ConversationFacts | undefined> | undefined {
  const due = dueEntries(ledger, ports.nowMs()).map(({ effect }) => effect);
  return ports.backends[ledger.backend].readAhead(ledger, due)?.catch(() => undefined);
}

async function runIt(
  ports: ConversationPorts,
  change: Change,
  leased: StoredLedger,
  run: OutboxRun,
): Promise<Result<Ledger>> {
  const done = await runOutbox(ports, leased, run);
  return done === 'taken-over' ? waitForOutbox(ports, change, run) : done;
}

/** Somebody else runs the outbox: wait until nothing is due, and take over when their lease runs out. */
async function waitForOutbox(
  ports: ConversationPorts,
  change: Change,
  run: OutboxRun,
): Promise<Result<Ledger>> {
  const giveUpAt = ports.nowMs() + PATIENCE_MS;
  while (ports.nowMs() < giveUpAt) {
    await ports.sleep(LOOK_AGAIN_MS);
    const stored = await ports.ledgers.read(change.conversation);
    if (dueEntries(stored.ledger, ports.nowMs()).length === 0) return succeed(stored.ledger);
    if (isLeased(stored.ledger, run.holder, ports.nowMs())) continue;
    const leased = takeLease(stored.ledger, run.holder, ports.nowMs());
    const written = await ports.ledgers.write(stored, leased);
    if (written !== undefined) return runIt(ports, change, written, run);
  }
  return fail({ code: 'busy' });
}
