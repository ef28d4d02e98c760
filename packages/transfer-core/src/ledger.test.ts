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
  type Ledger,
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

/** `count` things made from 0, 1, 2… */
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

  it('reads back what was written', () => {
    expect(parseLedger(JSON.parse(JSON.stringify(full)))).toEqual(full);
    const ended = aLedger({ ended: { at: 5, by: 'customer' } });
    expect(parseLedger(JSON.parse(JSON.stringify(ended)))).toEqual(ended);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', JSON.stringify(full)],
    ['an empty object', {}],
    ['a list', [full]],
    ['another version', { ...full, version: 2 }],
    ['another backend', { ...full, backend: 'carrier-pigeon' }],
    ['a conversation that is none', { ...full, conversationSid: aTaskSid(1) }],
    ['a task under a SID that is none', { ...full, tasks: { 'task-1': aTask() } }],
    ['a task in a state that is none', { ...full, tasks: { [aTaskSid(1)]: { state: 'lost', openedAt: 0 } } }],
    ['a transfer in a state that is none', { ...full, transfer: { ...aTransfer(), state: 'lost' } }],
    ['a reason for no taker that is none', { ...full, transfer: { ...aTransfer(), untakenReason: 'bored' } }],
    ['trust that is not a time', { ...full, outbox: [{ ...full.outbox[0], unconfirmedUntil: 'long' }] }],
    [
      'an effect that is none',
      { ...full, outbox: [{ effect: { kind: 'dance', id: 'dance' }, attempts: 0 }] },
    ],
    ['an ended chat that nobody ended', { ...full, ended: { at: 1, by: 'nobody' } }],
  ])('refuses %s', (_what, data) => {
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
  ])('of tasks that are %j → %s', (states, expected) => {
    expect(mustStayOpen(ledgerWith(...states))).toBe(expected);
  });

  it('counts an open transfer, even before its task exists', () => {
    expect(mustStayOpen({ ...ledgerWith('left'), transfer: aTransfer({ state: 'requested' }) })).toBe(true);
    expect(mustStayOpen({ ...ledgerWith('left'), past: [aTransfer({ state: 'accepted' })] })).toBe(false);
  });
});

describe('trimLedger', () => {
  it('leaves alone what fits', () => {
    const ledger = aLedger({ past: many(MAX_PAST_TRANSFERS, (number) => transferNumber(number)) });
    expect(trimLedger(ledger)).toEqual(ledger);
  });

  it('keeps the youngest of too many transfers', () => {
    const { past } = trimLedger(
      aLedger({ past: many(MAX_PAST_TRANSFERS + 3, (number) => transferNumber(number)) }),
    );
    expect(past.map(({ id }) => id)).toEqual(many(MAX_PAST_TRANSFERS, (number) => `transfer-${number + 3}`));
  });

  it('drops old transfers first, for text that takes more bytes than characters too', () => {
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

  it('drops closed tasks next, the oldest first, and never one that is open', () => {
    const states = ['active', 'closed'] as const;
    const tasks = many(300, (number): [TaskSid, TaskRecord] => [
      aTaskSid(number),
      aTask({ state: number < 5 ? states[0] : states[1], worker: aWorker(1) }),
    ]);
    const trimmed = trimLedger(aLedger({ past: [transferNumber(1)], tasks: Object.fromEntries(tasks) }));
    expect(utf8Bytes(trimmed)).toBeLessThanOrEqual(LEDGER_BUDGET_BYTES);
    expect(trimmed.past).toEqual([]);
    const kept = tasksOf(trimmed);
    expect(kept.slice(0, 5)).toEqual(tasks.slice(0, 5));
    expect(kept.slice(5)).toEqual(tasks.slice(-(kept.length - 5)));
    expect(kept.length).toBeGreaterThan(50);
  });

  it('keeps everything that is still to be done, even when it does not fit', () => {
    const ledger = aLedger({
      outbox: many(200, (number) => ({
        effect: postNotice({ v: 1, id: `n${number}`, kind: 'agent-joined', name: 'x'.repeat(100) }),
        attempts: 0,
      })),
    });
    expect(trimLedger(ledger)).toEqual(ledger);
  });
});

describe('what is read from a ledger', () => {
  const ledger: Ledger = aLedger({
    tasks: {
      [aTaskSid(1)]: aTask({ state: 'active', worker: aWorker(1) }),
      [aTaskSid(2)]: aTask({ state: 'left', worker: aWorker(2) }),
      [aTaskSid(3)]: aTask({ state: 'waiting' }),
    },
    transfer: aTransfer({ id: 'open' }),
    past: [transferNumber(1)],
  });

  it('has the agents in the chat without those who left', () => {
    expect(agentsInChat(ledger)).toEqual([aWorker(1)]);
  });

  it('has transfers by their id, open and past', () => {
    expect(findTransfer(ledger, 'open')?.state).toBe('offered');
    expect(findTransfer(ledger, 'transfer-1')?.state).toBe('accepted');
    expect(findTransfer(ledger, 'never')).toBeUndefined();
  });

  it('starts empty and is kept under a name of its conversation', () => {
    expect(parseLedger(buildEmptyLedger(aConversationSid(7), 'conversations'))).toEqual({
      version: 1,
      backend: 'conversations',
      conversationSid: aConversationSid(7),
      tasks: {},
      past: [],
      outbox: [],
    });
    expect(ledgerName(aConversationSid(7))).toBe('chat-transfer.CH00000000000000000000000000000007');
  });
});
