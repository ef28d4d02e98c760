import type { TaskRecord } from '@chat-transfer/transfer-core';
import { aLedger, aTask, aTaskSid, aWorker } from '@chat-transfer/transfer-core/testing';
import { describe, expect, it } from 'vitest';
import { type CompareTaskPorts, compareTask } from './compare-task';

const taskSid = aTaskSid(1);
const [alice, bob] = [aWorker(1), aWorker(2)];

/** TaskRouter with one task, which Bob has accepted if any agent has. */
function ports(status: string, { isParked = false } = {}): CompareTaskPorts {
  const backend = { isParked: async () => isParked };
  return {
    defaultAgentName: 'Support',
    nowMs: () => 5_000,
    backends: {
      'programmable-chat': backend,
      conversations: backend,
    } as unknown as CompareTaskPorts['backends'],
    taskRouter: {
      fetchTask: async () =>
        status === 'deleted'
          ? undefined
          : {
              sid: taskSid,
              attributes: {},
              assignmentStatus: status,
              taskChannel: 'chat',
              priority: 0,
              queueSid: undefined,
              ageSeconds: 60,
              etag: undefined,
            },
      listReservations: async () =>
        ['assigned', 'wrapping', 'completed'].includes(status)
          ? [
              {
                sid: 'WR1',
                workerSid: bob.sid,
                status: status === 'assigned' ? 'accepted' : status,
                createdAt: 0,
                updatedAt: 0,
              },
            ]
          : [],
      fetchWorkerAttributes: async () => ({ contact_uri: 'client:bob', public_identity: 'Bob' }),
    },
  };
}

const recorded: Record<'waiting' | 'active' | 'left' | 'closed', TaskRecord> = {
  waiting: aTask({ state: 'waiting' }),
  active: aTask({ state: 'active', worker: alice }),
  left: aTask({ state: 'left', worker: alice }),
  closed: aTask({ state: 'closed', worker: alice }),
};

async function compare(state: keyof typeof recorded, status: string, options = {}): Promise<string> {
  const ledger = aLedger({ tasks: { [taskSid]: recorded[state] } });
  const events = await compareTask(ports(status, options), ledger, taskSid);
  return events
    .map((event) => ('worker' in event ? `${event.type} ${event.worker.publicName}` : event.type))
    .join(', ');
}

describe('compareTask', () => {
  it.each<[keyof typeof recorded, string, string]>([
    ['waiting', 'pending', ''],
    ['waiting', 'reserved', ''],
    ['waiting', 'assigned', 'task-accepted Bob'],
    ['waiting', 'wrapping', 'task-accepted Bob, agent-left Bob'],
    ['waiting', 'completed', 'task-accepted Bob, task-closed'],
    ['waiting', 'canceled', 'task-closed'],
    ['waiting', 'deleted', 'task-closed'],
    ['active', 'reserved', ''],
    ['active', 'assigned', ''],
    ['active', 'wrapping', 'agent-left Alice'],
    ['active', 'completed', 'task-closed'],
    ['active', 'canceled', 'task-closed'],
    ['active', 'deleted', 'task-closed'],
    ['left', 'assigned', ''],
    ['left', 'wrapping', ''],
    ['left', 'completed', 'task-closed'],
    ['left', 'deleted', 'task-closed'],
    ['closed', 'assigned', ''],
  ])('of a task that is %s here and %s at TaskRouter finds: %s', async (state, status, events) => {
    expect(await compare(state, status)).toBe(events);
  });

  it.each<[keyof typeof recorded, string, string]>([
    ['active', 'wrapping', 'chat-parked, agent-left Alice'],
    ['active', 'completed', 'chat-parked, task-closed'],
    ['active', 'deleted', 'chat-parked, task-closed'],
    ['waiting', 'wrapping', 'chat-parked, task-accepted Bob, agent-left Bob'],
    ['active', 'assigned', ''],
    ['left', 'completed', 'task-closed'],
    ['active', 'canceled', 'task-closed'],
  ])(
    'of a task that is %s here and %s at TaskRouter, in a parked chat, finds: %s',
    async (state, status, events) => {
      expect(await compare(state, status, { isParked: true })).toBe(events);
    },
  );

  it('ignores a task that the ledger does not have', async () => {
    expect(await compareTask(ports('completed'), aLedger(), taskSid)).toEqual([]);
  });
});
