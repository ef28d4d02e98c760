import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alice, bob, toBob } from '../../test/scenario';
import {
  type Fate,
  handleEvent,
  type Run,
  runOutbox,
  type Simulation,
  type Steps,
} from '../../test/simulated-runs';
import { aLedger, aTask, aTaskSid, aTransferRequest } from '../../testing';
import type { Effect } from '../effects';
import type { ConversationEvent } from '../events';
import type { Ledger } from '../ledger';
import { START_WITHIN_MS } from '../transfer';
import type { OutboxEntry } from './entry';
import { laneOf } from './lanes';
import { outboxDueAt } from './outbox';

/** How long a function may run. After that, Twilio ends it. */
const FUNCTION_MS = 9_000;
const START = 1_000_000;

/** What may happen to the chat next. `undefined` if it cannot. */
type Happening = (ledger: Ledger, at: number) => ConversationEvent | undefined;

const request = (ledger: Ledger, at: number, mode: 'warm' | 'cold', release: 'immediately' | 'on-accept') =>
  aTransferRequest({ transferId: `transfer-${ledger.past.length}`, mode, release, ...toBob, at });
const transferTask = ({ transfer }: Ledger) => transfer?.transferTaskSid;

const HAPPENINGS: readonly Happening[] = [
  (ledger, at) => request(ledger, at, 'cold', 'immediately'),
  (ledger, at) => request(ledger, at, 'cold', 'on-accept'),
  (ledger, at) => request(ledger, at, 'warm', 'immediately'),
  (ledger, at) => {
    const taskSid = transferTask(ledger);
    return taskSid && { type: 'task-accepted', taskSid, worker: bob, at };
  },
  (ledger, at) => {
    const taskSid = transferTask(ledger);
    return taskSid && { type: 'offer-declined', taskSid, workerSid: bob.sid, at };
  },
  (ledger, at) => {
    const taskSid = transferTask(ledger);
    return taskSid && { type: 'task-accepted', taskSid, worker: alice, at };
  },
  ({ transfer }, at) =>
    transfer?.state === 'requested' && at > transfer.requestedAt + START_WITHIN_MS
      ? { type: 'start-expired', transferId: transfer.id, at }
      : undefined,
  (_ledger, at) => ({ type: 'agent-left', taskSid: aTaskSid(1), worker: alice, alreadyWrapping: false, at }),
  (_ledger, at) => ({ type: 'completion-requested', taskSid: aTaskSid(1), worker: alice, at }),
  (_ledger, at) => ({ type: 'customer-ended', at }),
];

/** What the scheduler does next: it starts a run, continues one, ends one, or lets time pass. */
const aMove = fc.oneof(
  { weight: 2, arbitrary: fc.record({ starts: fc.nat(HAPPENINGS.length - 1), skewMs: fc.nat(1_000) }) },
  { weight: 24, arbitrary: fc.record({ continues: fc.nat(3), steps: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ crashes: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ passesMs: fc.constantFrom(200, 1_000, 5_000, 12_000, 50_000) }) },
);
const aHistory = fc.record({
  moves: fc.array(aMove, { maxLength: 120, size: 'max' }),
  fates: fc.infiniteStream(
    fc.oneof(
      { weight: 5, arbitrary: fc.constant<Fate>('done') },
      fc.constantFrom<Fate>('refused', 'lost', 'late'),
    ),
  ),
  picks: fc.infiniteStream(fc.nat(11)),
  backend: fc.constantFrom('conversations' as const, 'programmable-chat' as const),
});
type History = typeof aHistory extends fc.Arbitrary<infer Value> ? Value : never;

interface LiveRun {
  readonly run: Run;
  readonly steps: Steps;
  readonly startedAt: number;
}

/** Plays a history, then lets sweeps alone finish the work, without faults. */
function simulate({ moves, fates, picks, backend }: History, { mayBeLate }: { readonly mayBeLate: boolean }) {
  let isFaulty = true;
  const world: Simulation = {
    nowMs: START,
    stored: {
      version: 0,
      ledger: aLedger({ backend, tasks: { [aTaskSid(1)]: aTask({ state: 'active', worker: alice }) } }),
    },
    chat: [],
    tasks: [],
    tasksMade: 0,
    landing: [],
    executed: new Set(),
    executing: new Set(),
    choose: (count) => (isFaulty ? Number(picks.next().value) % count : 0),
    chooseFate: ({ attempts }) => {
      const fate = isFaulty ? (fates.next().value ?? 'done') : 'done';
      return fate === 'late' && (!mayBeLate || attempts > 1) ? 'lost' : fate;
    },
    check: (entry, ledger) => {
      checkOrder(world, entry, ledger);
    },
  };
  const seen = new Map<string, OutboxEntry>();
  let runs: LiveRun[] = [];
  let started = 0;
  const end = (ended: LiveRun) => {
    runs = runs.filter((other) => other !== ended);
    world.executing.delete(ended.run.id);
  };
  const passTime = (ms: number) => {
    world.nowMs += ms;
    for (const run of runs) if (world.nowMs - run.startedAt >= FUNCTION_MS) end(run);
    for (const { atMs, land } of world.landing) if (atMs <= world.nowMs) land();
    world.landing = world.landing.filter(({ atMs }) => atMs > world.nowMs);
  };
  const start = (stepsOf: (run: Run) => Steps, skewMs: number) => {
    started += 1;
    const run = { id: `run-${started}`, skewMs };
    runs.push({ run, steps: stepsOf(run), startedAt: world.nowMs });
  };
  const advance = (live: LiveRun) => {
    if (live.steps.next().done === true) end(live);
    expect([...world.executing].length).toBeLessThanOrEqual(1);
    for (const entry of world.stored.ledger.outbox) seen.set(entry.id, entry);
    if (!mayBeLate) expect(new Set(world.chat).size).toBe(world.chat.length);
  };

  for (const move of moves) {
    if ('starts' in move) {
      const happening = HAPPENINGS[move.starts];
      start((run) => handleEvent(world, run, (ledger) => happening?.(ledger, world.nowMs)), move.skewMs);
    } else if ('passesMs' in move) passTime(move.passesMs);
    else {
      const live = runs[('crashes' in move ? move.crashes : move.continues) % Math.max(runs.length, 1)];
      if (live === undefined) continue;
      if ('crashes' in move) end(live);
      else for (let step = 0; step < move.steps && runs.includes(live); step += 1) advance(live);
    }
  }

  isFaulty = false;
  for (const live of [...runs]) end(live);
  for (let sweeps = 0; sweeps < 60; sweeps += 1) {
    const dueAt = outboxDueAt(world.stored.ledger.outbox);
    if (dueAt === undefined) break;
    passTime(Math.max(1_000, dueAt - world.nowMs));
    start((run) => runOutbox(world, run), 0);
    for (let live = runs[0]; live !== undefined; live = runs[0]) advance(live);
  }
  passTime(200_000);
  return { world, seen };
}

const releasesAnAgent = (effect: Effect): boolean =>
  effect.kind === 'wrap-reservation' ||
  effect.kind === 'remove-participant' ||
  effect.kind === 'complete-task' ||
  (effect.kind === 'post-notice' && effect.notice.kind === 'agent-left');

/** The rules of order, when an effect is about to run. */
function checkOrder(world: Simulation, entry: OutboxEntry, ledger: Ledger) {
  const { effect } = entry;
  const { outbox } = world.stored.ledger;
  const position = outbox.findIndex(({ id }) => id === entry.id);
  const earlier = outbox.slice(0, Math.max(position, 0));
  if (releasesAnAgent(effect)) {
    // A creation that stands before the release has made its task, or its outcome ended the transfer.
    for (const { effect: other } of earlier) {
      if (laneOf(other, ledger.backend) !== 'transfer-task' || !('transferId' in other)) continue;
      expect(ledger.transfer?.id === other.transferId && ledger.transfer.state === 'requested').toBe(false);
    }
  }
  const missing = (entries: readonly OutboxEntry[]) =>
    entries.flatMap(({ effect: other }) =>
      other.kind === 'post-notice' && !world.chat.includes(other.notice.id) ? [other.notice.id] : [],
    );
  if (effect.kind === 'post-notice') expect(missing(earlier)).toEqual([]);
  if (effect.kind === 'update-conversation' && ledger.ended !== undefined && position !== -1)
    expect(missing(outbox)).toEqual([]);
}

/**
 * A creation is withdrawn when its transfer ends. If it fails, its agent is not released. An agent whose task has ended needs
 * no wrap-up.
 */
function mayBeTakenBack(effect: Effect, { past, tasks }: Ledger): boolean {
  if (effect.kind === 'create-transfer-task') return true;
  if (effect.kind === 'wrap-reservation' && tasks[effect.taskSid]?.state === 'closed') return true;
  const hasFailed = past.some(({ state }) => state === 'failed');
  return hasFailed && (effect.kind === 'recall-transfer' || releasesAnAgent(effect));
}

function checkEveryHistory(mayBeLate: boolean, check: (result: ReturnType<typeof simulate>) => void) {
  fc.assert(
    fc.property(aHistory, (history) => check(simulate(history, { mayBeLate }))),
    { numRuns: 300 },
  );
}

describe.each([
  ['whose calls fail or lose their answers', false],
  ['whose calls may also take effect late', true],
])('an outbox with runs that crash at any point and %s', (_how, mayBeLate) => {
  it('becomes empty by sweeps alone, and every effect has run or was taken back', () => {
    checkEveryHistory(mayBeLate, ({ world, seen }) => {
      const { ledger } = world.stored;
      expect(ledger.outbox).toEqual([]);
      const missing = [...seen.values()].filter(
        ({ id, effect }) => !world.executed.has(id) && !mayBeTakenBack(effect, ledger),
      );
      expect(missing).toEqual([]);
    });
  });

  it('posts every notice once', () => {
    checkEveryHistory(mayBeLate, ({ world }) => {
      expect(new Set(world.chat).size).toBe(world.chat.length);
    });
  });

  it('leaves at most one task of a transfer, and none of one that failed or ended without it', () => {
    checkEveryHistory(mayBeLate, ({ world: { stored, tasks } }) => {
      for (const transfer of [
        ...stored.ledger.past,
        ...(stored.ledger.transfer ? [stored.ledger.transfer] : []),
      ]) {
        const open = tasks.filter(
          ({ transferId, isCancelled }) => transferId === transfer.id && !isCancelled,
        );
        expect(open.length).toBeLessThanOrEqual(1);
        for (const { sid } of open) expect(sid).toBe(transfer.transferTaskSid);
      }
    });
  });
});
