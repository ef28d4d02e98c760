import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aLedger, aTask, aTaskSid, aTransfer, aWorker } from '../testing';
import { decide } from './decide/decide';
import { updateConversation } from './effects';
import type { Ledger, TaskRecord } from './ledger';
import { CONFIRM_AFTER_MS, CONFIRM_SOON_AFTER_MS, nextDueAt } from './next-due';
import { addToOutbox } from './outbox/outbox';
import { type Transfer, transferDeadline } from './transfer';

const MINUTE = 60_000;
const alice = aWorker(1);
const ended = { at: 0, by: 'last-agent' } as const;
const withTasks = (...tasks: Partial<TaskRecord>[]): Ledger['tasks'] =>
  Object.fromEntries(tasks.map((task, index) => [aTaskSid(index + 1), aTask(task)]));
const active = { state: 'active', worker: alice } as const;

describe('nextDueAt', () => {
  const transfer: Transfer = aTransfer({ requestedAt: 10 * MINUTE, answerBy: 20 * MINUTE });

  it.each<[string, Partial<Ledger>, number | undefined]>([
    ['an empty ledger', {}, undefined],
    ['a chat that has ended', { tasks: withTasks({ state: 'closed' }), ended }, undefined],
    ['a parked chat', { tasks: withTasks({ state: 'closed' }), parkedBy: aTaskSid(1) }, undefined],
    ['an agent in the chat', { tasks: withTasks(active) }, CONFIRM_AFTER_MS],
    ['a confirmed task', { tasks: withTasks({ ...active, confirmedAt: 500 }) }, 500 + CONFIRM_AFTER_MS],
    ['a customer who waits', { tasks: withTasks({ openedAt: 500 }) }, 500 + CONFIRM_SOON_AFTER_MS],
    ['a chat without an open task', { tasks: withTasks({ state: 'closed' }) }, CONFIRM_SOON_AFTER_MS],
    [
      'a wrap-up beside another agent',
      { tasks: withTasks({ state: 'left', worker: alice, confirmedAt: 500 }, active) },
      500 + CONFIRM_SOON_AFTER_MS,
    ],
    [
      'a wrap-up after the end',
      { tasks: withTasks({ state: 'left', worker: alice }), ended },
      CONFIRM_SOON_AFTER_MS,
    ],
    ['a task that is open after the end', { tasks: withTasks({}), ended }, CONFIRM_AFTER_MS],
    [
      'a transfer, counted from its request',
      { tasks: withTasks(active), transfer },
      transfer.requestedAt + CONFIRM_SOON_AFTER_MS,
    ],
    [
      'a start that has made no task',
      { tasks: withTasks(active), transfer: { ...transfer, state: 'requested' } },
      transferDeadline({ ...transfer, state: 'requested' }),
    ],
    [
      'a transfer whose tasks are confirmed',
      { tasks: withTasks({ ...active, confirmedAt: 19 * MINUTE }), transfer },
      transferDeadline(transfer),
    ],
  ])('of %s', (_, values, dueAt) => {
    expect(nextDueAt(aLedger(values))).toBe(dueAt);
  });

  it('is searched less often, the longer a chat has no open task', () => {
    const searched = (confirmedAt: number) =>
      nextDueAt(aLedger({ tasks: withTasks({ state: 'closed', confirmedAt }) }));
    expect(searched(2 * MINUTE)).toBe(4 * MINUTE);
    expect(searched(60 * MINUTE)).toBe(90 * MINUTE);
  });
});

describe('nextDueAt of any ledger', () => {
  const aTime = fc.integer({ min: 0, max: 60 * MINUTE });
  const aRecord: fc.Arbitrary<TaskRecord> = fc
    .record(
      {
        state: fc.constantFrom('waiting' as const, 'active' as const, 'left' as const, 'closed' as const),
        openedAt: aTime,
        confirmedAt: aTime,
      },
      { requiredKeys: ['state', 'openedAt'] },
    )
    .map((record) => ({ ...record, ...(record.state === 'waiting' ? {} : { worker: alice }) }));
  const anyLedger: fc.Arbitrary<Ledger> = fc
    .record(
      {
        tasks: fc.array(aRecord, { maxLength: 4 }).map((tasks) => withTasks(...tasks)),
        ended: fc.record({ at: aTime, by: fc.constantFrom('customer' as const, 'last-agent' as const) }),
        transfer: fc
          .record({
            state: fc.constantFrom('requested' as const, 'offered' as const, 'declined' as const),
            requestedAt: aTime,
          })
          .map(aTransfer),
        parkedBy: fc.constant(aTaskSid(1)),
      },
      { requiredKeys: ['tasks'] },
    )
    .map(aLedger);
  const now = 200 * MINUTE;

  it('is a time while a task, a transfer or an effect is unfinished, or the customer has no agent', () => {
    fc.assert(
      fc.property(anyLedger, (ledger) => {
        const tasks = Object.values(ledger.tasks);
        const isOpen = tasks.some(({ state }) => state !== 'closed') || ledger.transfer !== undefined;
        const isAlone = tasks.length > 0 && ledger.ended === undefined && ledger.parkedBy === undefined;
        expect(nextDueAt(ledger) !== undefined).toBe(isOpen || isAlone);
        expect(nextDueAt(addToOutbox(ledger, [updateConversation()]))).toBe(0);
      }),
    );
  });

  it('is in the future after all its tasks are confirmed, unless its transfer is past its deadline', () => {
    fc.assert(
      fc.property(anyLedger, (ledger) => {
        const taskSids = Object.keys(ledger.tasks).map((_, index) => aTaskSid(index + 1));
        const confirmed = decide(ledger, { type: 'tasks-confirmed', taskSids, at: now });
        if (!confirmed.ok) throw new Error(confirmed.failure.code);
        const { transfer, ...rest } = confirmed.value.ledger;
        expect(nextDueAt(rest) ?? now + 1).toBeGreaterThan(now);
        if (transfer !== undefined)
          expect(nextDueAt(confirmed.value.ledger)).toBeLessThanOrEqual(transferDeadline(transfer));
      }),
    );
  });

  it('does not get later when the chat gets another open task', () => {
    fc.assert(
      fc.property(anyLedger, aTime, (ledger, openedAt) => {
        const more = { ...ledger, tasks: { ...ledger.tasks, [aTaskSid(9)]: aTask({ openedAt }) } };
        const hasOpen = Object.values(ledger.tasks).some(({ state }) => state !== 'closed');
        if (hasOpen) expect(nextDueAt(more)).toBeLessThanOrEqual(nextDueAt(ledger) ?? 0);
      }),
    );
  });
});
