import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { aLedger, aTask, aTransfer, aTransferRequest, aWorkerSid, utf8Bytes } from '../testing';
import { decide } from './decide/decide';
import { completeTask, createTransferTask, postNotice, withdrawTransferTask } from './effects';
import type { ConversationEvent } from './events';
import { findForeignEffect } from './foreign-effect';
import { type Ledger, parseLedger, type TaskRecord, tasksOf } from './ledger';
import { addToOutbox, claimEntries, leaveEntriesUnconfirmed } from './outbox/outbox';
import { MAX_UNCONFIRMED_BYTES } from './outbox/plan';
import { type TaskSid, TaskSidSchema } from './sids';
import type { WorkerRef } from './transfer';
import { isForgotten, LEDGER_BUDGET_BYTES, MAX_PAST_TRANSFERS, trimLedger } from './trim-ledger';

/** SIDs that differ in all digits, as Twilio's do. */
function scatteredTaskSid(number: number): TaskSid {
  const digits = (part: number) =>
    (Math.imul(number * 4 + part + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0');
  return v.parse(TaskSidSchema, `WT${[0, 1, 2, 3].map(digits).join('')}`);
}

/** Builds `count` values from 0, 1, 2… */
const many = <T>(count: number, make: (number: number) => T): T[] =>
  Array.from({ length: count }, (_, number) => make(number));

const LONG_NAME = '電'.repeat(100);
const agent = (number: number, publicName = LONG_NAME): WorkerRef => ({
  sid: aWorkerSid(number),
  identity: `agent-${number}@a-long-name-of-a-company.example.com`,
  publicName,
});
const transferNumber = (number: number, label = 'Billing') =>
  aTransfer({ id: `transfer-${number}`, state: 'accepted', to: { kind: 'queue', label } });
const aNotice = (number: number, name: string) =>
  postNotice({ v: 1, id: `n${number}`, kind: 'agent-joined', name });

describe('trimLedger', () => {
  it('does not change a ledger that fits', () => {
    const ledger = aLedger({ past: many(MAX_PAST_TRANSFERS, (number) => transferNumber(number)) });
    expect(trimLedger(ledger)).toEqual(ledger);
  });

  it('keeps the note of an ended transfer while its task is open, for the agent of the task', () => {
    const note = 'Wants a refund';
    const ledger = aLedger({ past: [{ ...transferNumber(1), transferTaskSid: scatteredTaskSid(1), note }] });
    const notesWith = (task: TaskRecord) =>
      trimLedger({ ...ledger, tasks: { [scatteredTaskSid(1)]: task } }).past.map((transfer) => transfer.note);
    for (const state of ['waiting', 'active', 'left'] as const)
      expect(notesWith(aTask({ state }))).toEqual([note]);
    expect(notesWith(aTask({ state: 'closed' }))).toEqual([undefined]);
    expect(trimLedger(ledger).past[0]).not.toHaveProperty('note');
  });

  it('drops notes of ended transfers before anything else, the oldest first', () => {
    const note = '電'.repeat(1_000);
    const ledger = aLedger({
      past: many(6, (number) => ({
        ...transferNumber(number),
        transferTaskSid: scatteredTaskSid(number),
        note,
      })),
      tasks: Object.fromEntries(
        many(6, (number) => [scatteredTaskSid(number), aTask({ state: 'left', worker: agent(number) })]),
      ),
    });
    const trimmed = trimLedger(ledger);
    expect(utf8Bytes(trimmed)).toBeLessThanOrEqual(LEDGER_BUDGET_BYTES);
    expect(trimmed.past.map((transfer) => transfer.note !== undefined)).toEqual([
      ...[false, false, false],
      ...[true, true, true],
    ]);
    expect(trimmed.tasks).toEqual(ledger.tasks);
  });

  it('fits with the longest note and attributes of an open transfer', () => {
    const transfer = aTransfer({
      state: 'requested',
      note: '電'.repeat(1_000),
      attributes: { data: '電'.repeat(1_300) },
      from: agent(1),
    });
    const ledger = aLedger({
      transfer,
      past: many(20, (number) => transferNumber(number, LONG_NAME)),
      tasks: Object.fromEntries(
        many(30, (number) => [scatteredTaskSid(number), aTask({ state: 'closed', worker: agent(number) })]),
      ),
    });
    const trimmed = trimLedger(ledger);
    expect(utf8Bytes(trimmed)).toBeLessThanOrEqual(LEDGER_BUDGET_BYTES);
    expect(trimmed.transfer).toEqual(transfer);
  });

  it('keeps the latest MAX_PAST_TRANSFERS transfers', () => {
    const { past } = trimLedger(
      aLedger({ past: many(MAX_PAST_TRANSFERS + 3, (number) => transferNumber(number)) }),
    );
    expect(past.map(({ id }) => id)).toEqual(many(MAX_PAST_TRANSFERS, (number) => `transfer-${number + 3}`));
  });

  it('drops the oldest transfers first, no more than it must, and counts bytes, not characters', () => {
    const ledger = aLedger({
      past: many(MAX_PAST_TRANSFERS, (number) => transferNumber(number, '電'.repeat(300))),
      tasks: { [scatteredTaskSid(1)]: aTask({ state: 'closed' }) },
    });
    const trimmed = trimLedger(ledger);
    expect(utf8Bytes(trimmed)).toBeLessThanOrEqual(LEDGER_BUDGET_BYTES);
    expect(utf8Bytes({ ...trimmed, past: ledger.past.slice(-trimmed.past.length - 1) })).toBeGreaterThan(
      LEDGER_BUDGET_BYTES,
    );
    expect(trimmed.past.at(-1)).toEqual(ledger.past.at(-1));
    expect(trimmed.tasks).toEqual(ledger.tasks);
  });

  it('drops closed tasks, the oldest first, and remembers them in a short form', () => {
    const tasks = many(100, (number): [TaskSid, TaskRecord] => [
      scatteredTaskSid(number),
      aTask({ state: number < 5 ? 'active' : 'closed', worker: agent(number, 'Bob') }),
    ]);
    const trimmed = trimLedger(aLedger({ past: [transferNumber(1)], tasks: Object.fromEntries(tasks) }));
    expect(utf8Bytes(trimmed)).toBeLessThanOrEqual(LEDGER_BUDGET_BYTES);
    const kept = tasksOf(trimmed);
    expect(kept.slice(0, 5)).toEqual(tasks.slice(0, 5));
    expect(kept.slice(5)).toEqual(tasks.slice(-(kept.length - 5)));
    expect(kept.length).toBeGreaterThan(30);
    for (const [taskSid] of tasks) {
      expect(isForgotten(trimmed, taskSid)).toBe(trimmed.tasks[taskSid] === undefined);
    }
  });

  it('keeps what shows that an effect is the ledger’s own, even if it is the oldest', () => {
    const closed = many(100, (number) => [
      scatteredTaskSid(number),
      aTask({ state: 'closed', worker: agent(2) }),
    ]);
    const past = many(MAX_PAST_TRANSFERS + 3, (number) => transferNumber(number, LONG_NAME));
    const padding = {
      [scatteredTaskSid(200)]: aTask({ worker: { ...agent(3), identity: 'x'.repeat(16_000) } }),
    };
    const attempted = claimEntries(
      addToOutbox(aLedger({ past, tasks: { ...Object.fromEntries(closed), ...padding } }), [
        completeTask(scatteredTaskSid(0), 'goes-on'),
        createTransferTask('transfer-0'),
      ]),
      new Set(['create-transfer-task:transfer-0']),
      'run',
      0,
    );
    const trimmed = trimLedger(addToOutbox(attempted, [withdrawTransferTask('transfer-0')]));
    expect(trimmed.past).toEqual([past[0]]);
    expect(isForgotten(trimmed, scatteredTaskSid(0))).toBe(true);
    expect(isForgotten(trimmed, scatteredTaskSid(1))).toBe(false);
    expect(findForeignEffect(trimmed)).toBeUndefined();
  });

  it('keeps the whole outbox, even if the ledger does not fit', () => {
    const ledger = addToOutbox(
      aLedger(),
      many(200, (number) => aNotice(number, 'x'.repeat(100))),
    );
    expect(trimLedger(ledger)).toEqual(ledger);
  });

  describe('of a ledger that grows', () => {
    const CLOSED = 10;
    const LEFT = 6;
    const FORGOTTEN = 40;
    const open = {
      [scatteredTaskSid(0)]: aTask({ state: 'active', worker: agent(1) }),
      [scatteredTaskSid(1)]: aTask({ state: 'waiting' }),
    };
    const tasks = (count: number, first: number, record: (number: number) => TaskRecord) =>
      Object.fromEntries(many(count, (number) => [scatteredTaskSid(first + number), record(number)]));
    const full = aLedger({
      transfer: aTransfer({ id: 'open', note: 'Wants a refund' }),
      past: many(8, (number) => transferNumber(number, LONG_NAME)),
      tasks: {
        ...open,
        ...tasks(CLOSED, 10, (number) => aTask({ state: 'closed', worker: agent(number, 'Bob') })),
        ...tasks(LEFT, 50, (number) => aTask({ state: 'left', worker: agent(number) })),
      },
      forgotten: many(FORGOTTEN, (number) => String(number).padStart(12, '0')),
    });
    const grown = (notices: number) =>
      addToOutbox(
        full,
        many(notices, (number) => aNotice(number, 'x'.repeat(100))),
      );
    const measure = ({ past, tasks, forgotten = [] }: Ledger) => {
      const records = Object.values(tasks);
      return {
        past: past.length,
        closed: records.filter(({ state }) => state === 'closed').length,
        longNames: records.filter(({ state, worker }) => state === 'left' && worker?.publicName === LONG_NAME)
          .length,
        forgotten: forgotten.length,
      };
    };
    const sizes = many(35, (number) => measure(trimLedger(grown(2 * number))));

    it('loses old transfers, closed tasks, names, the last transfers and short forms, in this order', () => {
      for (const { past, closed, longNames, forgotten } of sizes) {
        if (closed < CLOSED) expect(past).toBeLessThanOrEqual(3);
        if (longNames < LEFT) expect(closed).toBe(0);
        if (past < 3) expect(longNames).toBe(0);
        if (past > 0) expect(forgotten).toBe(FORGOTTEN + CLOSED - closed);
      }
    });

    it('goes through every one of these steps, and ends with what must stay', () => {
      const isBetween = (value: number, all: number) => value > 0 && value < all;
      expect(sizes[0]).toEqual({ past: 8, closed: CLOSED, longNames: LEFT, forgotten: FORGOTTEN });
      expect(sizes.some(({ past }) => past > 3 && past < 8)).toBe(true);
      expect(sizes.some(({ closed }) => isBetween(closed, CLOSED))).toBe(true);
      expect(sizes.some(({ longNames }) => isBetween(longNames, LEFT))).toBe(true);
      expect(sizes.some(({ past }) => isBetween(past, 3))).toBe(true);
      expect(sizes.some(({ past, forgotten }) => past === 0 && isBetween(forgotten, FORGOTTEN))).toBe(true);
      expect(sizes.at(-1)).toEqual({ past: 0, closed: 0, longNames: 0, forgotten: 0 });
    });

    it('never loses an open task, the open transfer or an entry of the outbox', () => {
      for (const notices of [0, 20, 40, 69]) {
        const before = grown(notices);
        const { tasks, transfer, outbox } = trimLedger(before);
        expect(tasks).toMatchObject(open);
        expect(transfer).toEqual(full.transfer);
        expect(outbox).toEqual(before.outbox);
      }
    });

    it('keeps every left task, with its agent under a short name', () => {
      const { tasks } = trimLedger(grown(69));
      const left = Object.values(tasks).filter(({ state }) => state === 'left');
      expect(left.map(({ worker }) => worker)).toEqual(
        many(LEFT, (number) => agent(number, '電'.repeat(12))),
      );
    });
  });

  it('keeps the name of an agent whose release is in the outbox: the agent stays if the transfer fails', () => {
    const start = decide(
      aLedger({ tasks: { [scatteredTaskSid(1)]: aTask({ state: 'active', worker: agent(1) }) } }),
      aTransferRequest({ mode: 'cold', taskSid: scatteredTaskSid(1), by: agent(1) }),
    );
    if (!start.ok) throw new Error(start.failure.code);
    const effects = [...start.value.effects, ...many(100, (number) => aNotice(number, LONG_NAME))];
    const { tasks } = trimLedger(addToOutbox(start.value.ledger, effects));
    expect(tasks).toEqual({ [scatteredTaskSid(1)]: aTask({ state: 'left', worker: agent(1) }) });
  });

  it('cuts no character of a name in half', () => {
    const left = Object.fromEntries(
      many(60, (number) => [
        scatteredTaskSid(number),
        aTask({ state: 'left', worker: agent(number, `a${'𠮷'.repeat(49)}`) }),
      ]),
    );
    const names = Object.values(trimLedger(aLedger({ tasks: left })).tasks).map(
      ({ worker }) => worker?.publicName ?? '',
    );
    expect(names.some((name) => name.length < 99)).toBe(true);
    expect(names.filter((name) => /\p{Surrogate}/u.test(name))).toEqual([]);
  });
});

describe('a task that the ledger has dropped', () => {
  const taskSid = scatteredTaskSid(0);
  const worker = agent(1, 'Alice');
  const trimmed = trimLedger(
    aLedger({
      tasks: Object.fromEntries(
        many(100, (number) => [scatteredTaskSid(number), aTask({ state: 'closed', worker })]),
      ),
    }),
  );
  const about = { taskSid, at: 50 };

  type AboutTask = Extract<ConversationEvent, { taskSid: TaskSid }>;
  const events: { readonly [Type in AboutTask['type']]: Extract<AboutTask, { type: Type }> } = {
    'task-tracked': { type: 'task-tracked', ...about },
    'transfer-requested': aTransferRequest({ taskSid, by: worker }),
    'transfer-offered': { type: 'transfer-offered', transferId: 'any', ...about },
    'offer-declined': { type: 'offer-declined', workerSid: worker.sid, ...about },
    'offer-expired': { type: 'offer-expired', ...about },
    'offer-rings-on': { type: 'offer-rings-on', until: 90, ...about },
    'task-accepted': { type: 'task-accepted', worker, ...about },
    'agent-left': { type: 'agent-left', worker, alreadyWrapping: true, ...about },
    'completion-requested': { type: 'completion-requested', worker, ...about },
    'task-closed': { type: 'task-closed', ...about },
    'chat-parked': { type: 'chat-parked', ...about },
    'chat-not-parked': { type: 'chat-not-parked', ...about },
  };
  const other = scatteredTaskSid(200);
  const others: Record<string, Ledger> = {
    'in a chat with an agent': {
      ...trimmed,
      tasks: { ...trimmed.tasks, [other]: aTask({ state: 'active', worker: agent(2) }) },
    },
    'in a chat that waits for one': { ...trimmed, tasks: { [other]: aTask({ state: 'waiting' }) } },
    'in a chat that has ended': { ...trimmed, ended: { at: 1, by: 'last-agent' } },
  };

  it('is known as forgotten, and no other task is', () => {
    expect(trimmed.tasks[taskSid]).toBeUndefined();
    expect(isForgotten(trimmed, taskSid)).toBe(true);
    expect(isForgotten(trimmed, other)).toBe(false);
    expect(isForgotten(aLedger(), taskSid)).toBe(false);
  });

  for (const [where, ledger] of Object.entries(others)) {
    it.each(Object.values(events))(`${where} makes $type change nothing`, (event) => {
      expect(decide(ledger, event)).toEqual(
        event.type === 'transfer-requested'
          ? { ok: false, failure: { code: 'not-allowed' } }
          : { ok: true, value: { ledger, effects: [] } },
      );
    });
  }

  it('does not let the chat be adopted again, even if the ledger has no other task', () => {
    const ledger = { ...trimmed, tasks: {} };
    const tasks = { [other]: aTask({ state: 'active', worker }) };
    expect(decide(ledger, { type: 'chat-adopted', tasks, at: 50 })).toEqual({
      ok: true,
      value: { ledger, effects: [] },
    });
  });
});

describe('a long chat', () => {
  const TRANSFERS = 60;
  const TASKS = 30;
  const at = 1_790_000_000_000;

  /** How one transfer of the chat goes. */
  interface Course {
    readonly end: 'accepted' | 'declined' | 'cancelled' | 'refused' | 'start expired';
    readonly mode: 'warm' | 'cold';
    readonly release: 'immediately' | 'on-accept';
    /** Whether the agent who has left completes wrap-up. */
    readonly completes: boolean;
  }
  const aCourse: fc.Arbitrary<Course> = fc.record({
    end: fc.constantFrom('accepted', 'declined', 'cancelled', 'refused', 'start expired'),
    mode: fc.constantFrom('warm', 'cold'),
    release: fc.constantFrom('immediately', 'on-accept'),
    completes: fc.boolean(),
  });
  const courses = fc.array(aCourse, { minLength: TRANSFERS, maxLength: TRANSFERS });
  /** A shorter chat shows no more than the first failure, and shrinking takes minutes. */
  const settings = { numRuns: 2, endOnFailure: true };

  interface LongChat {
    readonly ledger: Ledger;
    readonly events: readonly ConversationEvent[];
    readonly largestBytes: number;
  }

  /** The latest entries that may be unconfirmed together. */
  function lastUnconfirmed({ outbox }: Ledger): Ledger['outbox'] {
    const start = outbox.findIndex((_, index) => utf8Bytes(outbox.slice(index)) <= MAX_UNCONFIRMED_BYTES);
    return start === -1 ? [] : outbox.slice(start);
  }

  /**
   * Thirty agents hand the chat on. Every ledger is trimmed before it is saved, as the functions do. The effects of a step are
   * done before the next one, except the last: they stay unconfirmed, as many as an outbox may hold.
   */
  function runLongChat(courses: readonly Course[]): LongChat {
    let ledger: Ledger = aLedger({ backend: 'conversations' });
    const events: ConversationEvent[] = [];
    let largestBytes = 0;
    const save = (next: Ledger) => {
      ledger = trimLedger(next);
      largestBytes = Math.max(largestBytes, utf8Bytes(ledger));
      expect(findForeignEffect(ledger)).toBeUndefined();
    };
    const apply = (event: ConversationEvent) => {
      const result = decide(ledger, event);
      if (!result.ok) throw new Error(`Refused: ${result.failure.code}`);
      events.push(event);
      save(addToOutbox(result.value.ledger, result.value.effects));
      const outbox = lastUnconfirmed(ledger);
      save(leaveEntriesUnconfirmed({ ...ledger, outbox }, new Set(outbox.map(({ id }) => id)), 'run', at));
    };

    let task = 0;
    apply({ type: 'task-accepted', taskSid: scatteredTaskSid(0), worker: agent(0), at });
    for (const [number, { end, mode, release, completes }] of courses.entries()) {
      const [from, to] = [scatteredTaskSid(task), scatteredTaskSid(task + 1)];
      const transferId = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
      const target = { kind: 'worker' as const, workerSid: aWorkerSid(task + 1) };
      const how = { mode, release, target, to: { kind: 'agent' as const, name: LONG_NAME } };
      apply(aTransferRequest({ transferId, taskSid: from, by: agent(task), ...how, at }));
      if (end === 'refused' || end === 'start expired' || task === TASKS - 1) {
        apply({ type: end === 'refused' ? 'transfer-refused' : 'start-expired', transferId, at });
        continue;
      }
      apply({ type: 'transfer-offered', transferId, taskSid: to, at });
      task += 1;
      if (end === 'declined') apply({ type: 'offer-declined', taskSid: to, workerSid: target.workerSid, at });
      if (end === 'cancelled') {
        apply({ type: 'cancel-requested', transferId, by: LONG_NAME, at });
        apply({ type: 'transfer-recalled', transferId, at });
      }
      apply({ type: 'task-accepted', taskSid: to, worker: agent(task), at });
      apply({ type: 'agent-left', taskSid: from, worker: agent(task - 1), alreadyWrapping: true, at });
      if (completes) apply({ type: 'task-closed', taskSid: from, at });
    }
    return { ledger, events, largestBytes };
  }

  const accepted: Course = { end: 'accepted', mode: 'warm', release: 'immediately', completes: false };
  const kinds: ReadonlyArray<[string, Course]> = [
    ['no agent completes wrap-up', accepted],
    ['every agent completes wrap-up', { ...accepted, completes: true }],
    ['every transfer is cold and declined', { ...accepted, mode: 'cold', end: 'declined' }],
    ['every transfer is cold and cancelled', { ...accepted, mode: 'cold', end: 'cancelled' }],
  ];

  it.each(kinds)(
    'fits its document after 60 transfers with names of 100 characters, when %s',
    (_how, course) => {
      const { ledger, largestBytes } = runLongChat(many(TRANSFERS, () => course));
      expect(largestBytes).toBeLessThanOrEqual(LEDGER_BUDGET_BYTES);
      expect(parseLedger(JSON.parse(JSON.stringify(ledger)))).toEqual(ledger);
    },
  );

  it('fits its document whatever becomes of its transfers, and its last agent can end it', () => {
    fc.assert(
      fc.property(courses, (course) => {
        const { ledger, largestBytes } = runLongChat(course);
        expect(largestBytes).toBeLessThanOrEqual(LEDGER_BUDGET_BYTES);
        const leaving = tasksOf(ledger).filter(([, { state }]) => state === 'active' || state === 'waiting');
        let after = ledger;
        for (const [taskSid] of leaving) {
          const result = decide(after, { type: 'task-closed', taskSid, at });
          if (result.ok) after = trimLedger(addToOutbox(result.value.ledger, result.value.effects));
        }
        expect(after.ended).toBeDefined();
        expect(utf8Bytes(after)).toBeLessThanOrEqual(LEDGER_BUDGET_BYTES);
      }),
      settings,
    );
  });

  it('is not changed by its events when they arrive again, except by a click', () => {
    fc.assert(
      fc.property(courses, (course) => {
        const { ledger, events } = runLongChat(course);
        for (const event of events) {
          if (event.type === 'transfer-requested') continue;
          const result = decide(ledger, event);
          expect([event, result.ok ? result.value : { ledger, effects: [] }]).toEqual([
            event,
            { ledger, effects: [] },
          ]);
        }
      }),
      settings,
    );
  });
});
