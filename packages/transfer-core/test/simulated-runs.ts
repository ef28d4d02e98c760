/**
 * Simulates runs of an outbox without Twilio: a ledger that is written only if it has not changed, a chat and its tasks, and
 * runs that stop at any point. A run is a generator that yields wherever another run may act or the run may crash. It executes
 * plans as the functions do.
 */
import { decide } from '../src/decide/decide';
import { reflectsLedger } from '../src/effects';
import type { ConversationEvent } from '../src/events';
import { findTransfer, type Ledger } from '../src/ledger';
import { LANDING_MS, type OutboxEntry } from '../src/outbox/entry';
import {
  addToOutbox,
  claimEntries,
  type Execution,
  leaveEntriesUnconfirmed,
  settleEntries,
} from '../src/outbox/outbox';
import { type PlannedLane, planOutbox, planUnconfirmed } from '../src/outbox/plan';
import type { TaskSid } from '../src/sids';
import { START_WITHIN_MS } from '../src/transfer';
import { aTaskSid } from '../testing';

interface SimulatedTask {
  readonly sid: TaskSid;
  readonly transferId: string;
  isCancelled: boolean;
}

/** What becomes of one call to Twilio. `lost`: it succeeds without an answer. `late`: so does it, but only after some time. */
export type Fate = 'done' | 'refused' | 'lost' | 'late';

export interface Simulation {
  nowMs: number;
  stored: { readonly ledger: Ledger; readonly version: number };
  /** The notices in the chat, oldest first. */
  chat: string[];
  readonly tasks: SimulatedTask[];
  tasksMade: number;
  /** Calls without an answer that take effect later. */
  landing: Array<{ readonly atMs: number; readonly land: () => void }>;
  /** The ids of the entries that took effect, or had nothing left to do. */
  readonly executed: Set<string>;
  /** The runs that execute entries which they have claimed. */
  readonly executing: Set<string>;
  readonly chooseFate: (entry: OutboxEntry) => Fate;
  /** Picks a number below `count`. */
  readonly choose: (count: number) => number;
  /** Checks the rules of order when an effect is about to run. */
  readonly check: (entry: OutboxEntry, ledger: Ledger) => void;
}

export interface Run {
  readonly id: string;
  /** The run's clock is ahead by this much. */
  readonly skewMs: number;
}

export type Steps<Result = void> = Generator<undefined, Result, undefined>;

function applyEvents(before: Ledger, events: readonly ConversationEvent[]): Ledger {
  let ledger = before;
  for (const event of events) {
    const result = decide(ledger, event);
    if (result.ok) ledger = addToOutbox(result.value.ledger, result.value.effects);
  }
  return ledger;
}

/** Writes the changed ledger, again after each conflict with another run. */
function* save(
  world: Simulation,
  change: (latest: Ledger, isCurrent: boolean) => Ledger,
  given = world.stored,
): Steps<Ledger> {
  for (let from = given; ; from = world.stored) {
    const ledger = change(from.ledger, from === given);
    yield;
    if (from.version !== world.stored.version) continue;
    if (ledger !== from.ledger) world.stored = { ledger, version: from.version + 1 };
    yield;
    return ledger;
  }
}

/** Decides an event, saves it, and runs the outbox. */
export function* handleEvent(
  world: Simulation,
  run: Run,
  eventFor: (ledger: Ledger) => ConversationEvent | undefined,
): Steps {
  yield* save(world, (ledger) => {
    const event = eventFor(ledger);
    return event === undefined ? ledger : applyEvents(ledger, [event]);
  });
  yield* runOutbox(world, run);
}

interface Outcome extends Execution {
  readonly events: ConversationEvent[];
  isRepeated: boolean;
}

export function* runOutbox(world: Simulation, { id, skewMs }: Run): Steps {
  const now = () => world.nowMs + skewMs;
  for (let passes = 0; passes < 20; passes += 1) {
    const start = world.stored;
    const plan = planOutbox(start.ledger, id, now());
    if (plan.step === 'nothing') return;
    if (plan.step === 'wait') {
      yield;
      continue;
    }
    if (!plan.isClaimed) {
      yield* save(world, (latest) => {
        const due = planOutbox(latest, id, now());
        return due.step === 'run' ? claimEntries(latest, due.claims, id, now()) : latest;
      });
      continue;
    }
    world.executing.add(id);
    const outcome = yield* executeLanes(world, start.ledger, plan.lanes);
    world.executing.delete(id);
    const isOnTask = plan.lanes.some(({ lane }) => lane === 'transfer-task');
    const rest =
      isOnTask && outcome.failed.size === 0 ? yield* saveBeside(world, start, outcome, { id, now }) : outcome;
    const continues = rest.failed.size === 0 && passes < 10;
    yield* save(world, (latest) => {
      const settled = applyOutcome(latest, rest, id);
      const due = planOutbox(settled, id, now());
      return continues && due.step === 'run' ? claimEntries(settled, due.claims, id, now()) : settled;
    });
    if (!continues) return;
  }
}

function applyOutcome(ledger: Ledger, outcome: Outcome, run: string): Ledger {
  const settle = (before: Ledger) => settleEntries(before, outcome, run);
  return outcome.isRepeated
    ? settle(applyEvents(ledger, outcome.events))
    : applyEvents(settle(ledger), outcome.events);
}

/** Saves an outcome at any moment while it executes what follows. Returns what is to be saved after that. */
function* saveBeside(
  world: Simulation,
  start: Simulation['stored'],
  outcome: Outcome,
  { id, now }: { readonly id: string; readonly now: () => number },
): Steps<Outcome> {
  const after = applyOutcome(start.ledger, outcome, id);
  const isEnding = start.ledger.ended === undefined && after.ended !== undefined;
  const lanes = planUnconfirmed(after, { nowMs: now(), run: id, isEnding }) ?? [];
  if (lanes.length === 0) return outcome;
  const entries = lanes.flatMap(({ work }) => work.flatMap(({ entry, covers }) => [entry, ...covers]));
  const idsOf = (kept: readonly OutboxEntry[]) => new Set(kept.map((entry) => entry.id));
  const saving = save(
    world,
    (latest, isCurrent) => {
      if (isCurrent) return leaveEntriesUnconfirmed(after, idsOf(entries), id, now());
      // Effects that copy the ledger have copied an older one.
      const outdated = entries.filter(({ effect }) => reflectsLedger(effect));
      const executed = entries.filter(({ effect }) => !reflectsLedger(effect));
      const failed = {
        done: new Set<string>(),
        failed: idsOf(outdated),
        recheckAt: new Map<string, number>(),
      };
      const released = settleEntries(applyOutcome(latest, outcome, id), failed, id);
      return leaveEntriesUnconfirmed(released, idsOf(executed), id, now());
    },
    start,
  );
  const executing = executeLanes(world, after, lanes);
  let rest: Outcome | undefined;
  for (let isSaved = false; rest === undefined || !isSaved; ) {
    const savesNext = !isSaved && (rest !== undefined || world.choose(2) === 0);
    if (savesNext) isSaved = saving.next().done === true;
    else {
      const step = executing.next();
      if (step.done === true) rest = step.value;
    }
    yield;
  }
  // What is done is confirmed by the next run, so that this one need not write again.
  const isFinished = rest.failed.size === 0 && rest.events.length === 0 && rest.recheckAt.size === 0;
  return isFinished ? { ...rest, done: new Set() } : rest;
}

/** Executes lanes in any interleaving, each until its first failure. */
function* executeLanes(world: Simulation, ledger: Ledger, lanes: readonly PlannedLane[]): Steps<Outcome> {
  const outcome = {
    done: new Set<string>(),
    failed: new Set<string>(),
    recheckAt: new Map<string, number>(),
    mayLandUntil: new Map<string, number>(),
    events: [] as ConversationEvent[],
    isRepeated: lanes.some(
      ({ lane, work }) => lane === 'transfer-task' && work.some(({ entry }) => entry.attempts > 1),
    ),
  };
  let running = lanes.map((lane) => executeLane(world, ledger, lane, outcome));
  while (running.length > 0) {
    const next = running[world.choose(running.length)];
    if (next?.next().done === true) running = running.filter((lane) => lane !== next);
    yield;
  }
  return outcome;
}

function* executeLane(
  world: Simulation,
  before: Ledger,
  { work, after }: PlannedLane,
  {
    done,
    failed,
    recheckAt,
    mayLandUntil,
    events,
  }: Outcome & {
    readonly done: Set<string>;
    readonly failed: Set<string>;
    readonly recheckAt: Map<string, number>;
    readonly mayLandUntil: Map<string, number>;
  },
): Steps {
  const idsOf = (index: number) =>
    work.slice(index).flatMap(({ entry, covers }) => [entry.id, ...covers.map(({ id }) => id)]);
  const isPosted = ({ effect }: OutboxEntry) =>
    effect.kind === 'post-notice' && world.chat.includes(effect.notice.id);
  if (!after.every(isPosted)) {
    for (const id of idsOf(0)) failed.add(id);
    return;
  }
  // One with more attempts is checked later: an earlier attempt may still take effect.
  for (const { id, attempts } of after) if (attempts <= 1) done.add(id);
  let ledger = before;
  for (const [index, { entry, covers }] of work.entries()) {
    yield;
    const result = call(world, ledger, entry, () => {
      for (const { id } of [entry, ...covers]) world.executed.add(id);
    });
    const isFailed = result === 'failed' || result === 'unanswered';
    if (!isFailed) for (const { id } of [entry, ...covers]) world.executed.add(id);
    yield;
    if (isFailed) {
      if (result === 'unanswered') mayLandUntil.set(entry.id, world.nowMs + LANDING_MS);
      for (const id of idsOf(index)) failed.add(id);
      return;
    }
    for (const { id } of [entry, ...covers]) done.add(id);
    events.push(...result.events);
    ledger = applyEvents(ledger, result.events);
    if (result.recheckAt !== undefined) recheckAt.set(entry.id, result.recheckAt);
  }
}

interface CallResult {
  readonly events: readonly ConversationEvent[];
  readonly recheckAt?: number;
}

/** One call to the simulated Twilio. A repeated attempt looks for the result of an earlier one. */
function call(
  world: Simulation,
  ledger: Ledger,
  entry: OutboxEntry,
  onEffect: () => void,
): CallResult | 'failed' | 'unanswered' {
  const { effect, attempts, firstAttemptAt = world.nowMs, mayLandUntil = 0 } = entry;
  const at = world.nowMs;
  const recheck = attempts > 1 ? { recheckAt: at + LANDING_MS } : {};
  // When an earlier attempt is found, a still earlier one may be on its way.
  const overAt = firstAttemptAt + START_WITHIN_MS + LANDING_MS;
  const recheckFound = attempts > 2 && at < overAt ? { recheckAt: overAt } : {};
  const make = (change: () => void, fate = world.chooseFate(entry)): boolean => {
    world.check(entry, ledger);
    const land = () => {
      change();
      onEffect();
    };
    if (fate === 'late') world.landing.push({ atMs: at + LANDING_MS - 1_000, land });
    else if (fate !== 'refused') land();
    return fate === 'done';
  };
  switch (effect.kind) {
    case 'create-transfer-task': {
      const transfer = findTransfer(ledger, effect.transferId);
      const offered = (taskSid: TaskSid): ConversationEvent => ({
        type: 'transfer-offered',
        transferId: effect.transferId,
        taskSid,
        at,
      });
      const found =
        attempts > 1 ? world.tasks.filter(({ transferId }) => transferId === effect.transferId) : [];
      if (found.length > 0) return { events: found.map(({ sid }) => offered(sid)), ...recheckFound };
      if (transfer?.state !== 'requested') return { events: [] };
      if (at < mayLandUntil) return 'failed';
      const sid = aTaskSid(100 + world.tasksMade);
      world.tasksMade += 1;
      const fate = world.chooseFate(entry);
      const isDone = make(() => {
        world.tasks.push({ sid, transferId: effect.transferId, isCancelled: false });
      }, fate);
      if (isDone) return { events: [offered(sid)], ...recheck };
      return fate === 'late' ? 'unanswered' : 'failed';
    }
    case 'withdraw-transfer-task': {
      const kept = findTransfer(ledger, effect.transferId)?.transferTaskSid;
      const unneeded = world.tasks.filter(
        ({ transferId, sid }) => transferId === effect.transferId && sid !== kept,
      );
      return {
        events: unneeded.map(({ sid: taskSid, transferId }) => ({
          type: 'transfer-offered' as const,
          transferId,
          taskSid,
          at,
        })),
        ...(at >= overAt ? {} : { recheckAt: overAt }),
      };
    }
    case 'post-notice': {
      const { id } = effect.notice;
      if (attempts > 1 && world.chat.includes(id)) {
        world.chat = world.chat.filter((other, index, all) => other !== id || all.indexOf(id) === index);
        return { events: [], ...recheckFound };
      }
      const isDone = make(() => world.chat.push(id));
      return isDone ? { events: [], ...recheck } : 'failed';
    }
    case 'cancel-task':
      return make(() => {
        for (const task of world.tasks) if (task.sid === effect.taskSid) task.isCancelled = true;
      })
        ? { events: [] }
        : 'failed';
    case 'recall-transfer':
    case 'redirect-task':
    case 'wrap-reservation':
    case 'add-participant':
    case 'remove-participant':
    case 'complete-task':
    case 'update-conversation':
      return make(() => undefined) ? { events: [] } : 'failed';
  }
}
