import type { Reservation, Worker as SdkWorker, Task } from 'twilio-taskrouter';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, nextEvent } from '../test-waiting.js';
import { lookUp } from './state.js';
import { startTaskRouterFixture, type TaskRouterFixture } from './task-router-fixture.js';

describe('the worker SDK', () => {
  let test: TaskRouterFixture;
  beforeEach(async () => {
    test = await startTaskRouterFixture();
  });
  afterEach(() => test.close());

  /** Signs a worker in and accepts a task as that worker. */
  async function acceptTask(name = 'alice', options = {}) {
    const worker = test.addWorker(name);
    const sdk = await test.connect(worker, options);
    const offered = nextEvent<Reservation>(sdk, 'reservationCreated');
    const { sid: taskSid } = await test.addTask({ channelSid: 'CH1' });
    const reservation = await offered;
    const accepted = nextEvent(reservation, 'accepted');
    await reservation.accept();
    await accepted;
    return { worker, sdk, reservation, task: reservation.task, taskSid };
  }

  it('loads activities, channels and reservations at the start', async () => {
    const alice = test.addWorker('alice', { attributes: { full_name: 'Alice' }, capacity: 3 });
    const { sid } = await test.addTask({ a: 1 });
    const sdk = await test.connect(alice);

    expect(sdk).toMatchObject({ sid: alice.sid, name: 'alice', workspaceSid: test.workspace.sid });
    expect(sdk.attributes).toEqual({ full_name: 'Alice' });
    expect(sdk.activity.name).toBe('Available');
    expect([...sdk.activities.values()].map(({ name }) => name)).toEqual([
      'Offline',
      'Available',
      'Unavailable',
    ]);
    const chat = [...sdk.channels.values()].find(
      ({ taskChannelUniqueName }) => taskChannelUniqueName === 'chat',
    );
    expect(chat).toMatchObject({ capacity: 3, assignedTasks: 1 });
    expect([...sdk.reservations.values()].map(({ task }) => task.sid)).toEqual([sid]);
  });

  it('receives an offer, accepts it, wraps up and completes the task', async () => {
    const alice = test.addWorker('alice');
    const sdk = await test.connect(alice);
    const offered = nextEvent<Reservation>(sdk, 'reservationCreated');
    const { sid } = await test.addTask({ channelSid: 'CH1' });

    const reservation = await offered;
    expect(reservation).toMatchObject({ status: 'pending', timeout: 120 });
    expect(reservation.task).toMatchObject({ sid, status: 'reserved', queueName: 'Everyone' });
    expect(reservation.task.attributes).toEqual({ channelSid: 'CH1' });

    const updated = nextEvent<Task>(reservation.task, 'updated');
    await reservation.accept();
    expect(reservation.status).toBe('accepted');
    await updated;
    expect(reservation.task.status).toBe('assigned');

    const wrapup = nextEvent(reservation.task, 'wrapup');
    await reservation.wrap();
    await wrapup;
    expect([reservation.status, reservation.task.status]).toEqual(['wrapping', 'wrapping']);

    const completed = nextEvent<Task>(reservation.task, 'completed');
    await reservation.complete();
    expect((await completed).status).toBe('completed');
    expect(sdk.reservations.size).toBe(0);
    expect((await test.rest.tasks(sid).fetch()).assignmentStatus).toBe('completed');
  });

  it('rejects a task, which is then offered to another worker', async () => {
    const alice = test.addWorker('alice');
    test.advance(1000);
    const bob = test.addWorker('bob');
    const [sdkOfAlice, sdkOfBob] = [await test.connect(alice), await test.connect(bob)];
    const [offeredToAlice, offeredToBob] = [
      nextEvent<Reservation>(sdkOfAlice, 'reservationCreated'),
      nextEvent<Reservation>(sdkOfBob, 'reservationCreated'),
    ];
    const { sid } = await test.addTask();

    const reservation = await offeredToAlice;
    const rejected = nextEvent(reservation, 'rejected');
    await reservation.reject({ activitySid: test.activity('Unavailable').sid });
    await rejected;
    expect((await offeredToBob).task.sid).toBe(sid);
    await eventually(() => expect(sdkOfAlice.activity.name).toBe('Unavailable'));
  });

  it('receives the cancellation and the timeout of a reservation', async () => {
    const alice = test.addWorker('alice', { capacity: 2 });
    const sdk = await test.connect(alice);
    const offer = async () => {
      const offered = nextEvent<Reservation>(sdk, 'reservationCreated');
      await test.addTask();
      return offered;
    };
    const canceled = await offer();
    const cancellation = nextEvent(canceled, 'canceled');
    await test.rest
      .tasks(canceled.task.sid)
      .update({ assignmentStatus: 'canceled', reason: 'customer left' });
    await cancellation;
    await eventually(() => expect(canceled.task.status).toBe('canceled'));
    expect(canceled.task.reason).toBe('customer left');

    const late = await offer();
    const timeout = nextEvent(late, 'timeout');
    test.advance(121_000);
    await timeout;
    await eventually(() => expect(sdk.activity.name).toBe('Offline'));
    expect(sdk.reservations.size).toBe(0);
  });

  it('receives that a reservation is rescinded when another worker accepts first', async () => {
    const queue = await test.rest.taskQueues.create({ friendlyName: 'Fast', maxReservedWorkers: 2 });
    const workflow = test.addWorkflow({ default_filter: { queue: queue.sid } });
    const sdk = await test.connect(test.addWorker('alice'));
    const bob = test.addWorker('bob');
    const offered = nextEvent<Reservation>(sdk, 'reservationCreated');
    await test.addTask({}, { workflowSid: workflow.sid });
    const rescinded = nextEvent(await offered, 'rescinded');
    await test.answer(bob, 'accepted');
    await rescinded;
    expect(sdk.reservations.size).toBe(0);
  });

  it('receives updates of a task by others, and updates task and worker itself', async () => {
    const { task, taskSid, sdk } = await acceptTask();
    const updated = nextEvent<Task>(task, 'updated');
    await test.rest.tasks(taskSid).update({ attributes: JSON.stringify({ channelSid: 'CH1', note: 'hi' }) });
    expect((await updated).attributes).toEqual({ channelSid: 'CH1', note: 'hi' });

    await task.setAttributes({ channelSid: 'CH1', done: true });
    expect((await test.rest.tasks(taskSid).fetch()).attributes).toBe('{"channelSid":"CH1","done":true}');
    await sdk.setAttributes({ full_name: 'Alice A.' });
    expect((await test.rest.workers(sdk.sid).fetch()).attributes).toBe('{"full_name":"Alice A."}');
  });

  it('wraps up and completes through the task object', async () => {
    const { task, reservation, taskSid } = await acceptTask();
    const wrapup = nextEvent(reservation, 'wrapup');
    await task.wrapUp({ reason: 'all said' });
    await wrapup;
    await task.complete('done');

    expect(await test.rest.tasks(taskSid).fetch()).toMatchObject({
      assignmentStatus: 'completed',
      reason: 'done',
    });
  });

  it('changes the activity and rejects pending reservations when asked', async () => {
    const alice = test.addWorker('alice');
    const sdk = await test.connect(alice);
    const offered = nextEvent<Reservation>(sdk, 'reservationCreated');
    const { sid } = await test.addTask();
    const rejected = nextEvent(await offered, 'rejected');
    const offline = [...sdk.activities.values()].find(({ name }) => name === 'Offline');
    await offline?.setAsCurrent({ rejectPendingReservations: true });
    await rejected;

    expect(sdk.activity.name).toBe('Offline');
    expect(await test.reservations(sid)).toEqual(['alice rejected']);
  });

  it('receives the capacity and availability that an administrator sets', async () => {
    const alice = test.addWorker('alice');
    const sdk = await test.connect(alice);
    const chat = [...sdk.channels.values()].find(
      ({ taskChannelUniqueName }) => taskChannelUniqueName === 'chat',
    );
    if (chat === undefined) throw new Error('There is no chat channel');
    const channel = test.rest.workers(alice.sid).workerChannels('chat');
    const [resized, closed] = [nextEvent(chat, 'capacityUpdated'), nextEvent(chat, 'availabilityUpdated')];
    await channel.update({ capacity: 4 });
    await resized;
    await channel.update({ available: false });
    await closed;

    expect(chat).toMatchObject({ capacity: 4, available: false });
  });

  it('counts versions as the server does, so that its own updates pass the version check', async () => {
    const { sdk, task, reservation, worker } = await acceptTask('alice', { enableVersionCheck: true });
    await task.setAttributes({ step: 1 });
    await task.setAttributes({ step: 2 });
    await sdk.setAttributes({ step: 1 });
    test.taskRouter.setCapacity(worker, 'chat', 5);
    await eventually(() => expect(Number(sdk.version)).toBe(worker.version));
    const offered = nextEvent<Reservation>(sdk, 'reservationCreated');
    await test.addTask();
    await offered;
    await sdk.setAttributes({ step: 2 });
    await reservation.wrap();
    await reservation.complete();

    expect(Number(sdk.version)).toBe(worker.version);
  });

  it('is refused an update of an older version', async () => {
    const { task } = await acceptTask('alice', { enableVersionCheck: true });
    Object.defineProperty(task, 'version', { value: '0' });
    await expect(task.setAttributes({ late: true })).rejects.toThrow(/412/);
  });

  it('reconnects after a lost connection and loads the changes it missed', async () => {
    const { sdk, task, taskSid } = await acceptTask();
    const lost = nextEvent(sdk, 'disconnected');
    const ready = nextEvent(sdk, 'ready');
    for (const client of test.openSockets()) client.terminate();
    await lost;
    // Not by REST: the SDK could reconnect before the response.
    test.taskRouter.updateTask(lookUp(test.workspace, 'tasks', taskSid), {
      attributes: { changed: 'meanwhile' },
    });
    await ready;

    const [reservation] = [...sdk.reservations.values()];
    expect(reservation?.task.sid).toBe(task.sid);
    expect(reservation?.task.attributes).toEqual({ changed: 'meanwhile' });
    expect((await test.rest.workers(sdk.sid).fetch()).activityName).toBe('Available');
  });

  it('leaves a worker available for 30 seconds without a connection, and sets them offline after 70', async () => {
    const alice = test.addWorker('alice');
    const bob = test.addWorker('bob');
    const sdk = await test.connect(alice);
    const sdkOfBob = await test.connect(bob, { setWorkerOfflineIfDisconnected: false });
    sdk.disconnect();
    sdkOfBob.disconnect();
    await eventually(() => expect(test.openSockets()).toHaveLength(0));

    test.advance(30_000);
    expect(alice.activity.friendlyName).toBe('Available');
    test.advance(40_000);
    expect(alice.activity.friendlyName).toBe('Offline');
    expect(bob.activity.friendlyName).toBe('Available');
  });

  it('lists workers and queues in the order that Flex requests', async () => {
    const alice = test.addWorker('alice', { attributes: { team: 'a' } });
    test.advance(1000);
    test.addWorker('bob', { attributes: { team: 'b' } });
    test.advance(1000);
    test.addWorker('carol', { attributes: { team: 'a' } });
    test.addQueue('Second', "team == 'a'");
    const workspace = test.sdkWorkspace(alice);
    const names = (map: Map<string, { friendlyName?: string; name?: string }>) =>
      [...map.values()].map(({ friendlyName, name }) => friendlyName ?? name);

    const ordered = await workspace.fetchWorkersInfo({ MaxWorkers: 200, Ordering: 'DateStatusChanged:desc' });
    expect(names(ordered)).toEqual(['carol', 'bob', 'alice']);
    const teamA = await workspace.fetchWorkersInfo({
      MaxWorkers: 200,
      Ordering: 'DateStatusChanged:asc',
      TargetWorkersExpression: "team == 'a'",
    });
    expect(names(teamA)).toEqual(['alice', 'carol']);
    const queues = await workspace.fetchTaskQueues({ Ordering: 'DateUpdated:asc' });
    expect([...queues.values()].map(({ name }) => name)).toEqual(['Everyone', 'Second']);
    expect((await workspace.fetchTaskQueue(test.queue.sid)).name).toBe('Everyone');
    expect((await workspace.fetchWorkerInfo(alice.sid)).attributes).toEqual({ team: 'a' });
    const { sid } = await test.addTask({ a: 1 });
    expect((await workspace.fetchTask(sid)).attributes).toEqual({ a: 1 });
  });

  it('reads every page of a list', async () => {
    const alice = test.addWorker('alice');
    for (let number = 0; number < 7; number++) test.addQueue(`Queue ${number}`);
    const workspace = test.sdkWorkspace(alice, { pageSize: 3 });

    expect((await workspace.fetchTaskQueues()).size).toBe(8);
    expect((await workspace.fetchTaskQueues({ Ordering: 'DateUpdated:desc' })).size).toBe(8);
  });

  it("lets a supervisor set another worker's activity and attributes", async () => {
    const alice = test.addWorker('alice');
    const carol = test.addWorker('carol');
    const supervisor = await test.connectSupervisor(carol);
    const sdkOfAlice: SdkWorker = await test.connect(alice);
    const activityUpdated = nextEvent(sdkOfAlice, 'activityUpdated');
    await supervisor.setWorkerActivity(alice.sid, test.activity('Offline').sid);
    await supervisor.setWorkerAttributes(alice.sid, { seen: true });
    await activityUpdated;
    await eventually(() => expect(sdkOfAlice.attributes).toEqual({ seen: true }));
    expect(sdkOfAlice.activity.name).toBe('Offline');
  });

  it('is refused to monitor a chat, because monitoring is for calls', async () => {
    const { reservation, taskSid } = await acceptTask();
    const supervisor = await test.connectSupervisor(test.addWorker('carol', { activity: 'Offline' }));
    await expect(supervisor.monitor(taskSid, reservation.sid, {})).rejects.toThrow(/is for calls/);
    expect(await test.reservations(taskSid)).toEqual(['alice accepted']);
  });

  it('fetches the latest version of a reservation', async () => {
    const { reservation } = await acceptTask();
    expect(await reservation.fetchLatestVersion()).toMatchObject({
      sid: reservation.sid,
      status: 'accepted',
    });
  });

  it('creates a task that is offered to the worker', async () => {
    const alice = test.addWorker('alice');
    const sdk = await test.connect(alice);
    const offered = nextEvent<Reservation>(sdk, 'reservationCreated');
    const options = { attributes: { a: 1 }, taskChannelUniqueName: 'chat' };
    const sid = await sdk.createTask('+1', '+2', test.workflow.sid, test.queue.sid, options);

    const { task } = await offered;
    expect(task.sid).toBe(sid);
    expect(task.attributes).toMatchObject({ a: 1, outbound_to: '+1', from: '+2' });
  });
});
