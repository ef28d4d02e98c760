/**
 * The one way to change a conversation: read the ledger, decide, write the ledger with its outbox, run the outbox,
 * tick it off. Whoever writes the outbox takes the lease on it; others who come meanwhile add to it and wait.
 * A crash between any two steps is repaired by whoever comes next.
 */
import { randomUUID } from 'node:crypto';
import {
  addToOutbox,
  type ConversationEvent,
  type ConversationSid,
  decide,
  fail,
  isLeased,
  type Ledger,
  type Result,
  succeed,
  takeLease,
  tickOff,
} from '@chat-transfer/transfer-core';
import type { LedgerStore, StoredLedger } from './ledger-store';
import { createTransferTask, type EffectPorts, runEffects } from './run-effects';
import { TwilioCallError } from './twilio/call';
import type { TaskFacts } from './twilio/task-router';

export interface ConversationPorts extends EffectPorts {
  readonly ledgers: LedgerStore;
  /** Waits; a port so that the time comes from outside. */
  readonly sleep: (ms: number) => Promise<void>;
}

export interface Change {
  readonly conversationSid: ConversationSid;
  readonly events: readonly ConversationEvent[];
  /** The ledger, when it has just been read beside other things. */
  readonly stored?: StoredLedger;
  /** The task a requested transfer leaves, when it has just been read. */
  readonly original?: TaskFacts;
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
  const holder = randomUUID();
  let stored = change.stored ?? (await ports.ledgers.read(change.conversationSid));

  for (let tries = 1; tries <= WRITE_TRIES; tries += 1) {
    const decided = decideAll(stored.ledger, change.events);
    // A refusal changes nothing. What an earlier request left undone is done all the same: it may be in the way.
    const next = decided.ok ? decided.value : stored.ledger;
    const hasWork = next.outbox.length > 0;
    const leased = isLeased(next, holder, ports.nowMs());

    if (next === stored.ledger && (leased || !hasWork)) {
      if (!decided.ok) return decided;
      return hasWork ? waitForOutbox(ports, change, holder) : succeed(next);
    }
    const takes = hasWork && !leased;
    const written = await ports.ledgers.write(stored, takes ? takeLease(next, holder, ports.nowMs()) : next);
    if (written !== undefined) {
      if (!hasWork) return succeed(written.ledger);
      const done = takes
        ? await runOutbox(ports, change, written, holder)
        : await waitForOutbox(ports, change, holder);
      return decided.ok ? done : decided;
    }
    await ports.sleep(Math.random() * 50 * tries);
    stored = await ports.ledgers.read(change.conversationSid);
  }
  return fail({ code: 'busy' });
}

/** The ledger after all events, effects in its outbox; the same object when nothing has changed. */
function decideAll(ledger: Ledger, events: readonly ConversationEvent[]): Result<Ledger> {
  let current = ledger;
  for (const event of events) {
    const decision = decide(current, event);
    if (!decision.ok) return decision;
    current = addToOutbox(decision.value.ledger, decision.value.effects);
  }
  return succeed(current);
}

/** Somebody else runs the outbox: wait until it is empty, and take over when their lease runs out. */
async function waitForOutbox(
  ports: ConversationPorts,
  change: Change,
  holder: string,
): Promise<Result<Ledger>> {
  const giveUpAt = ports.nowMs() + PATIENCE_MS;
  while (ports.nowMs() < giveUpAt) {
    await ports.sleep(LOOK_AGAIN_MS);
    const stored = await ports.ledgers.read(change.conversationSid);
    if (stored.ledger.outbox.length === 0) return succeed(stored.ledger);
    if (isLeased(stored.ledger, holder, ports.nowMs())) continue;
    const written = await ports.ledgers.write(stored, takeLease(stored.ledger, holder, ports.nowMs()));
    if (written !== undefined) return runOutbox(ports, change, written, holder);
  }
  return fail({ code: 'busy' });
}

/** Runs the outbox until nothing is left of it, including what others add meanwhile. */
async function runOutbox(
  ports: ConversationPorts,
  change: Change,
  leased: StoredLedger,
  holder: string,
): Promise<Result<Ledger>> {
  let stored = leased;
  for (;;) {
    const { ledger, done, events, failures } = await runOnce(ports, stored.ledger, change.original);
    const ticked = await tick(ports, stored, ledger, { done, events, holder, giveBack: failures.length > 0 });
    if (ticked === undefined) return fail({ code: 'busy' });
    if (failures.length > 0) return failOf(failures[0]);
    if (ticked.ledger.outbox.length === 0) return succeed(ticked.ledger);
    // It took so long that somebody else has taken over.
    if (ticked.ledger.lease?.holder !== holder) return waitForOutbox(ports, change, holder);
    stored = ticked;
  }
}

interface Pass {
  /** With what came of the transfer task, before it is written. */
  readonly ledger: Ledger;
  readonly done: ReadonlySet<string>;
  readonly events: readonly ConversationEvent[];
  readonly failures: readonly unknown[];
}

/** One pass: the transfer task first, then everything else, with the task's SID known. */
async function runOnce(
  ports: ConversationPorts,
  leased: Ledger,
  original: TaskFacts | undefined,
): Promise<Pass> {
  const events: ConversationEvent[] = [];
  const failures: unknown[] = [];
  const done = new Set<string>();
  let ledger = leased;

  for (const entry of leased.outbox.filter(({ effect }) => effect.kind === 'create-transfer-task')) {
    try {
      const { event, failure } = await createTransferTask(ports, ledger, entry, original);
      done.add(entry.effect.id);
      if (failure !== undefined) failures.push(failure);
      if (event === undefined) continue;
      events.push(event);
      const decided = decideAll(ledger, [event]);
      if (decided.ok) ledger = markTried(decided.value, entry.tries);
    } catch (error) {
      // Nothing is announced, and nobody let go, before the transfer task exists.
      return { ledger, done, events, failures: [error] };
    }
  }
  const run = await runEffects(ports, ledger, ledger.outbox);
  return {
    ledger,
    done: new Set([...done, ...run.done]),
    events,
    failures: [...failures, ...run.failures],
  };
}

/** What the transfer task's making added is run in the same pass, and was in an earlier one that made it and crashed. */
function markTried(ledger: Ledger, times: number): Ledger {
  return {
    ...ledger,
    outbox: ledger.outbox.map(({ effect, tries }) => ({ effect, tries: Math.max(tries, times) })),
  };
}

interface Ticks {
  readonly done: ReadonlySet<string>;
  readonly events: readonly ConversationEvent[];
  readonly holder: string;
  /** Something failed: let others try at once instead of when the lease runs out. */
  readonly giveBack: boolean;
}

/** Writes what has been done. When others wrote meanwhile, their ledger is kept and the ticks are put on it. */
async function tick(
  ports: ConversationPorts,
  stored: StoredLedger,
  reached: Ledger,
  { done, events, holder, giveBack }: Ticks,
): Promise<StoredLedger | undefined> {
  let basis = stored;
  let next = tickOff(reached, done, holder);
  for (let tries = 1; tries <= WRITE_TRIES; tries += 1) {
    const more = next.outbox.length > 0 && !giveBack && !isLeased(next, holder, ports.nowMs());
    const written = await ports.ledgers.write(basis, more ? takeLease(next, holder, ports.nowMs()) : next);
    if (written !== undefined) return written;
    await ports.sleep(Math.random() * 50 * tries);
    basis = await ports.ledgers.read(stored.ledger.conversationSid);
    const replayed = decideAll(basis.ledger, events);
    next = tickOff(replayed.ok ? replayed.value : basis.ledger, done, holder);
  }
  return undefined;
}

/** A failed call is an answer; anything else is a bug. */
function failOf(error: unknown): Result<never> {
  if (error instanceof TwilioCallError) return fail(error.asFailure());
  throw error;
}
