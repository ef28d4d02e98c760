/**
 * Running the outbox, by whoever holds the lease on it: do what is due, tick it off, until nothing is left of it,
 * including what others add meanwhile. What failed by bad luck is tried again while there is time.
 */
import {
  type ConversationEvent,
  dueEntries,
  fail,
  isLeased,
  type Ledger,
  laneOf,
  type OutboxEntry,
  type Result,
  runsBeside,
  succeed,
  takeLease,
  tickOff,
  trust,
  untrust,
  writesLedger,
} from '@chat-transfer/transfer-core';
import { decideAll } from './decide-all';
import type { LedgerStore, StoredLedger } from './ledger-store';
import { type EffectPorts, type EffectsRun, type JustRead, runEffects } from './run-effects';
import { runTransferTask } from './transfer-task';
import { TwilioCallError } from './twilio/call';

export interface OutboxPorts extends EffectPorts {
  readonly ledgers: LedgerStore;
  readonly sleep: (ms: number) => Promise<void>;
}

interface Run {
  readonly holder: string;
  /** When the request began (ms since 1970). */
  readonly startedAt: number;
  readonly justRead: JustRead;
}

const WRITE_TRIES = 12;
/** A Twilio Function has ten seconds. Nothing is started again that might not be over by then. */
const RETRY_WITHIN_MS = 4_000;
const RETRIES = 3;
const FIRST_WAIT_MS = 300;
/** So long that others may have changed and written meanwhile what an effect wrote from an older ledger. */
const STALE_MS = 250;

/** `taken-over`: it took so long that somebody else has the lease now. */
export async function runOutbox(
  ports: OutboxPorts,
  leased: StoredLedger,
  run: Run,
): Promise<Result<Ledger> | 'taken-over'> {
  let stored = leased;
  let { justRead } = run;
  for (let retries = 0; ; ) {
    const pass = await runPass(ports, stored, run.holder, justRead);
    if (pass === undefined) return fail({ code: 'busy' });

    const { failures } = pass;
    const elapsedMs = ports.nowMs() - run.startedAt;
    const retry =
      failures.length > 0 && failures.every(isBadLuck) && retries < RETRIES && elapsedMs < RETRY_WITHIN_MS;
    const ticked =
      pass.report === undefined
        ? pass.stored
        : await report(ports, pass, run, failures.length === 0 || retry);
    if (ticked === undefined) return fail({ code: 'busy' });
    if (failures.length > 0 && !retry) return failOf(failures[0]);
    if (dueEntries(ticked.ledger, ports.nowMs()).length === 0) return succeed(ticked.ledger);
    if (ticked.ledger.lease?.holder !== run.holder) return 'taken-over';
    if (retry) {
      await ports.sleep(FIRST_WAIT_MS * 2 ** retries * (0.5 + Math.random() / 2));
      retries += 1;
    }
    stored = ticked;
    justRead = {};
  }
}

const isBadLuck = (error: unknown): boolean => error instanceof TwilioCallError && !error.isRefusal;

/** What a pass came to. */
interface Pass {
  readonly stored: StoredLedger;
  readonly failures: readonly unknown[];
  /** What the ledger has still to be told; nothing when the effects left on trust are all done. */
  readonly report?: {
    readonly done: ReadonlySet<string>;
    readonly failed: ReadonlySet<string>;
    readonly events: readonly ConversationEvent[];
  };
}

/** One pass over what is due: the transfer task first, then everything else with what came of it. */
async function runPass(
  ports: OutboxPorts,
  leased: StoredLedger,
  holder: string,
  justRead: JustRead,
): Promise<Pass | undefined> {
  const due = dueEntries(leased.ledger, ports.nowMs());
  const tasks = due.filter(({ effect }) => laneOf(effect) === 'task');
  if (tasks.length === 0) {
    return reportOf(leased, due, await runEffects(ports, leased.ledger, due, justRead));
  }

  const early = due.filter(({ effect }) => laneOf(effect) === 'notices');
  const beside = early.slice(
    0,
    lengthOfPrefix(early, ({ effect }) => runsBeside(effect)),
  );
  const [made, told] = await Promise.all([
    runTasks(ports, leased.ledger, tasks, justRead),
    runEffects(ports, leased.ledger, beside),
  ]);
  const done = new Set([...made.done, ...told.done]);
  const failures = [...made.failures, ...told.failures];
  // Nobody is let go before the transfer task exists, and notices keep their order.
  if (made.isOpen || told.failures.length > 0) {
    return reportOf(leased, due, { done, events: made.events, failures });
  }

  const rest = dueEntries(made.ledger, ports.nowMs()).filter(({ effect }) => !done.has(effect.id));
  const ids = new Set(rest.map(({ effect }) => effect.id));
  const beganAt = ports.nowMs();
  const [stored, ran] = await Promise.all([
    amend(ports, leased, made.ledger, made.events, (ledger) =>
      trust(tickOff(ledger, done, holder), ids, holder, ports.nowMs()),
    ),
    runEffects(ports, made.ledger, rest, justRead),
  ]);
  if (stored === undefined) return undefined;
  const isStale = ports.nowMs() - beganAt > STALE_MS;
  const current = new Set(
    [...ran.done].filter(
      (id) => !isStale || !rest.some((entry) => entry.effect.id === id && writesLedger(entry.effect)),
    ),
  );
  return current.size === rest.length && ran.events.length === 0
    ? { stored, failures }
    : reportOf(stored, rest, { ...ran, done: current, failures: [...failures, ...ran.failures] });
}

function reportOf(
  stored: StoredLedger,
  entries: readonly OutboxEntry[],
  { done, events, failures }: EffectsRun,
): Pass {
  const failed = new Set(entries.map(({ effect }) => effect.id).filter((id) => !done.has(id)));
  return { stored, failures, report: { done, failed, events } };
}

interface TasksRun extends EffectsRun {
  /** With what came of the transfer task, before it is written. */
  readonly ledger: Ledger;
  /** It is not known yet whether the transfer task is made: another try may tell. */
  readonly isOpen: boolean;
}

async function runTasks(
  ports: OutboxPorts,
  leased: Ledger,
  entries: readonly OutboxEntry[],
  justRead: JustRead,
): Promise<TasksRun> {
  const done = new Set<string>();
  const events: ConversationEvent[] = [];
  const failures: unknown[] = [];
  let ledger = leased;
  for (const entry of entries) {
    try {
      const outcome = await runTransferTask(ports, ledger, entry, justRead.task);
      done.add(entry.effect.id);
      if (outcome.failure !== undefined) failures.push(outcome.failure);
      events.push(...outcome.events);
      const decided = decideAll(ledger, outcome.events);
      if (decided.ok) ledger = markTried(decided.value, entry.tries);
    } catch (error) {
      return { ledger, done, events, failures: [...failures, error], isOpen: true };
    }
  }
  return { ledger, done, events, failures, isOpen: false };
}

/** What the transfer task's outcome added is run in the same pass, and was in an earlier one that got that far and crashed. */
function markTried(ledger: Ledger, times: number): Ledger {
  return {
    ...ledger,
    outbox: ledger.outbox.map((entry) => ({ ...entry, tries: Math.max(entry.tries, times) })),
  };
}

/** Tells the ledger what a pass came to. The lease is kept when there is more to do. */
function report(
  ports: OutboxPorts,
  { stored, report: told }: Pass,
  { holder }: Run,
  goesOn: boolean,
): Promise<StoredLedger | undefined> {
  const { done, failed, events } = told ?? { done: new Set<string>(), failed: new Set<string>(), events: [] };
  const decided = decideAll(stored.ledger, events);
  return amend(ports, stored, decided.ok ? decided.value : stored.ledger, events, (ledger) => {
    const ticked = tickOff(untrust(ledger, failed), done, holder);
    const now = ports.nowMs();
    const takes = goesOn && dueEntries(ticked, now).length > 0 && !isLeased(ticked, holder, now);
    return takes ? takeLease(ticked, holder, now) : ticked;
  });
}

/** Writes a change of the ledger. When others wrote meanwhile, their ledger is kept and the change is made to it. */
async function amend(
  ports: OutboxPorts,
  stored: StoredLedger,
  reached: Ledger,
  events: readonly ConversationEvent[],
  change: (ledger: Ledger) => Ledger,
): Promise<StoredLedger | undefined> {
  let basis = stored;
  let next = change(reached);
  for (let tries = 1; tries <= WRITE_TRIES; tries += 1) {
    const written = await ports.ledgers.write(basis, next);
    if (written !== undefined) return written;
    await ports.sleep(Math.random() * 50 * tries);
    basis = await ports.ledgers.read(stored.ledger.conversationSid);
    const replayed = decideAll(basis.ledger, events);
    next = change(replayed.ok ? replayed.value : basis.ledger);
  }
  return undefined;
}

function lengthOfPrefix<T>(items: readonly T[], belongs: (item: T) => boolean): number {
  const end = items.findIndex((item) => !belongs(item));
  return end === -1 ? items.length : end;
}

/** A failed call is an answer; anything else is a bug. */
function failOf(error: unknown): Result<never> {
  if (error instanceof TwilioCallError) return fail(error.asFailure());
  throw error;
}
