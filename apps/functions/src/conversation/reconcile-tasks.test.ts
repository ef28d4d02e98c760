import { type Ledger, nextDueAt, type TaskSid } from '@chat-transfer/transfer-core';
import { aLedger, aTask, aTaskSid, aWorker } from '@chat-transfer/transfer-core/testing';
import { describe, expect, it } from 'vitest';
import { applyEvents } from '../ledger/apply-events';
import type { CompareTaskPorts } from './compare-task';
import { reconcileTasks } from './reconcile-tasks';

const NOW = 60 * 60_000;

/** Twilio, which lists these tasks on the interaction. Every task is pending, except those that have an agent. */
function ports(listed: readonly TaskSid[], assigned: readonly TaskSid[] = []) {
  const fetched: TaskSid[] = [];
  const backend = { isParked: async () => false, listKnownTasks: async () => listed };
  const twilio: CompareTaskPorts = {
    defaultAgentName: 'Support',
    nowMs: () => NOW,
    backends: {
      'programmable-chat': backend,
      conversations: backend,
    } as unknown as CompareTaskPorts['backends'],
    taskRouter: {
      async fetchTask(sid) {
        fetched.push(sid);
        return {
          sid,
          attributes: {},
          assignmentStatus: assigned.includes(sid) ? 'assigned' : 'pending',
          taskChannel: 'chat',
          priority: 0,
          queueSid: undefined,
          ageSeconds: 60,
          etag: undefined,
        };
      },
      listReservations: async () => [],
      fetchWorkerAttributes: async () => undefined,
    },
  };
  return { twilio, fetched };
}

const active = aTask({ state: 'active', worker: aWorker(1) });
const unattended: Ledger = aLedger({
  backend: 'conversations',
  tasks: { [aTaskSid(1)]: aTask({ state: 'closed' }), [aTaskSid(2)]: aTask({ state: 'closed' }) },
});

function nextDueAfter(ledger: Ledger, events: Awaited<ReturnType<typeof reconcileTasks>>) {
  const applied = applyEvents(ledger, events);
  return applied.ok ? nextDueAt({ ...applied.value, outbox: [] }) : undefined;
}

describe('reconcileTasks', () => {
  it('reads the tasks that are due, and confirms those that are as the ledger says', async () => {
    const ledger = aLedger({
      tasks: {
        [aTaskSid(1)]: active,
        [aTaskSid(2)]: { ...active, confirmedAt: NOW - 60_000 },
        [aTaskSid(3)]: aTask({ state: 'closed' }),
      },
    });
    const { twilio, fetched } = ports([], [aTaskSid(1)]);
    const events = await reconcileTasks(twilio, ledger);

    expect(fetched).toEqual([aTaskSid(1)]);
    expect(events).toEqual([{ type: 'tasks-confirmed', taskSids: [aTaskSid(1)], at: NOW }]);
    expect(nextDueAfter(ledger, events)).toBeGreaterThan(NOW);
  });

  it('finds a task that the ledger of a chat without an open task does not know', async () => {
    const { twilio } = ports([aTaskSid(2), aTaskSid(3)]);
    expect(await reconcileTasks(twilio, unattended)).toEqual([
      { type: 'task-tracked', taskSid: aTaskSid(3), at: NOW },
    ]);
  });

  it('searches later when it finds none', async () => {
    const { twilio, fetched } = ports([aTaskSid(2)]);
    const events = await reconcileTasks(twilio, unattended);
    expect(fetched).toEqual([]);
    expect(nextDueAfter(unattended, events)).toBe(NOW + NOW / 2);
  });

  it('does not trust the tasks that a channel of Programmable Chat lists: agents can write them', async () => {
    const { twilio, fetched } = ports([aTaskSid(3)]);
    await reconcileTasks(twilio, { ...unattended, backend: 'programmable-chat' });
    expect(fetched).toEqual([]);
  });

  it('makes no call when nothing is due', async () => {
    const { twilio, fetched } = ports([aTaskSid(3)]);
    const ledger = aLedger({ tasks: { [aTaskSid(1)]: { ...active, confirmedAt: NOW } } });
    expect(await reconcileTasks(twilio, ledger)).toEqual([]);
    expect(fetched).toEqual([]);
  });
});
