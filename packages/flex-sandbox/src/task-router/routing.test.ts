import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTaskRouterFixture, type TaskRouterFixture } from './task-router-fixture.js';

describe('routing', () => {
  let test: TaskRouterFixture;
  beforeEach(async () => {
    test = await startTaskRouterFixture();
  });
  afterEach(() => test.close());

  const fetchTask = (sid: string) => test.rest.tasks(sid).fetch();

  it('answers a new task as pending and offers it to a worker a moment later', async () => {
    test.addWorker('alice');
    const created = await test.rest.tasks.create({ workflowSid: test.workflow.sid, taskChannel: 'chat' });

    expect(created.assignmentStatus).toBe('pending');
    test.advance();
    expect((await fetchTask(created.sid)).assignmentStatus).toBe('reserved');
    expect(await test.reservations(created.sid)).toEqual(['alice pending']);
  });

  it('chooses the queue by the first filter that is true, and else the default', async () => {
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

  it('cancels a task that no filter takes', async () => {
    const workflow = test.addWorkflow({
      filters: [{ expression: '1==2', targets: [{ queue: test.queue.sid }] }],
    });
    const task = await test.addTask({}, { workflowSid: workflow.sid });

    expect(await fetchTask(task.sid)).toMatchObject({
      assignmentStatus: 'canceled',
      reason: 'Task did not match any workflow filter',
    });
  });

  it('offers a task to the known worker only, and waits while that one is away', async () => {
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
    const nobody = test.addQueue('Nobody', '1==2');
    const alice = test.addWorker('alice');
    const workflow = test.addWorkflow({
      default_filter: { queue: nobody.sid, known_worker_sid: 'task.wanted' },
    });
    const task = await test.addTask({ wanted: alice.sid }, { workflowSid: workflow.sid });

    expect(await test.reservations(task.sid)).toEqual([]);
  });

  it('leaves out the workers whom the target excludes', async () => {
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

  it('offers no more tasks of a kind than the worker has capacity for', async () => {
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

  it('serves the higher priority first, then the older task', async () => {
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

  it('offers a rejected task to the next worker, and to the same one when there is no other', async () => {
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

  it('moves a rejected task on even to a worker who was busy more lately', async () => {
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

  it('takes a worker who lets a reservation time out offline, and moves on', async () => {
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

  it('goes to the next target of the filter when the first one takes too long, and cancels after the last', async () => {
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

  it('counts the timeouts of a filter from the making of the task, and passes over what they leave no time for', async () => {
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

  it('cancels a task that comes to a filter when all of its time is over', async () => {
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

  it('leaves an offer alone when the attributes change, and starts at the first filter when it ends', async () => {
    const alice = test.addWorker('alice');
    const nobody = test.addQueue('Nobody', '1==2');
    const workflow = test.addWorkflow({
      filters: [{ expression: 'parked == true', targets: [{ queue: nobody.sid }] }],
      default_filter: { queue: test.queue.sid },
    });
    const task = await test.addTask({}, { workflowSid: workflow.sid });
    await test.rest.tasks(task.sid).update({ attributes: JSON.stringify({ parked: true }) });
    test.advance();
    expect(await fetchTask(task.sid)).toMatchObject({ taskQueueFriendlyName: 'Everyone' });
    expect(await test.reservations(task.sid)).toEqual(['alice pending']);

    await test.answer(alice, 'rejected');
    expect(await fetchTask(task.sid)).toMatchObject({
      taskQueueFriendlyName: 'Nobody',
      assignmentStatus: 'pending',
    });
    expect(await test.reservations(task.sid)).toEqual(['alice rejected']);
  });

  it('takes the offer back when the target times out while a worker is thinking', async () => {
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

  it('lets an accepted task stay past the timeout of its target', async () => {
    const alice = test.addWorker('alice');
    const workflow = test.addWorkflow({
      filters: [{ expression: '1==1', targets: [{ queue: test.queue.sid, timeout: 10 }] }],
    });
    const task = await test.addTask({}, { workflowSid: workflow.sid, timeout: 60 });
    await test.answer(alice, 'accepted');

    test.advance(100_000);
    expect((await fetchTask(task.sid)).assignmentStatus).toBe('assigned');
  });

  it('skips a target whose condition is true and has nobody', async () => {
    const empty = test.addQueue('Empty', "team == 'night'");
    test.addWorker('alice');
    test.addWorker('owl', { attributes: { team: 'night' }, activity: 'Offline' });
    const workflow = test.addWorkflow({
      filters: [
        { expression: '1==1', targets: [{ queue: empty.sid, skip_if: 'workers.available == 0' }] },
        { expression: '1==1', targets: [{ queue: test.queue.sid }] },
      ],
    });
    const task = await test.addTask({}, { workflowSid: workflow.sid });

    expect(await test.reservations(task.sid)).toEqual(['alice pending']);
  });

  it('cancels a task that nobody accepts within its timeout, and forgets it five minutes later', async () => {
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

  it('sends a task with a routing target straight to that worker, whatever they are doing', async () => {
    const bob = test.addWorker('bob', { activity: 'Offline' });
    test.addWorker('alice');
    const task = await test.rest.tasks.create({ routingTarget: bob.sid, taskChannel: 'chat' });
    test.advance();

    expect(await test.reservations(task.sid)).toEqual(['bob pending']);
  });

  it('routes a waiting task anew when its attributes, a queue or a workflow change', async () => {
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
