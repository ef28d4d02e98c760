import { describe, expect, it } from 'vitest';
import { aLedger, aTask, aTaskSid, aWorker } from '../../testing';
import type { ConversationEvent } from '../events';
import type { Ledger } from '../ledger';
import type { TaskSid } from '../sids';
import { decide } from './decide';

const [alice] = [aWorker(1)];
const ledger = aLedger({
  tasks: {
    [aTaskSid(1)]: aTask({ state: 'active', worker: alice, openedAt: 1_000 }),
    [aTaskSid(2)]: aTask({ state: 'waiting', openedAt: 2_000, confirmedAt: 5_000 }),
  },
});

function decided(before: Ledger, event: ConversationEvent) {
  const decision = decide(before, event);
  if (!decision.ok) throw new Error(decision.failure.code);
  return decision.value;
}

describe('tasks-confirmed', () => {
  it('records the time on the tasks that it names, without an effect', () => {
    const event = { type: 'tasks-confirmed', taskSids: [aTaskSid(1)], at: 9_000 } as const;
    const { ledger: after, effects } = decided(ledger, event);
    expect(after.tasks[aTaskSid(1)]).toEqual({ ...ledger.tasks[aTaskSid(1)], confirmedAt: 9_000 });
    expect(after.tasks[aTaskSid(2)]).toBe(ledger.tasks[aTaskSid(2)]);
    expect(effects).toEqual([]);
  });

  it.each([
    ['repeated', { taskSids: [aTaskSid(2)], at: 5_000 }],
    ['late', { taskSids: [aTaskSid(1), aTaskSid(2)], at: 900 }],
    ['about a task that the ledger does not have', { taskSids: [aTaskSid(3)], at: 9_000 }],
  ])('changes nothing when it is %s', (_, event) => {
    expect(decided(ledger, { type: 'tasks-confirmed', ...event }).ledger).toBe(ledger);
  });
});

describe('an event that changes the state of a task', () => {
  it('confirms the task, but no other', () => {
    const { tasks } = decided(ledger, {
      type: 'agent-left',
      taskSid: aTaskSid(1),
      worker: alice,
      alreadyWrapping: true,
      at: 9_000,
    }).ledger;
    expect(tasks[aTaskSid(1)]).toMatchObject({ state: 'left', confirmedAt: 9_000 });
    expect(tasks[aTaskSid(2)]).toMatchObject({ confirmedAt: 5_000 });
  });

  it('keeps the time of a task that it closes if no agent had it, and removes any other', () => {
    const close = (taskSid: TaskSid) => decided(ledger, { type: 'task-closed', taskSid, at: 9_000 }).ledger;
    expect(close(aTaskSid(2)).tasks[aTaskSid(2)]).toEqual({
      ...{ state: 'closed', openedAt: 2_000, confirmedAt: 9_000 },
    });
    expect(close(aTaskSid(1)).tasks[aTaskSid(1)]).not.toHaveProperty('confirmedAt');
  });
});
