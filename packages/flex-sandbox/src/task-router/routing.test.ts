import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTaskRouterFixture, type TaskRouterFixture } from './task-router-fixture.js';

describe('routing', () => {
  let fixture: TaskRouterFixture;
  beforeEach(async () => {
    fixture = await startTaskRouterFixture();
  });
  afterEach(() => fixture.close());

  const fetchTask = (sid: string) => fixture.rest.tasks(sid).fetch();

  it('returns a new task as pending, and then offers it to a worker', async () => {
    fixture.addWorker('alice');
    const created = await fixture.rest.tasks.create({
      workflowSid: fixture.workflow.sid,
      taskChannel: 'chat',
    });

    expect(created.assignmentStatus).toBe('pending');
    fixture.advance();
    expect((await fetchTask(created.sid)).assignmentStatus).toBe('reserved');
    expect(await fixture.reservations(created.sid)).toEqual(['alice pending']);
  });

  it('selects the queue of the first filter that matches, or else the default queue', async () => {
    const billing = fixture.addQueue('Billing', "routing.skills HAS 'billing'");
    fixture.addWorker('alice');
    fixture.addWorker('bob', { attributes: { routing: { skills: ['billing'] } }, capacity: 5 });
    const workflow = fixture.addWorkflow({
      filters: [
        { expression: "topic == 'invoice'", targets: [{ queue: billing.sid, priority: 7 }] },
        { expression: "topic CONTAINS 'inv'", targets: [{ queue: fixture.queue.sid }] },
      ],
      default_filter: { queue: fixture.queue.sid },
    });
    const invoice = await fixture.addTask({ topic: 'invoice' }, { workflowSid: workflow.sid });
    const other = await fixture.addTask({ topic: 'weather' }, { workflowSid: workflow.sid });

    expect(await fetchTask(invoice.sid)).toMatchObject({ taskQueueFriendlyName: 'Billing', priority: 7 });
    expect(await fixture.reservations(invoice.sid)).toEqual(['bob pending']);
    expect(await fetchTask(other.sid)).toMatchObject({ taskQueueFriendlyName: 'Everyone', priority: 0 });
    expect(await fixture.reservations(other.sid)).toEqual(['alice pending']);
  });

  it('cancels a task that matches no filter', async () => {
    const workflow = fixture.addWorkflow({
      filters: [{ expression: '1==2', targets: [{ queue: fixture.queue.sid }] }],
    });
    const task = await fixture.addTask({}, { workflowSid: workflow.sid });

    expect(await fetchTask(task.sid)).toMatchObject({
      assignmentStatus: 'canceled',
      reason: 'Task did not match any workflow filter',
    });
  });

  it('offers a task only to the known worker, and waits while that worker is unavailable', async () => {
    fixture.addWorker('alice');
    const bob = fixture.addWorker('bob', { activity: 'Unavailable' });
    const workflow = fixture.addWorkflow({
      filters: [
        {
          expression: "transferTargetType == 'worker'",
          targets: [{ queue: fixture.queue.sid, known_worker_sid: 'task.transferTargetSid' }],
        },
      ],
    });
    const task = await fixture.addTask(
      { transferTargetType: 'worker', transferTargetSid: bob.sid },
      { workflowSid: workflow.sid },
    );
    expect(await fixture.reservations(task.sid)).toEqual([]);

    await fixture.rest.workers(bob.sid).update({ activitySid: fixture.activity('Available').sid });
    fixture.advance();
    expect(await fixture.reservations(task.sid)).toEqual(['bob pending']);
  });

  it('never offers a task to a known worker who is not in the queue', async () => {
    const empty = fixture.addQueue('Empty', '1==2');
    const alice = fixture.addWorker('alice');
    const workflow = fixture.addWorkflow({
      default_filter: { queue: empty.sid, known_worker_sid: 'task.targetSid' },
    });
    const task = await fixture.addTask({ targetSid: alice.sid }, { workflowSid: workflow.sid });

    expect(await fixture.reservations(task.sid)).toEqual([]);
  });

  it('skips workers that the expression of the target excludes', async () => {
    const alice = fixture.addWorker('alice', { attributes: { contact_uri: 'client:alice' }, capacity: 5 });
    fixture.addWorker('bob', { attributes: { contact_uri: 'client:bob' }, capacity: 5 });
    const bySid = fixture.addWorkflow({
      default_filter: { queue: fixture.queue.sid },
      filters: [
        {
          expression: '1==1',
          targets: [
            { queue: fixture.queue.sid, expression: 'worker.sid NOT IN task.workerSidsInConversation' },
          ],
        },
      ],
    });
    const byContact = fixture.addWorkflow({
      filters: [
        {
          expression: '1==1',
          targets: [
            { queue: fixture.queue.sid, expression: 'worker.contact_uri != task.ignoreWorkerContactUri' },
          ],
        },
      ],
    });
    const first = await fixture.addTask(
      { workerSidsInConversation: [alice.sid] },
      { workflowSid: bySid.sid },
    );
    const second = await fixture.addTask(
      { ignoreWorkerContactUri: 'client:alice' },
      { workflowSid: byContact.sid },
    );

    expect(await fixture.reservations(first.sid)).toEqual(['bob pending']);
    expect(await fixture.reservations(second.sid)).toEqual(['bob pending']);
  });

  it('offers a worker no more tasks than their capacity on the task channel', async () => {
    const alice = fixture.addWorker('alice', { capacity: 2 });
    const [first, , third] = [await fixture.addTask(), await fixture.addTask(), await fixture.addTask()];
    const { assignedTasks, availableCapacityPercentage } = await fixture.rest
      .workers(alice.sid)
      .workerChannels('chat')
      .fetch();

    expect({ assignedTasks, availableCapacityPercentage }).toEqual({
      assignedTasks: 2,
      availableCapacityPercentage: 0,
    });
    expect(await fixture.reservations(third.sid)).toEqual([]);

    await fixture.rest.tasks(first.sid).update({ assignmentStatus: 'canceled' });
    fixture.advance();
    expect(await fixture.reservations(third.sid)).toEqual(['alice pending']);
  });

  it('counts a task in wrap-up against the capacity', async () => {
    const alice = fixture.addWorker('alice');
    const first = await fixture.addTask();
    await fixture.answerOffer(alice, 'accepted');
    await fixture.rest.tasks(first.sid).update({ assignmentStatus: 'wrapping' });
    const second = await fixture.addTask();
    expect(await fixture.reservations(second.sid)).toEqual([]);

    await fixture.rest.tasks(first.sid).update({ assignmentStatus: 'completed' });
    fixture.advance();
    expect(await fixture.reservations(second.sid)).toEqual(['alice pending']);
  });

  it('offers the task with the higher priority first, then the older one', async () => {
    const low = await fixture.addTask({}, { priority: 1 });
    const high = await fixture.addTask({}, { priority: 5 });
    const laterHigh = await fixture.addTask({}, { priority: 5 });
    const alice = fixture.addWorker('alice');
    fixture.advance();

    const order: string[] = [];
    for (let count = 0; count < 3; count++) {
      const [reservation] = await fixture.rest
        .workers(alice.sid)
        .reservations.list({ reservationStatus: 'pending' });
      if (reservation === undefined) break;
      order.push(reservation.taskSid);
      await fixture.rest.tasks(reservation.taskSid).update({ assignmentStatus: 'canceled' });
      fixture.advance();
    }
    expect(order).toEqual([high.sid, laterHigh.sid, low.sid]);
  });

  it('offers a rejected task to another worker, or to the same worker when no other is available', async () => {
    const alice = fixture.addWorker('alice');
    fixture.advance(1000);
    const bob = fixture.addWorker('bob');
    const task = await fixture.addTask();
    await fixture.answerOffer(alice, 'rejected');
    expect(await fixture.reservations(task.sid)).toEqual(['alice rejected', 'bob pending']);

    await fixture.rest.workers(alice.sid).update({ activitySid: fixture.activity('Unavailable').sid });
    await fixture.answerOffer(bob, 'rejected');
    expect(await fixture.reservations(task.sid)).toEqual(['alice rejected', 'bob rejected', 'bob pending']);
  });

  it('offers a rejected task to another worker, even when the one who rejected it has been idle longer', async () => {
    const alice = fixture.addWorker('alice', { capacity: 2 });
    const task = await fixture.addTask();
    fixture.advance(1000);
    const bob = fixture.addWorker('bob', { capacity: 2 });
    const toBob = fixture.addWorkflow({
      default_filter: { queue: fixture.queue.sid, known_worker_sid: bob.sid },
    });
    await fixture.addTask({}, { workflowSid: toBob.sid });
    await fixture.answerOffer(bob, 'accepted');
    await fixture.answerOffer(alice, 'rejected');

    expect(await fixture.reservations(task.sid)).toEqual(['alice rejected', 'bob pending']);
  });

  it('sets a worker offline when a reservation times out, and offers the task to the next worker', async () => {
    const alice = fixture.addWorker('alice');
    fixture.advance(1000);
    fixture.addWorker('bob');
    const workflow = fixture.addWorkflow({ default_filter: { queue: fixture.queue.sid } }, 30);
    const task = await fixture.addTask({}, { workflowSid: workflow.sid });

    fixture.advance(20_000);
    expect(await fixture.reservations(task.sid)).toEqual(['alice pending']);
    fixture.advance(11_000);
    expect(await fixture.reservations(task.sid)).toEqual(['alice timeout', 'bob pending']);
    expect((await fixture.rest.workers(alice.sid).fetch()).activityName).toBe('Offline');
  });

  it.each([
    [false, ['alice timeout', 'bob pending'], 'Everyone'],
    [true, ['alice timeout'], 'Spare'],
  ])(
    'offers a task whose reservation timed out to the next worker unless the quirk reservationTimeoutEndsTarget is %s',
    async (reservationTimeoutEndsTarget, reservations, queue) => {
      fixture.sandbox.setQuirks({ reservationTimeoutEndsTarget });
      const spare = fixture.addQueue('Spare', '1==2');
      const targets = [
        { queue: fixture.queue.sid, timeout: 60 },
        { queue: spare.sid, timeout: 20 },
      ];
      const workflow = fixture.addWorkflow({ filters: [{ expression: '1==1', targets }] }, 30);
      fixture.addWorker('alice');
      fixture.advance(1000);
      fixture.addWorker('bob');
      const task = await fixture.addTask({}, { workflowSid: workflow.sid });

      fixture.advance(31_000);
      expect(await fixture.reservations(task.sid)).toEqual(reservations);
      expect((await fetchTask(task.sid)).taskQueueFriendlyName).toBe(queue);
      // The timeouts add up from the task's creation.
      fixture.advance(48_000);
      expect((await fetchTask(task.sid)).assignmentStatus).not.toBe('canceled');
      fixture.advance(2_000);
      expect((await fetchTask(task.sid)).reason).toBe('Workflow timeout');
    },
  );

  it('keeps a task in the last target after a reservation timeout, with the quirk reservationTimeoutEndsTarget', async () => {
    fixture.sandbox.setQuirks({ reservationTimeoutEndsTarget: true });
    const workflow = fixture.addWorkflow({ default_filter: { queue: fixture.queue.sid } }, 30);
    fixture.addWorker('alice');
    fixture.advance(1000);
    fixture.addWorker('bob');
    const task = await fixture.addTask({}, { workflowSid: workflow.sid });

    fixture.advance(31_000);
    expect(await fixture.reservations(task.sid)).toEqual(['alice timeout', 'bob pending']);
  });

  it('moves a task to the next target of the filter after a timeout, and cancels it after the last one', async () => {
    const empty = fixture.addQueue('Empty', '1==2');
    const spare = fixture.addQueue('Spare', '1==2');
    const workflow = fixture.addWorkflow({
      filters: [
        {
          expression: '1==1',
          targets: [
            { queue: empty.sid, timeout: 10 },
            { queue: spare.sid, timeout: 20 },
          ],
        },
      ],
      default_filter: { queue: fixture.queue.sid },
    });
    const task = await fixture.addTask({}, { workflowSid: workflow.sid });
    expect((await fetchTask(task.sid)).taskQueueFriendlyName).toBe('Empty');

    fixture.advance(11_000);
    expect(await fetchTask(task.sid)).toMatchObject({
      taskQueueFriendlyName: 'Spare',
      assignmentStatus: 'pending',
    });
    fixture.advance(20_000);
    expect(await fetchTask(task.sid)).toMatchObject({
      assignmentStatus: 'canceled',
      reason: 'Workflow timeout',
    });
  });

  it('counts the timeouts of a filter from the creation of the task, and skips targets without time left', async () => {
    const first = fixture.addQueue('First', '1==1');
    const second = fixture.addQueue('Second', '1==1');
    const workflow = fixture.addWorkflow({
      filters: [
        { expression: 'urgent != true', targets: [{ queue: fixture.queue.sid }] },
        {
          expression: 'urgent == true',
          targets: [
            { queue: first.sid, timeout: 10 },
            { queue: second.sid, timeout: 20 },
            { queue: fixture.queue.sid },
          ],
        },
      ],
    });
    const task = await fixture.addTask({}, { workflowSid: workflow.sid });
    fixture.advance(15_000);
    await fixture.rest.tasks(task.sid).update({ attributes: JSON.stringify({ urgent: true }) });
    fixture.advance();
    expect((await fetchTask(task.sid)).taskQueueFriendlyName).toBe('Second');

    fixture.advance(14_000);
    expect((await fetchTask(task.sid)).taskQueueFriendlyName).toBe('Second');
    fixture.advance(2_000);
    expect((await fetchTask(task.sid)).taskQueueFriendlyName).toBe('Everyone');
  });

  it('cancels a task that reaches a filter after all timeouts of that filter', async () => {
    const workflow = fixture.addWorkflow({
      filters: [{ expression: 'late == true', targets: [{ queue: fixture.queue.sid, timeout: 10 }] }],
      default_filter: { queue: fixture.queue.sid },
    });
    const task = await fixture.addTask({}, { workflowSid: workflow.sid });
    fixture.advance(11_000);
    await fixture.rest.tasks(task.sid).update({ attributes: JSON.stringify({ late: true }) });
    fixture.advance();

    expect(await fetchTask(task.sid)).toMatchObject({
      assignmentStatus: 'canceled',
      reason: 'Workflow timeout',
    });
  });

  it('keeps an offer when the attributes change, and restarts at the first filter when the offer ends', async () => {
    const alice = fixture.addWorker('alice');
    const empty = fixture.addQueue('Empty', '1==2');
    const workflow = fixture.addWorkflow({
      filters: [{ expression: 'deferred == true', targets: [{ queue: empty.sid }] }],
      default_filter: { queue: fixture.queue.sid },
    });
    const task = await fixture.addTask({}, { workflowSid: workflow.sid });
    await fixture.rest.tasks(task.sid).update({ attributes: JSON.stringify({ deferred: true }) });
    fixture.advance();
    expect(await fetchTask(task.sid)).toMatchObject({ taskQueueFriendlyName: 'Everyone' });
    expect(await fixture.reservations(task.sid)).toEqual(['alice pending']);

    await fixture.answerOffer(alice, 'rejected');
    expect(await fetchTask(task.sid)).toMatchObject({
      taskQueueFriendlyName: 'Empty',
      assignmentStatus: 'pending',
    });
    expect(await fixture.reservations(task.sid)).toEqual(['alice rejected']);
  });

  it('keeps an accepted task assigned after the timeout of its target', async () => {
    const alice = fixture.addWorker('alice');
    const workflow = fixture.addWorkflow({
      filters: [{ expression: '1==1', targets: [{ queue: fixture.queue.sid, timeout: 10 }] }],
    });
    const task = await fixture.addTask({}, { workflowSid: workflow.sid, timeout: 60 });
    await fixture.answerOffer(alice, 'accepted');

    fixture.advance(100_000);
    expect((await fetchTask(task.sid)).assignmentStatus).toBe('assigned');
  });

  it('skips a target whose skip_if is true', async () => {
    const empty = fixture.addQueue('Empty', "team == 'night'");
    fixture.addWorker('alice');
    fixture.addWorker('bob', { attributes: { team: 'night' }, activity: 'Offline' });
    const workflow = fixture.addWorkflow({
      filters: [
        { expression: '1==1', targets: [{ queue: empty.sid, skip_if: 'workers.available == 0' }] },
        { expression: '1==1', targets: [{ queue: fixture.queue.sid }] },
      ],
    });
    const task = await fixture.addTask({}, { workflowSid: workflow.sid });

    expect(await fixture.reservations(task.sid)).toEqual(['alice pending']);
  });

  it('cancels a task that no worker accepts within its timeout, and removes it five minutes later', async () => {
    const task = await fixture.addTask({}, { timeout: 60 });
    fixture.advance(61_000);
    expect(await fetchTask(task.sid)).toMatchObject({
      assignmentStatus: 'canceled',
      reason: 'Task TTL Exceeded',
    });

    fixture.advance(300_000);
    await expect(fetchTask(task.sid)).rejects.toMatchObject({ status: 404, code: 20404 });
    expect(fixture.workspace.events.at(-1)).toMatchObject({ type: 'task.system-deleted' });
  });

  it.each(['assigned', 'wrapping'])(
    'deletes an %s task a day after its assignment, and frees its worker',
    async (status) => {
      const alice = fixture.addWorker('alice');
      const task = await fixture.addTask();
      await fixture.answerOffer(alice, 'accepted');
      fixture.advance(3_600_000);
      if (status === 'wrapping') await fixture.rest.tasks(task.sid).update({ assignmentStatus: 'wrapping' });

      fixture.advance(22 * 3_600_000);
      expect(await fetchTask(task.sid)).toMatchObject({ assignmentStatus: status });
      fixture.advance(3_600_000);
      await expect(fetchTask(task.sid)).rejects.toMatchObject({ status: 404, code: 20404 });
      expect(fixture.workspace.events.at(-1)).toMatchObject({
        type: 'task.system-deleted',
        task: { sid: task.sid },
      });

      const next = await fixture.addTask();
      expect(await fixture.reservations(next.sid)).toEqual(['alice pending']);
    },
  );

  it('does not delete a task that was completed in time a second time', async () => {
    const alice = fixture.addWorker('alice');
    const task = await fixture.addTask();
    await fixture.answerOffer(alice, 'accepted');
    await fixture.rest.tasks(task.sid).update({ assignmentStatus: 'completed' });
    fixture.advance(25 * 3_600_000);
    const deletions = fixture.workspace.events.filter(({ type }) => type === 'task.system-deleted');
    expect(deletions).toHaveLength(1);
  });

  it('orders workers by the attribute that the target names', async () => {
    fixture.addWorker('junior', { attributes: { routing: { level: 1 } } });
    fixture.addWorker('senior', { attributes: { routing: { level: 9 } } });
    fixture.addWorker('unknown');
    const workflow = fixture.addWorkflow({
      default_filter: { queue: fixture.queue.sid, order_by: 'worker.routing.level DESC' },
    });
    const [first, second, third] = [
      await fixture.addTask({}, { workflowSid: workflow.sid }),
      await fixture.addTask({}, { workflowSid: workflow.sid }),
      await fixture.addTask({}, { workflowSid: workflow.sid }),
    ];

    expect(await fixture.reservations(first.sid)).toEqual(['senior pending']);
    expect(await fixture.reservations(second.sid)).toEqual(['junior pending']);
    expect(await fixture.reservations(third.sid)).toEqual(['unknown pending']);
  });

  it('offers a task to several workers at once and rescinds the rest when one accepts', async () => {
    const queue = await fixture.rest.taskQueues.create({ friendlyName: 'Fast', maxReservedWorkers: 2 });
    const alice = fixture.addWorker('alice');
    fixture.addWorker('bob');
    fixture.addWorker('carol');
    const workflow = fixture.addWorkflow({ default_filter: { queue: queue.sid } });
    const task = await fixture.addTask({}, { workflowSid: workflow.sid });
    expect(await fixture.reservations(task.sid)).toEqual(['alice pending', 'bob pending']);

    await fixture.answerOffer(alice, 'accepted');
    expect(await fixture.reservations(task.sid)).toEqual(['alice accepted', 'bob rescinded']);
  });

  it('offers a task with a routing target to that worker, even when they are offline', async () => {
    const bob = fixture.addWorker('bob', { activity: 'Offline' });
    fixture.addWorker('alice');
    const task = await fixture.rest.tasks.create({ routingTarget: bob.sid, taskChannel: 'chat' });
    fixture.advance();

    expect(await fixture.reservations(task.sid)).toEqual(['bob pending']);
  });

  it('routes a waiting task again when its attributes or a queue change', async () => {
    fixture.addWorker('alice');
    const queue = fixture.addQueue('Later', '1==2');
    const workflow = fixture.addWorkflow({
      filters: [{ expression: 'ready == true', targets: [{ queue: fixture.queue.sid }] }],
      default_filter: { queue: queue.sid },
    });
    const task = await fixture.addTask({}, { workflowSid: workflow.sid });
    expect(await fixture.reservations(task.sid)).toEqual([]);
    await fixture.rest.tasks(task.sid).update({ attributes: JSON.stringify({ ready: true }) });
    fixture.advance();
    expect(await fixture.reservations(task.sid)).toEqual(['alice pending']);

    const second = await fixture.addTask({}, { workflowSid: workflow.sid });
    fixture.addWorker('bob');
    await fixture.rest.taskQueues(queue.sid).update({ targetWorkers: '1==1' });
    fixture.advance();
    expect(await fixture.reservations(second.sid)).toEqual(['bob pending']);
  });
});
