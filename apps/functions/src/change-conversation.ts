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
/** How often, and how long, one who finds the outbox leased waits for it: together less than a function may run. */
const LEASE_TRIES = 40;
const LEASE_WAIT_MS = 200;

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
    if (!decided.ok) return decided;

    const leased = isLeased(stored.ledger, holder, ports.nowMs());
    const nothingNew = decided.value === stored.ledger;
    if (nothingNew && stored.ledger.outbox.length === 0) return succeed(stored.ledger);
    if (nothingNew && leased) return waitForOutbox(ports, change, holder);

    const hasWork = decided.value.outbox.length > 0 && !leased;
    const next = hasWork ? takeLease(decided.value, holder, ports.nowMs()) : decided.value;
    const written = await ports.ledgers.write(stored, next);
    if (written !== undefined) {
      if (hasWork) return runOutbox(ports, written, holder, change.original);
      return leased && next.outbox.length > 0
        ? waitForOutbox(ports, change, holder)
        : succeed(written.ledger);
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
  for (let tries = 1; tries <= LEASE_TRIES; tries += 1) {
    await ports.sleep(LEASE_WAIT_MS);
    const stored = await ports.ledgers.read(change.conversationSid);
    if (stored.ledger.outbox.length === 0) return succeed(stored.ledger);
    if (isLeased(stored.ledger, holder, ports.nowMs())) continue;
    const written = await ports.ledgers.write(stored, takeLease(stored.ledger, holder, ports.nowMs()));
    if (written !== undefined) return runOutbox(ports, written, holder, change.original);
  }
  return fail({ code: 'busy' });
}

/** Runs the outbox until nothing is left of it, including what others add meanwhile. */
async function runOutbox(
  ports: ConversationPorts,
  leased: StoredLedger,
  holder: string,
  original: TaskFacts | undefined,
): Promise<Result<Ledger>> {
  let stored = leased;
  for (;;) {
    const { ledger, done, events, failures } = await runOnce(ports, stored.ledger, original);
    const ticked = await tick(ports, stored, ledger, { done, events, holder, giveBack: failures.length > 0 });
    if (ticked === undefined) return fail({ code: 'busy' });
    if (failures.length > 0) return fail(asFailure(failures[0]));
    if (ticked.ledger.outbox.length === 0) return succeed(ticked.ledger);
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
  const done = new Set<string>();
  let ledger = leased;

  for (const entry of leased.outbox.filter(({ effect }) => effect.kind === 'create-transfer-task')) {
    try {
      const event = await createTransferTask(ports, ledger, entry, original);
      done.add(entry.effect.id);
      if (event === undefined) continue;
      events.push(event);
      const offered = decideAll(ledger, [event]);
      if (offered.ok) ledger = markTried(offered.value);
    } catch (error) {
      // Nothing is announced, and nobody let go, before the transfer task exists.
      return { ledger, done, events, failures: [error] };
    }
  }
  const run = await runEffects(ports, ledger, ledger.outbox);
  return { ledger, done: new Set([...done, ...run.done]), events, failures: run.failures };
}

/** What the transfer task's making added is run in the same pass. */
function markTried(ledger: Ledger): Ledger {
  return {
    ...ledger,
    outbox: ledger.outbox.map(({ effect, tries }) => ({ effect, tries: Math.max(tries, 1) })),
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
    const more = next.outbox.length > 0 && !giveBack;
    const written = await ports.ledgers.write(basis, more ? takeLease(next, holder, ports.nowMs()) : next);
    if (written !== undefined) return written;
    await ports.sleep(Math.random() * 50 * tries);
    basis = await ports.ledgers.read(stored.ledger.conversationSid);
    const replayed = decideAll(basis.ledger, events);
    next = tickOff(replayed.ok ? replayed.value : basis.ledger, done, holder);
  }
  return undefined;
}

function asFailure(error: unknown) {
  if (!(error instanceof TwilioCallError)) throw error;
  const { doing, status, twilioCode } = error;
  return {
    code: 'twilio-failed' as const,
    doing,
    ...(status === undefined ? {} : { status }),
    ...(twilioCode === undefined ? {} : { twilioCode }),
  };
}
