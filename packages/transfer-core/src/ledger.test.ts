import { describe, expect, it } from 'vitest';
import {
  aConversationSid,
  aLedger,
  aTask,
  aTaskSid,
  aTransfer,
  aWorker,
  aWorkerSid,
  everyNotice,
  utf8Bytes,
} from '../testing';
import { postNotice, recallTransfer, redirectTask, updateConversation } from './effects';
import {
  agentsInChat,
  buildEmptyLedger,
  findTransfer,
  LEDGER_BUDGET_BYTES,
  ledgerName,
  MAX_PAST_TRANSFERS,
  mustStayOpen,
  parseLedger,
  type TaskRecord,
  tasksOf,
  trimLedger,
} from './ledger';
import type { TaskSid } from './sids';

const transferNumber = (number: number, label = 'Billing') =>
  aTransfer({ id: `transfer-${number}`, state: 'accepted', to: { kind: 'queue', label } });

/** Builds `count` values from 0, 1, 2… */
const many = <T>(count: number, make: (number: number) => T): T[] =>
  Array.from({ length: count }, (_, number) => make(number));

describe('parseLedger', () => {
  const full = aLedger({
    tasks: {
      [aTaskSid(1)]: aTask({ state: 'left', worker: aWorker(1) }),
      [aTaskSid(2)]: aTask({ transferId: aTransfer().id }),
    },
    transfer: aTransfer({ note: 'Wants a refund' }),
    past: [
      transferNumber(1),
      aTransfer({
        id: 'returned',
        state: 'returned',
        untakenReason: 'declined',
        cancelledBy: 'Alice',
        declinedBy: [aWorkerSid(2)],
        endedAt: 5,
      }),
      aTransfer({ id: 'failed', state: 'failed', endedAt: 5 }),
    ],
    outbox: [
      ...everyNotice().map(postNotice),
      recallTransfer('open'),
      redirectTask('open'),
      updateConversation(),
    ].map((effect, index) =>
      index === 0 ? { effect, attempts: 1, unconfirmedUntil: 5 } : { effect, attempts: 1 },
    ),
    lease: { holder: 'holder', until: 5 },
  });

  it('returns the ledger that was saved', () => {
    expect(parseLedger(JSON.parse(JSON.stringify(full)))).toEqual(full);
    const ended = aLedger({ ended: { at: 5, by: 'customer' } });
    expect(parseLedger(JSON.parse(JSON.stringify(ended)))).toEqual(ended);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', JSON.stringify(full)],
    ['an empty object', {}],
    ['a list', [full]],
    ['another version', { ...full, version: 2 }],
    ['another backend', { ...full, backend: 'unknown' }],
    ['an invalid conversation SID', { ...full, conversationSid: aTaskSid(1) }],
    ['an invalid task SID', { ...full, tasks: { 'task-1': aTask() } }],
    ['a task in an unknown state', { ...full, tasks: { [aTaskSid(1)]: { state: 'unknown', openedAt: 0 } } }],
    ['a transfer in an unknown state', { ...full, transfer: { ...aTransfer(), state: 'unknown' } }],
    [
      'a transfer with an unknown reason',
      { ...full, transfer: { ...aTransfer(), untakenReason: 'unknown' } },
    ],
    [
      'an unconfirmedUntil that is not a number',
      { ...full, outbox: [{ ...full.outbox[0], unconfirmedUntil: 'long' }] },
    ],
    ['an unknown effect', { ...full, outbox: [{ effect: { kind: 'unknown', id: 'unknown' }, attempts: 0 }] }],
    ['a chat ended by an unknown party', { ...full, ended: { at: 1, by: 'unknown' } }],
  ])('returns undefined for %s', (_what, data) => {
    expect(parseLedger(data)).toBeUndefined();
  });
});

describe('mustStayOpen', () => {
  const ledgerWith = (...states: ReadonlyArray<TaskRecord['state']>) =>
    aLedger({
      tasks: Object.fromEntries(states.map((state, index) => [aTaskSid(index + 1), aTask({ state })])),
    });

  it.each<[ReadonlyArray<TaskRecord['state']>, boolean]>([
    [[], false],
    [['waiting'], true],
    [['active'], true],
    [['left'], false],
    [['closed'], false],
    [['left', 'closed'], false],
    [['closed', 'waiting'], true],
    [['active', 'left'], true],
  ])('returns for tasks in the states %j: %s', (states, expected) => {
    expect(mustStayOpen(ledgerWith(...states))).toBe(expected);
  });

  it('returns true for an open transfer, even before its task exists, and false for a past one', () => {
    expect(mustStayOpen({ ...ledgerWith('left'), transfer: aTransfer({ state: 'requested' }) })).toBe(true);
    expect(mustStayOpen({ ...ledgerWith('left'), past: [aTransfer({ state: 'accepted' })] })).toBe(false);
  });
});

describe('trimLedger', () => {
  it('does not change a ledger that fits', () => {
    const ledger = aLedger({ past: many(MAX_PAST_TRANSFERS, (number) => transferNumber(number)) });
    expect(trimLedger(ledger)).toEqual(ledger);
  });

  it('keeps the latest MAX_PAST_TRANSFERS transfers', () => {
    const { past } = trimLedger(
      aLedger({ past: many(MAX_PAST_TRANSFERS + 3, (number) => transferNumber(number)) }),
    );
    expect(past.map(({ id }) => id)).toEqual(many(MAX_PAST_TRANSFERS, (number) => `transfer-${number + 3}`));
  });

  it('drops the oldest transfers first, and counts bytes, not characters', () => {
    const ledger = aLedger({
      past: many(MAX_PAST_TRANSFERS, (number) => transferNumber(number, '電'.repeat(300))),
      tasks: { [aTaskSid(1)]: aTask({ state: 'closed' }) },
    });
    const trimmed = trimLedger(ledger);
    expect(utf8Bytes(trimmed)).toBeLessThanOrEqual(LEDGER_BUDGET_BYTES);
    expect(utf8Bytes({ ...trimmed, past: ledger.past.slice(-trimmed.past.length - 1) })).toBeGreaterThan(
      LEDGER_BUDGET_BYTES,
    );
    expect(trimmed.past.at(-1)).toEqual(ledger.past.at(-1));
    expect(trimmed.tasks).toEqual(ledger.tasks);
  });

  it('drops closed tasks next, the oldest first, and no open task', () => {
    const tasks = many(300, (number): [TaskSid, TaskRecord] => [
      aTaskSid(number),
      aTask({ state: number < 5 ? 'active' : 'closed', worker: aWorker(1) }),
    ]);
    const trimmed = trimLedger(aLedger({ past: [transferNumber(1)], tasks: Object.fromEntries(tasks) }));
    expect(utf8Bytes(trimmed)).toBeLessThanOrEqual(LEDGER_BUDGET_BYTES);
    expect(trimmed.past).toEqual([]);
    const kept = tasksOf(trimmed);
    expect(kept.slice(0, 5)).toEqual(tasks.slice(0, 5));
    expect(kept.slice(5)).toEqual(tasks.slice(-(kept.length - 5)));
    expect(kept.length).toBeGreaterThan(50);
  });

  it('keeps the whole outbox, even if the ledger does not fit', () => {
    const ledger = aLedger({
      outbox: many(200, (number) => ({
        effect: postNotice({ v: 1, id: `n${number}`, kind: 'agent-joined', name: 'x'.repeat(100) }),
        attempts: 0,
      })),
    });
    expect(trimLedger(ledger)).toEqual(ledger);
  });
});

describe('agentsInChat', () => {
  it('returns the agents of active tasks only', () => {
    const ledger = aLedger({
      tasks: {
        [aTaskSid(1)]: aTask({ state: 'active', worker: aWorker(1) }),
        [aTaskSid(2)]: aTask({ state: 'left', worker: aWorker(2) }),
        [aTaskSid(3)]: aTask({ state: 'waiting' }),
      },
    });
    expect(agentsInChat(ledger)).toEqual([aWorker(1)]);
  });
});

describe('findTransfer', () => {
  it('finds a transfer by its id, open or past', () => {
    const ledger = aLedger({ transfer: aTransfer({ id: 'open' }), past: [transferNumber(1)] });
    expect(findTransfer(ledger, 'open')?.state).toBe('offered');
    expect(findTransfer(ledger, 'transfer-1')?.state).toBe('accepted');
    expect(findTransfer(ledger, 'unknown')).toBeUndefined();
  });
});

describe('buildEmptyLedger', () => {
  it('returns a ledger that parseLedger accepts', () => {
    expect(parseLedger(buildEmptyLedger(aConversationSid(7), 'conversations'))).toEqual({
      version: 1,
      backend: 'conversations',
      conversationSid: aConversationSid(7),
      tasks: {},
      past: [],
      outbox: [],
    });
  });
});

describe('ledgerName', () => {
  it('contains the conversation SID', () => {
    expect(ledgerName(aConversationSid(7))).toBe('chat-transfer.CH00000000000000000000000000000007');
  });
});
