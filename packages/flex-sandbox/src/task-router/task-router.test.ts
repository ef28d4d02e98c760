import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTaskRouterFixture, type TaskRouterFixture } from './task-router-fixture.js';

describe('addTaskRouter', () => {
  let test: TaskRouterFixture;
  beforeEach(async () => {
    test = await startTaskRouterFixture();
  });
  afterEach(() => test.close());

  it('shows workers and tasks in the snapshot', async () => {
    test.addWorker('alice', { attributes: { full_name: 'Alice' } });
    const { sid } = await test.addTask({ channelSid: 'CH1' });

    expect(test.taskRouter.snapshot()).toMatchObject({
      workers: [{ friendlyName: 'alice', activityName: 'Available', attributes: { full_name: 'Alice' } }],
      tasks: [
        {
          sid,
          status: 'reserved',
          queueName: 'Everyone',
          attributes: { channelSid: 'CH1' },
          reservations: [{ status: 'pending', workerName: 'alice' }],
        },
      ],
    });
  });

  it('calls an event listener for every event until it unsubscribes', async () => {
    const seen: string[] = [];
    const stop = test.taskRouter.onEvent(({ type, task, worker }) => {
      seen.push([type, task?.status, worker?.friendlyName].filter(Boolean).join(' '));
    });
    const alice = test.addWorker('alice');
    await test.addTask();
    await test.answer(alice, 'accepted');
    stop();
    test.addWorker('bob');

    expect(seen).toEqual([
      'worker.created alice',
      'worker.capacity.update alice',
      'task.created pending',
      'workflow.entered pending',
      'workflow.target-matched pending',
      'task-queue.entered pending',
      'reservation.created reserved alice',
      'reservation.accepted assigned alice',
    ]);
  });
});
