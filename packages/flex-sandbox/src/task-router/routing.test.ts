import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTaskRouterFixture, type TaskRouterFixture } from './task-router-fixture.js';

describe('routing', () => {
  let test: TaskRouterFixture;
  beforeEach(async () => {
    test = await startTaskRouterFixture();
  });
  afterEach(() => test.close());

  const fetchTask = (sid: string) => test.rest.tasks(sid).fetch();

  it('returns a new task as pending, and then offers it to a worker', async () => {
    test.addWorker('alice');
    const created = await test.rest.tasks.create({ workflowSid: test.workflow.sid, taskChannel: 'chat' });

    expect(created.assignmentStatus).toBe('pending');
    test.advance();
    expect((await fetchTask(created.sid)).assignmentStatus).toBe('reserved');
    expect(await test.reservations(created.sid)).toEqual(['alice pending']);
  });

  it('selects the queue of the first filter that matches, or else the default queue', async () => {
    const billing = test.addQueue('Billing', "routing.skills HAS 'billing'");
    test.addWorker('alice');
    test.addWorker('bob', { attributes: { routing: { skills: ['billing'] } }, capacity: 5 });
    const workflow = test.addWorkflow({
      filters: [
        { expression: "topic == 'invoice'", targets: [{ queue: billing.sid, priority: 7 }] },
        { expression: "topic CONTAINS 'inv'", targets: [{ queue: test.queue.sid }] },
      ],
      default_filter: { queue: test.queue.sid },
    });
    const invoice = await test.addTask({ topic: 'invoice' }, { workflowSid: workflow.sid });
    const other = await test.addTask({ topic: 'weather' }, { workflowSid: workflow.sid });

    expect(await fetchTask(invoice.sid)).toMatchObject({ taskQueueFriendlyName: 'Billing', priority: 7 });
    expect(await test.reservations(invoice.sid)).toEqual(['bob pending']);
    expect(await fetchTask(other.sid)).toMatchObject({ taskQueueFriendlyName: 'Everyone', priority: 0 });
    expect(await test.reservations(other.sid)).toEqual(['alice pending']);
  });

  it('cancels a task that matches no filter', async () => {
    const workflow = test.addWorkflow({
      filters: [{ expression: '1==2', targets: [{ queue: test.queue.sid }] }],
    });
    const task = await test.addTask({}, { workflowSid: workflow.sid });

    expect(await fetchTask(task.sid)).toMatchObject({
      assignmentStatus: 'canceled',
      reason: 'Task did not match any workflow filter',
    });
  });

  it('offers a task only to the known worker, and waits while that worker is unavailable', async () => {
    test.addWorker('alice');
    const bob = test.addWorker('bob', { activity: 'Unavailable' });
    const workflow = test.addWorkflow({
      filters: [
        {
          expression: "transferTargetType == 'worker'",
          targets: [{ queue: test.queue.sid, known_worker_sid: 'task.transferTargetSid' }],
        },
      ],
    });
    const task = await test.addTask(
      { transferTargetType: 'worker', transferTargetSid: bob.sid },
      { workflowSid: workflow.sid },
    );
    expect(await test.reservations(task.sid)).toEqual([]);

    await test.rest.workers(bob.sid).update({ activitySid: test.activity('Available').sid });
    test.advance();
    expect(await test.reservations(task.sid)).toEqual(['bob pending']);
  });

  it('never offers a task to a known worker who is not in the queue', async () => {
    const empty = test.addQueue('Empty', '1==2');
    const alice = test.addWorker('alice');
    const workflow = test.addWorkflow({
      default_filter: { queue: empty.sid, known_worker_sid: 'task.wanted' },
    });
    const task = await test.addTask({ wanted: alice.sid }, { workflowSid: workflow.sid });

    expect(await test.reservations(task.sid)).toEqual([]);
  });

  it('skips workers that the expression of the target excludes', async () => {
    const alice = test.addWorker('alice', { attributes: { contact_uri: 'client:alice' }, capacity: 5 });
    test.addWorker('bob', { attributes: { contact_uri: 'client:bob' }, capacity: 5 });
    const bySid = test.addWorkflow({
      default_filter: { queue: test.queue.sid },
      filters: [
        {
          expression: '1==1',
          targets: [{ queue: test.queue.sid, expression: 'worker.sid NOT IN task.workerSidsInConversation' }],
        },
      ],
    });
    const byContact = test.addWorkflow({
      filters: [
        {
          expression: '1==1',
          targets: [
            { queue: test.queue.sid, expression: 'worker.contact_uri != task.ignoreWorkerContactUri' },
          ],
        },
      ],
    });
    const first = await test.addTask({ workerSidsInConversation: [alice.sid] }, { workflowSid: bySid.sid });
    const second = await test.addTask(
      { ignoreWorkerContactUri: 'client:alice' },
      { workflowSid: byContact.sid },
    );

    expect(await test.reservations(first.sid)).toEqual(['bob pending']);
    expect(await test.reservations(second.sid)).toEqual(['bob pending']);
  });

  it('offers a worker no more tasks than their capacity on the task channel', async () => {
    const alice = test.addWorker('alice', { capacity: 2 });
    const [first, , third] = [await test.addTask(), await test.addTask(), await test.addTask()];
    const { assignedTasks, availableCapacityPercentage } = await test.rest
      .workers(alice.sid)
      .workerChannels('chat')
      .fetch();

    expect({ assignedTasks, availableCapacityPercentage }).toEqual({
      assignedTasks: 2,
      availableCapacityPercentage: 0,
    });
    expect(await test.reservations(third.sid)).toEqual([]);

    await test.rest.tasks(first.sid).update({ assignmentStatus: 'canceled' });
    test.advance();
    expect(await test.reservations(third.sid)).toEqual(['alice pending']);
  });

  it('counts a task in wrap-up against the capacity', async () => {
    const alice = test.addWorker('alice');
    const first = await test.addTask();
    await test.answer(alice, 'accepted');
    await test.rest.tasks(first.sid).update({ assignmentStatus: 'wrapping' });
    const second = await test.addTask();
    expect(await test.reservations(second.sid)).toEqual([]);

    await test.rest.tasks(first.sid).update({ assignmentStatus: 'completed' });
    test.advance();
    expect(await test.reservations(second.sid)).toEqual(['alice pending']);
  });

  it('offers the higher priority first, then the older task', async () => {
    const low = await test.addTask({}, { priority: 1 });
    const high = await test.addTask({}, { priority: 5 });
    const highToo = await test.addTask({}, { priority: 5 });
    const alice = test.addWorker('alice');
    test.advance();

    const order: string[] = [];
    for (let count = 0; count < 3; count++) {
      const [reservation] = await test.rest
        .workers(alice.sid)
        .reservations.list({ reservationStatus: 'pending' });
      if (reservation === undefined) break;
      order.push(reservation.taskSid);
      await test.rest.tasks(reservation.taskSid).update({ assignmentStatus: 'canceled' });
      test.advance();
    }
    expect(order).toEqual([high.sid, highToo.sid, low.sid]);
  });

  it('offers a rejected task to another worker, or to the same one when there is no other', async () => {
    const alice = test.addWorker('alice');
    test.advance(1000);
    const bob = test.addWorker('bob');
    const task = await test.addTask();
    await test.answer(alice, 'rejected');
    expect(await test.reservations(task.sid)).toEqual(['alice rejected', 'bob pending']);

    await test.rest.workers(alice.sid).update({ activitySid: test.activity('Unavailable').sid });
    await test.answer(bob, 'rejected');
    expect(await test.reservations(task.sid)).toEqual(['alice rejected', 'bob rejected', 'bob pending']);
  });

  it('offers a rejected task to another worker, even when the first one has been idle longer', async () => {
    const alice = test.addWorker('alice', { capacity: 2 });
    const task = await test.addTask();
    test.advance(1000);
    const bob = test.addWorker('bob', { capacity: 2 });
    const toBob = test.addWorkflow({ default_filter: { queue: test.queue.sid, known_worker_sid: bob.sid } });
    await test.addTask({}, { workflowSid: toBob.sid });
    await test.answer(bob, 'accepted');
    await test.answer(alice, 'rejected');

    expect(await test.reservations(task.sid)).toEqual(['alice rejected', 'bob pending']);
  });

  it('sets a worker offline when a reservation times out, and offers the task to the next one', async () => {
    const alice = test.addWorker('alice');
    test.advance(1000);
    test.addWorker('bob');
    const workflow = test.addWorkflow({ default_filter: { queue: test.queue.sid } }, 30);
    const task = await test.addTask({}, { workflowSid: workflow.sid });

    test.advance(20_000);
    expect(await test.reservations(task.sid)).toEqual(['alice pending']);
    test.advance(11_000);
    expect(await test.reservations(task.sid)).toEqual(['alice timeout', 'bob pending']);
    expect((await test.rest.workers(alice.sid).fetch()).activityName).toBe('Offline');
  });

  it('moves a task to the next target of the filter after a timeout, and cancels it after the last one', async () => {
    const empty = test.addQueue('Empty', '1==2');
    const spare = test.addQueue('Spare', '1==2');
    const workflow = test.addWorkflow({
      filters: [
        {
          expression: '1==1',
          targets: [
            { queue: empty.sid, timeout: 10 },
            { queue: spare.sid, timeout: 20 },
          ],
        },
      ],
      default_filter: { queue: test.queue.sid },
    });
    const task = await test.addTask({}, { workflowSid: workflow.sid });
    expect((await fetchTask(task.sid)).taskQueueFriendlyName).toBe('Empty');

    test.advance(11_000);
    expect(await fetchTask(task.sid)).toMatchObject({
      taskQueueFriendlyName: 'Spare',
      assignmentStatus: 'pending',
    });
    test.advance(20_000);
    expect(await fetchTask(task.sid)).toMatchObject({
      assignmentStatus: 'canceled',
      reason: 'Workflow timeout',
    });
  });

  it('counts the timeouts of a filter from the creation of the task, and skips targets without time left', async () => {
    const first = test.addQueue('First', '1==1');
    const second = test.addQueue('Second', '1==1');
    const workflow = test.addWorkflow({
      filters: [
        { expression: 'urgent != true', targets: [{ queue: test.queue.sid }] },
        {
          expression: 'urgent == true',
          targets: [
            { queue: first.sid, timeout: 10 },
            { queue: second.sid, timeout: 20 },
            { queue: test.queue.sid },
          ],
        },
      ],
    });
    const task = await test.addTask({}, { workflowSid: workflow.sid });
    test.advance(15_000);
    await test.rest.tasks(task.sid).update({ attributes: JSON.stringify({ urgent: true }) });
    test.advance();
    expect((await fetchTask(task.sid)).taskQueueFriendlyName).toBe('Second');

    test.advance(14_000);
    expect((await fetchTask(task.sid)).taskQueueFriendlyName).toBe('Second');
    test.advance(2_000);
    expect((await fetchTask(task.sid)).taskQueueFriendlyName).toBe('Everyone');
  });

  it('cancels a task that reaches a filter after all timeouts of that filter', async () => {
    const workflow = test.addWorkflow({
      filters: [{ expression: 'late == true', targets: [{ queue: test.queue.sid, timeout: 10 }] }],
      default_filter: { queue: test.queue.sid },
    });
    const task = await test.addTask({}, { workflowSid: workflow.sid });
    test.advance(11_000);
    await test.rest.tasks(task.sid).update({ attributes: JSON.stringify({ late: true }) });
    test.advance();

    expect(await fetchTask(task.sid)).toMatchObject({
      assignmentStatus: 'canceled',
      reason: 'Workflow timeout',
    });
  });

  it('keeps an offer when the attributes change, and restarts at the first filter when the offer ends', async () => {
    const alice = test.addWorker('alice');
    const empty = test.addQueue('Empty', '1==2');
    const workflow = test.addWorkflow({
      filters: [{ expression: 'deferred == true', targets: [{ queue: empty.sid }] }],
      default_filter: { queue: test.queue.sid },
    });
    const task = await test.addTask({}, { workflowSid: workflow.sid });
    await test.rest.tasks(task.sid).update({ attributes: JSON.stringify({ deferred: true }) });
    test.advance();
    expect(await fetchTask(task.sid)).toMatchObject({ taskQueueFriendlyName: 'Everyone' });
    expect(await test.reservations(task.sid)).toEqual(['alice pending']);

    await test.answer(alice, 'rejected');
    expect(await fetchTask(task.sid)).toMatchObject({
      taskQueueFriendlyName: 'Empty',
      assignmentStatus: 'pending',
    });
    expect(await test.reservations(task.sid)).toEqual(['alice rejected']);
  });

  it('cancels a pending offer when the target times out', async () => {
    const alice = test.addWorker('alice', { attributes: { team: 'a' } });
    test.addWorker('bob', { attributes: { team: 'b' } });
    const [a, b] = [test.addQueue('A', "team == 'a'"), test.addQueue('B', "team == 'b'")];
    const workflow = test.addWorkflow({
      filters: [{ expression: '1==1', targets: [{ queue: a.sid, timeout: 10 }, { queue: b.sid }] }],
    });
    const task = await test.addTask({}, { workflowSid: workflow.sid });

    test.advance(11_000);
    expect(await test.reservations(task.sid)).toEqual(['alice canceled', 'bob pending']);
    expect((await test.rest.workers(alice.sid).fetch()).activityName).toBe('Available');
  });

  it('keeps an accepted task assigned after the timeout of its target', async () => {
    const alice = test.addWorker('alice');
    const workflow = test.addWorkflow({
      filters: [{ expression: '1==1', targets: [{ queue: test.queue.sid, timeout: 10 }] }],
    });
    const task = await test.addTask({}, { workflowSid: workflow.sid, timeout: 60 });
    await test.answer(alice, 'accepted');

    test.advance(100_000);
    expect((await fetchTask(task.sid)).assignmentStatus).toBe('assigned');
  });

  it('skips a target whose skip_if is true', async () => {
    const empty = test.addQueue('Empty', "team == 'night'");
    test.addWorker('alice');
    test.addWorker('bob', { attributes: { team: 'night' }, activity: 'Offline' });
    const workflow = test.addWorkflow({
      filters: [
        { expression: '1==1', targets: [{ queue: empty.sid, skip_if: 'workers.available == 0' }] },
        { expression: '1==1', targets: [{ queue: test.queue.sid }] },
      ],
    });
    const task = await test.addTask({}, { workflowSid: workflow.sid });

    expect(await test.reservations(task.sid)).toEqual(['alice pending']);
  });

  it('cancels a task that no worker accepts within its timeout, and removes it five minutes later', async () => {
    const task = await test.addTask({}, { timeout: 60 });
    test.advance(61_000);
    expect(await fetchTask(task.sid)).toMatchObject({
      assignmentStatus: 'canceled',
      reason: 'Task TTL Exceeded',
    });

    test.advance(300_000);
    await expect(fetchTask(task.sid)).rejects.toMatchObject({ status: 404, code: 20404 });
  });

  it('orders workers by the attribute that the target names', async () => {
    test.addWorker('junior', { attributes: { routing: { level: 1 } } });
    test.addWorker('senior', { attributes: { routing: { level: 9 } } });
    test.addWorker('unknown');
    const workflow = test.addWorkflow({
      default_filter: { queue: test.queue.sid, order_by: 'worker.routing.level DESC' },
    });
    const [first, second, third] = [
      await test.addTask({}, { workflowSid: workflow.sid }),
      await test.addTask({}, { workflowSid: workflow.sid }),
      await test.addTask({}, { workflowSid: workflow.sid }),
    ];

    expect(await test.reservations(first.sid)).toEqual(['senior pending']);
    expect(await test.reservations(second.sid)).toEqual(['junior pending']);
    expect(await test.reservations(third.sid)).toEqual(['unknown pending']);
  });

  it('offers a task to several workers at once and rescinds the rest when one accepts', async () => {
    const queue = await test.rest.taskQueues.create({ friendlyName: 'Fast', maxReservedWorkers: 2 });
    const alice = test.addWorker('alice');
    test.addWorker('bob');
    test.addWorker('carol');
    const workflow = test.addWorkflow({ default_filter: { queue: queue.sid } });
    const task = await test.addTask({}, { workflowSid: workflow.sid });
    expect(await test.reservations(task.sid)).toEqual(['alice pending', 'bob pending']);

    await test.answer(alice, 'accepted');
    expect(await test.reservations(task.sid)).toEqual(['alice accepted', 'bob rescinded']);
  });

  it('offers a task with a routing target to that worker, even when they are offline', async () => {
    const bob = test.addWorker('bob', { activity: 'Offline' });
    test.addWorker('alice');
    const task = await test.rest.tasks.create({ routingTarget: bob.sid, taskChannel: 'chat' });
    test.advance();

    expect(await test.reservations(task.sid)).toEqual(['bob pending']);
  });

  it('routes a waiting task again when its attributes or a queue change', async () => {
    test.addWorker('alice');
    const queue = test.addQueue('Later', '1==2');
    const workflow = test.addWorkflow({
      filters: [{ expression: 'ready == true', targets: [{ queue: test.queue.sid }] }],
      default_filter: { queue: queue.sid },
    });
    const task = await test.addTask({}, { workflowSid: workflow.sid });
    expect(await test.reservations(task.sid)).toEqual([]);
    await test.rest.tasks(task.sid).update({ attributes: JSON.stringify({ ready: true }) });
    test.advance();
    expect(await test.reservations(task.sid)).toEqual(['alice pending']);

    const second = await test.addTask({}, { workflowSid: workflow.sid });
    test.addWorker('bob');
    await test.rest.taskQueues(queue.sid).update({ targetWorkers: '1==1' });
    test.advance();
    expect(await test.reservations(second.sid)).toEqual(['bob pending']);
  });
});
