import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTaskRouterFixture, type TaskRouterFixture } from './task-router-fixture.js';

describe('TaskRouter', () => {
  let fixture: TaskRouterFixture;
  beforeEach(async () => {
    fixture = await startTaskRouterFixture();
  });
  afterEach(() => fixture.close());

  it('has a snapshot with workers, tasks and live reservations', async () => {
    fixture.addWorker('alice', { attributes: { full_name: 'Alice' } });
    const { sid } = await fixture.addTask({ channelSid: 'CH1' });

    expect(fixture.taskRouter.snapshot()).toMatchObject({
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
    const events: string[] = [];
    const unsubscribe = fixture.taskRouter.onEvent(({ type, task, worker }) => {
      events.push([type, task?.status, worker?.friendlyName].filter(Boolean).join(' '));
    });
    const alice = fixture.addWorker('alice');
    await fixture.addTask();
    await fixture.answerOffer(alice, 'accepted');
    unsubscribe();
    fixture.addWorker('bob');

    expect(events).toEqual([
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
