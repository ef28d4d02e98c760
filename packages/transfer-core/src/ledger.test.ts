import { describe, expect, it } from 'vitest';
import { oneOfEachEffect } from '../test/effects';
import {
  aConversationSid,
  aLedger,
  aTask,
  aTaskSid,
  aTransfer,
  aWorker,
  aWorkerSid,
  everyNotice,
} from '../testing';
import { effectId, postNotice } from './effects';
import {
  agentsInChat,
  buildEmptyLedger,
  findTransfer,
  LEDGER_VERSION,
  ledgerName,
  mustStayOpen,
  parseLedger,
  parseLedgerVersion,
  type TaskRecord,
} from './ledger';
import type { EntryState } from './outbox/entry';

const pastTransfer = aTransfer({ id: 'past', state: 'accepted' });
const STATES: readonly EntryState[] = [
  { kind: 'pending' },
  { kind: 'claimed', by: 'run', until: 5 },
  { kind: 'unconfirmed', until: 5 },
];

describe('parseLedger', () => {
  const full = aLedger({
    tasks: {
      [aTaskSid(1)]: aTask({ state: 'left', worker: aWorker(1) }),
      [aTaskSid(2)]: aTask({ transferId: aTransfer().id }),
    },
    transfer: aTransfer({ note: 'Wants a refund' }),
    past: [
      pastTransfer,
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
    forgotten: ['0123456789ab'],
    outbox: [...everyNotice().map(postNotice), ...Object.values(oneOfEachEffect())].flatMap((effect, index) =>
      STATES.map((state, number) => ({
        id: `${effectId(effect)}#${index}-${number}`,
        effect,
        attempts: number,
        ...(number === 0 ? {} : { firstAttemptAt: 5 }),
        state,
      })),
    ),
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
    ['an older version', { ...full, version: LEDGER_VERSION - 1 }],
    ['a newer version', { ...full, version: LEDGER_VERSION + 1 }],
    ['another backend', { ...full, backend: 'unknown' }],
    ['an invalid conversation SID', { ...full, conversationSid: aTaskSid(1) }],
    ['an invalid task SID', { ...full, tasks: { 'task-1': aTask() } }],
    ['a task in an unknown state', { ...full, tasks: { [aTaskSid(1)]: { state: 'unknown', openedAt: 0 } } }],
    ['a transfer in an unknown state', { ...full, transfer: { ...aTransfer(), state: 'unknown' } }],
    [
      'a transfer with an unknown reason',
      { ...full, transfer: { ...aTransfer(), untakenReason: 'unknown' } },
    ],
    ['an entry without a state', { ...full, outbox: [{ ...full.outbox[0], state: undefined }] }],
    [
      'an entry in an unknown state',
      { ...full, outbox: [{ ...full.outbox[0], state: { kind: 'unknown', until: 5 } }] },
    ],
    [
      'a claim without its run',
      { ...full, outbox: [{ ...full.outbox[0], state: { kind: 'claimed', until: 5 } }] },
    ],
    ['an unknown effect', { ...full, outbox: [{ ...full.outbox[0], effect: { kind: 'unknown' } }] }],
    // An outbox of the version before: its effects have ids, and the ledger has a lease.
    [
      'an outbox of an earlier version',
      { ...full, outbox: [{ effect: { ...full.outbox[0]?.effect, id: 'n1' }, attempts: 1 }] },
    ],
    ['a chat ended by an unknown party', { ...full, ended: { at: 1, by: 'unknown' } }],
  ])('returns undefined for %s', (_what, data) => {
    expect(parseLedger(data)).toBeUndefined();
  });
});

describe('parseLedgerVersion', () => {
  it.each<[unknown, number | undefined]>([
    [aLedger(), LEDGER_VERSION],
    [{ version: 9, future: true }, 9],
    [{ version: '9' }, undefined],
    [{}, undefined],
    [[9], undefined],
    [null, undefined],
  ])('returns for %j: %s', (data, version) => {
    expect(parseLedgerVersion(data)).toBe(version);
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
    const ledger = aLedger({ transfer: aTransfer({ id: 'open' }), past: [pastTransfer] });
    expect(findTransfer(ledger, 'open')?.state).toBe('offered');
    expect(findTransfer(ledger, 'past')?.state).toBe('accepted');
    expect(findTransfer(ledger, 'unknown')).toBeUndefined();
  });
});

describe('buildEmptyLedger', () => {
  it('returns a ledger that parseLedger accepts', () => {
    expect(parseLedger(buildEmptyLedger(aConversationSid(7), 'conversations'))).toEqual({
      version: LEDGER_VERSION,
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
