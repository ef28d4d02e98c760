import type { Reservation, Worker as SdkWorker, Task } from 'twilio-taskrouter';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, nextEvent } from '../test-waiting.js';
import { lookUp, type SetUpOutcome } from './state.js';
import { startTaskRouterFixture, type TaskRouterFixture } from './task-router-fixture.js';

describe('the worker SDK', () => {
  let fixture: TaskRouterFixture;
  beforeEach(async () => {
    fixture = await startTaskRouterFixture();
  });
  afterEach(() => fixture.close());

  /** Signs a worker in and accepts a task as that worker. */
  async function acceptTask(name = 'alice', options = {}) {
    const worker = fixture.addWorker(name);
    const sdk = await fixture.connect(worker, options);
    const offer = nextEvent<Reservation>(sdk, 'reservationCreated');
    const { sid: taskSid } = await fixture.addTask({ channelSid: 'CH1' });
    const reservation = await offer;
    const accepted = nextEvent(reservation, 'accepted');
    await reservation.accept();
    await accepted;
    return { worker, sdk, reservation, task: reservation.task, taskSid };
  }

  it('loads activities, channels and reservations at the start', async () => {
    const alice = fixture.addWorker('alice', { attributes: { full_name: 'Alice' }, capacity: 3 });
    const { sid } = await fixture.addTask({ a: 1 });
    const sdk = await fixture.connect(alice);

    expect(sdk).toMatchObject({ sid: alice.sid, name: 'alice', workspaceSid: fixture.workspace.sid });
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
    const alice = fixture.addWorker('alice');
    const sdk = await fixture.connect(alice);
    const offer = nextEvent<Reservation>(sdk, 'reservationCreated');
    const { sid } = await fixture.addTask({ channelSid: 'CH1' });

    const reservation = await offer;
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
    expect((await fixture.rest.tasks(sid).fetch()).assignmentStatus).toBe('completed');
  });

  it('rejects a task, which is then offered to another worker', async () => {
    const alice = fixture.addWorker('alice');
    fixture.advance(1000);
    const bob = fixture.addWorker('bob');
    const [sdkOfAlice, sdkOfBob] = [await fixture.connect(alice), await fixture.connect(bob)];
    const [offeredToAlice, offeredToBob] = [
      nextEvent<Reservation>(sdkOfAlice, 'reservationCreated'),
      nextEvent<Reservation>(sdkOfBob, 'reservationCreated'),
    ];
    const { sid } = await fixture.addTask();

    const reservation = await offeredToAlice;
    const rejected = nextEvent(reservation, 'rejected');
    await reservation.reject({ activitySid: fixture.activity('Unavailable').sid });
    await rejected;
    expect((await offeredToBob).task.sid).toBe(sid);
    await eventually(() => expect(sdkOfAlice.activity.name).toBe('Unavailable'));
  });

  it('receives the cancellation and the timeout of a reservation', async () => {
    const alice = fixture.addWorker('alice', { capacity: 2 });
    const sdk = await fixture.connect(alice);
    const offerTask = async () => {
      const offer = nextEvent<Reservation>(sdk, 'reservationCreated');
      await fixture.addTask();
      return offer;
    };
    const reservation = await offerTask();
    const cancellation = nextEvent(reservation, 'canceled');
    await fixture.rest
      .tasks(reservation.task.sid)
      .update({ assignmentStatus: 'canceled', reason: 'customer left' });
    await cancellation;
    await eventually(() => expect(reservation.task.status).toBe('canceled'));
    expect(reservation.task.reason).toBe('customer left');

    const unanswered = await offerTask();
    const timeout = nextEvent(unanswered, 'timeout');
    fixture.advance(121_000);
    await timeout;
    await eventually(() => expect(sdk.activity.name).toBe('Offline'));
    expect(sdk.reservations.size).toBe(0);
  });

  it('receives the acceptance when the set-up has ended, and that a set-up has failed', async () => {
    const alice = fixture.addWorker('alice');
    const sdk = await fixture.connect(alice);
    let outcome: SetUpOutcome = 'failed';
    fixture.taskRouter.setUpWorkers(() => ({ durationMs: 60_000, getOutcome: () => outcome }));
    const offer = nextEvent<Reservation>(sdk, 'reservationCreated');
    await fixture.addTask();
    const first = await offer;
    const failure = nextEvent(sdk, 'reservationFailed');
    await first.accept();
    expect(first.status).toBe('pending');

    const secondOffer = nextEvent<Reservation>(sdk, 'reservationCreated');
    fixture.advance(60_000);
    await failure;
    fixture.advance();
    const second = await secondOffer;
    outcome = 'accepted';
    await second.accept();
    fixture.advance(60_000);
    await eventually(() => expect(second.status).toBe('accepted'));
  });

  it('receives that a reservation is rescinded when another worker accepts first', async () => {
    const queue = await fixture.rest.taskQueues.create({ friendlyName: 'Fast', maxReservedWorkers: 2 });
    const workflow = fixture.addWorkflow({ default_filter: { queue: queue.sid } });
    const sdk = await fixture.connect(fixture.addWorker('alice'));
    const bob = fixture.addWorker('bob');
    const offer = nextEvent<Reservation>(sdk, 'reservationCreated');
    await fixture.addTask({}, { workflowSid: workflow.sid });
    const rescinded = nextEvent(await offer, 'rescinded');
    await fixture.answerOffer(bob, 'accepted');
    await rescinded;
    expect(sdk.reservations.size).toBe(0);
  });

  it('receives updates of a task, and updates tasks and workers', async () => {
    const { task, taskSid, sdk } = await acceptTask();
    const updated = nextEvent<Task>(task, 'updated');
    await fixture.rest
      .tasks(taskSid)
      .update({ attributes: JSON.stringify({ channelSid: 'CH1', note: 'hi' }) });
    expect((await updated).attributes).toEqual({ channelSid: 'CH1', note: 'hi' });

    await task.setAttributes({ channelSid: 'CH1', done: true });
    expect((await fixture.rest.tasks(taskSid).fetch()).attributes).toBe('{"channelSid":"CH1","done":true}');
    await sdk.setAttributes({ full_name: 'Alice A.' });
    expect((await fixture.rest.workers(sdk.sid).fetch()).attributes).toBe('{"full_name":"Alice A."}');
  });

  it('wraps up and completes through the task object', async () => {
    const { task, reservation, taskSid } = await acceptTask();
    const wrapup = nextEvent(reservation, 'wrapup');
    await task.wrapUp({ reason: 'solved' });
    await wrapup;
    await task.complete('done');

    expect(await fixture.rest.tasks(taskSid).fetch()).toMatchObject({
      assignmentStatus: 'completed',
      reason: 'done',
    });
  });

  it('changes the activity and, on request, rejects pending reservations', async () => {
    const alice = fixture.addWorker('alice');
    const sdk = await fixture.connect(alice);
    const offer = nextEvent<Reservation>(sdk, 'reservationCreated');
    const { sid } = await fixture.addTask();
    const rejected = nextEvent(await offer, 'rejected');
    const offline = [...sdk.activities.values()].find(({ name }) => name === 'Offline');
    await offline?.setAsCurrent({ rejectPendingReservations: true });
    await rejected;

    expect(sdk.activity.name).toBe('Offline');
    expect(await fixture.reservations(sid)).toEqual(['alice rejected']);
  });

  it('receives the capacity and availability that an administrator sets', async () => {
    const alice = fixture.addWorker('alice');
    const sdk = await fixture.connect(alice);
    const chat = [...sdk.channels.values()].find(
      ({ taskChannelUniqueName }) => taskChannelUniqueName === 'chat',
    );
    if (chat === undefined) throw new Error('There is no chat channel');
    const channel = fixture.rest.workers(alice.sid).workerChannels('chat');
    const capacityUpdated = nextEvent(chat, 'capacityUpdated');
    const availabilityUpdated = nextEvent(chat, 'availabilityUpdated');
    await channel.update({ capacity: 4 });
    await capacityUpdated;
    await channel.update({ available: false });
    await availabilityUpdated;

    expect(chat).toMatchObject({ capacity: 4, available: false });
  });

  it('counts versions as the server does, so that its own updates pass the version check', async () => {
    const { sdk, task, reservation, worker } = await acceptTask('alice', { enableVersionCheck: true });
    await task.setAttributes({ step: 1 });
    await task.setAttributes({ step: 2 });
    await sdk.setAttributes({ step: 1 });
    fixture.taskRouter.setCapacity(worker, 'chat', 5);
    await eventually(() => expect(Number(sdk.version)).toBe(worker.version));
    const offer = nextEvent<Reservation>(sdk, 'reservationCreated');
    await fixture.addTask();
    await offer;
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

  it('reconnects after a lost connection and loads the missed changes', async () => {
    const { sdk, task, taskSid } = await acceptTask();
    const disconnected = nextEvent(sdk, 'disconnected');
    const ready = nextEvent(sdk, 'ready');
    for (const socket of fixture.openSockets()) socket.terminate();
    await disconnected;
    // Not by REST: the SDK could reconnect before the response.
    fixture.taskRouter.updateTask(lookUp(fixture.workspace, 'tasks', taskSid), {
      attributes: { changed: 'meanwhile' },
    });
    await ready;

    const [reservation] = [...sdk.reservations.values()];
    expect(reservation?.task.sid).toBe(task.sid);
    expect(reservation?.task.attributes).toEqual({ changed: 'meanwhile' });
    expect((await fixture.rest.workers(sdk.sid).fetch()).activityName).toBe('Available');
  });

  it('by default keeps a worker available for 30 seconds without a connection, but not for 70', async () => {
    const alice = fixture.addWorker('alice');
    const bob = fixture.addWorker('bob');
    const sdk = await fixture.connect(alice);
    const sdkOfBob = await fixture.connect(bob, { setWorkerOfflineIfDisconnected: false });
    sdk.disconnect();
    sdkOfBob.disconnect();
    await eventually(() => expect(fixture.openSockets()).toHaveLength(0));

    fixture.advance(30_000);
    expect(alice.activity.friendlyName).toBe('Available');
    fixture.advance(40_000);
    expect(alice.activity.friendlyName).toBe('Offline');
    expect(bob.activity.friendlyName).toBe('Available');
  });

  it('lists workers and queues in the order that Flex requests', async () => {
    const alice = fixture.addWorker('alice', { attributes: { team: 'a' } });
    fixture.advance(1000);
    fixture.addWorker('bob', { attributes: { team: 'b' } });
    fixture.advance(1000);
    fixture.addWorker('carol', { attributes: { team: 'a' } });
    fixture.addQueue('Second', "team == 'a'");
    const workspace = fixture.sdkWorkspace(alice);
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
    expect((await workspace.fetchTaskQueue(fixture.queue.sid)).name).toBe('Everyone');
    expect((await workspace.fetchWorkerInfo(alice.sid)).attributes).toEqual({ team: 'a' });
    const { sid } = await fixture.addTask({ a: 1 });
    expect((await workspace.fetchTask(sid)).attributes).toEqual({ a: 1 });
  });

  it('reads every page of a list', async () => {
    const alice = fixture.addWorker('alice');
    for (let number = 0; number < 7; number++) fixture.addQueue(`Queue ${number}`);
    const workspace = fixture.sdkWorkspace(alice, { pageSize: 3 });

    expect((await workspace.fetchTaskQueues()).size).toBe(8);
    expect((await workspace.fetchTaskQueues({ Ordering: 'DateUpdated:desc' })).size).toBe(8);
  });

  it("lets a supervisor set another worker's activity and attributes", async () => {
    const alice = fixture.addWorker('alice');
    const carol = fixture.addWorker('carol');
    const supervisor = await fixture.connectSupervisor(carol);
    const sdkOfAlice: SdkWorker = await fixture.connect(alice);
    const activityUpdated = nextEvent(sdkOfAlice, 'activityUpdated');
    await supervisor.setWorkerActivity(alice.sid, fixture.activity('Offline').sid);
    await supervisor.setWorkerAttributes(alice.sid, { seen: true });
    await activityUpdated;
    await eventually(() => expect(sdkOfAlice.attributes).toEqual({ seen: true }));
    expect(sdkOfAlice.activity.name).toBe('Offline');
  });

  it('is refused to monitor a chat, because monitoring is for calls', async () => {
    const { reservation, taskSid } = await acceptTask();
    const supervisor = await fixture.connectSupervisor(fixture.addWorker('carol', { activity: 'Offline' }));
    await expect(supervisor.monitor(taskSid, reservation.sid, {})).rejects.toThrow(/is for calls/);
    expect(await fixture.reservations(taskSid)).toEqual(['alice accepted']);
  });

  it('fetches the latest version of a reservation', async () => {
    const { reservation } = await acceptTask();
    expect(await reservation.fetchLatestVersion()).toMatchObject({
      sid: reservation.sid,
      status: 'accepted',
    });
  });

  it('creates a task that is offered to the worker', async () => {
    const alice = fixture.addWorker('alice');
    const sdk = await fixture.connect(alice);
    const offer = nextEvent<Reservation>(sdk, 'reservationCreated');
    const options = { attributes: { a: 1 }, taskChannelUniqueName: 'chat' };
    const sid = await sdk.createTask('+1', '+2', fixture.workflow.sid, fixture.queue.sid, options);

    const { task } = await offer;
    expect(task.sid).toBe(sid);
    expect(task.attributes).toMatchObject({ a: 1, outbound_to: '+1', from: '+2' });
  });
});
