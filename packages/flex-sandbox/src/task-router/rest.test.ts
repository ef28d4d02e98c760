import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SANDBOX_ACCOUNT } from '../account-credentials.js';
import { startTaskRouterFixture, type TaskRouterFixture } from './task-router-fixture.js';

const refusal = (status: number, code: number) => ({ status, code });

describe('the TaskRouter REST API', () => {
  let fixture: TaskRouterFixture;
  beforeEach(async () => {
    fixture = await startTaskRouterFixture();
  });
  afterEach(() => fixture.close());

  /** Creates a task that Alice has accepted. */
  async function createAssignedTask() {
    const alice = fixture.addWorker('alice');
    const task = await fixture.addTask();
    await fixture.answerOffer(alice, 'accepted');
    return { alice, task: fixture.rest.tasks(task.sid) };
  }

  describe('for tasks', () => {
    it('moves a task and its reservation through wrap-up to completed', async () => {
      const { task } = await createAssignedTask();
      expect((await task.fetch()).assignmentStatus).toBe('assigned');

      await task.update({ assignmentStatus: 'wrapping', reason: 'hung up' });
      expect(await fixture.reservations((await task.fetch()).sid)).toEqual(['alice wrapping']);
      const completed = await task.update({ assignmentStatus: 'completed' });
      expect(completed).toMatchObject({ assignmentStatus: 'completed', reason: 'hung up' });
      expect(await fixture.reservations(completed.sid)).toEqual(['alice completed']);
    });

    it('refuses a new status that the current status does not allow, with code 20001 and a reason', async () => {
      const pending = await fixture.addTask();
      const account = SANDBOX_ACCOUNT.accountSid;
      await expect(
        fixture.rest.tasks(pending.sid).update({ assignmentStatus: 'completed' }),
      ).rejects.toMatchObject({
        ...refusal(400, 20001),
        message: `Cannot complete task ${pending.sid} in workspace ${fixture.workspace.sid} for account ${account} because it is not currently assigned.`,
      });
      await fixture.rest.tasks(pending.sid).update({ assignmentStatus: 'canceled' });

      const { task } = await createAssignedTask();
      await expect(task.update({ assignmentStatus: 'canceled' })).rejects.toMatchObject({
        ...refusal(400, 20001),
        message: expect.stringContaining('because it is not pending or reserved'),
      });
      await task.update({ assignmentStatus: 'completed' });
      for (const assignmentStatus of ['wrapping', 'completed', 'canceled'] as const) {
        await expect(task.update({ assignmentStatus })).rejects.toMatchObject(refusal(400, 20001));
      }
      await expect(task.update({ assignmentStatus: 'nonsense' as 'pending' })).rejects.toMatchObject(
        refusal(400, 20001),
      );
    });

    it('updates attributes and status in one call, and neither when the status is refused', async () => {
      const { task } = await createAssignedTask();
      await expect(
        task.update({ assignmentStatus: 'canceled', attributes: '{"channelSid":"gone"}' }),
      ).rejects.toMatchObject(refusal(400, 20001));
      expect((await task.fetch()).attributes).toBe('{}');

      const completed = await task.update({ assignmentStatus: 'completed', attributes: '{"kept":1}' });
      expect(completed).toMatchObject({ assignmentStatus: 'completed', attributes: '{"kept":1}' });
    });

    it('refuses attributes that are not a JSON object', async () => {
      await expect(
        fixture.addTask().then(({ sid }) => fixture.rest.tasks(sid).update({ attributes: 'no' })),
      ).rejects.toMatchObject(refusal(400, 20001));
    });

    it('returns an ETag and refuses an update for an older version', async () => {
      const { sid } = await fixture.addTask();
      const response = await fixture.rest.tasks(sid).fetchWithHttpInfo();
      const etag = String(response.headers?.etag);
      await fixture.rest.tasks(sid).update({ attributes: '{"a":1}', ifMatch: etag });

      await expect(
        fixture.rest.tasks(sid).update({ attributes: '{"a":2}', ifMatch: etag }),
      ).rejects.toMatchObject(refusal(412, 20412));
      expect((await fixture.rest.tasks(sid).fetch()).attributes).toBe('{"a":1}');
      await fixture.rest.tasks(sid).update({ attributes: '{"a":3}' });
    });

    it('removes the reservations of a live task that is deleted', async () => {
      const { alice, task } = await createAssignedTask();
      expect(await task.remove()).toBe(true);

      await expect(task.fetch()).rejects.toMatchObject(refusal(404, 20404));
      expect(await fixture.rest.workers(alice.sid).reservations.list()).toEqual([]);
      const next = await fixture.addTask();
      expect(await fixture.reservations(next.sid)).toEqual(['alice pending']);
    });

    it('finds tasks by status, queue and attributes, over several pages', async () => {
      fixture.addWorker('alice');
      for (let number = 0; number < 5; number++)
        await fixture.addTask({ number, channelSid: `CH${number % 2}` });

      const pending = await fixture.rest.tasks.list({ assignmentStatus: ['pending'], pageSize: 3 });
      expect(pending).toHaveLength(4);
      expect(
        await fixture.rest.tasks.list({ assignmentStatus: ['pending', 'reserved'], pageSize: 2 }),
      ).toHaveLength(5);
      expect(await fixture.rest.tasks.list({ evaluateTaskAttributes: "channelSid == 'CH1'" })).toHaveLength(
        2,
      );
      expect(await fixture.rest.tasks.list({ taskQueueName: 'Everyone' })).toHaveLength(5);
      expect(await fixture.rest.tasks.list({ taskQueueName: 'Other' })).toEqual([]);
      const latest = await fixture.rest.tasks.list({ ordering: 'DateCreated:desc', limit: 1 });
      expect(latest).toHaveLength(1);
    });

    it('requires a workflow when the workspace has more than one', async () => {
      await fixture.rest.tasks.create({ taskChannel: 'chat' });
      fixture.addWorkflow({ default_filter: { queue: fixture.queue.sid } });

      await expect(fixture.rest.tasks.create({ taskChannel: 'chat' })).rejects.toMatchObject(
        refusal(400, 20001),
      );
      const params = { workflowSid: 'WW00000000000000000000000000000000' };
      await expect(fixture.rest.tasks.create(params)).rejects.toMatchObject(refusal(400, 20001));
    });
  });

  describe('for reservations', () => {
    it('wraps up and completes a task together with its only reservation', async () => {
      const { task } = await createAssignedTask();
      const { reservations } = fixture.rest.tasks((await task.fetch()).sid);
      const [{ sid } = { sid: '' }] = await reservations.list();
      await reservations(sid).update({ reservationStatus: 'wrapping' });
      expect((await task.fetch()).assignmentStatus).toBe('wrapping');
      await reservations(sid).update({ reservationStatus: 'completed' });
      expect((await task.fetch()).assignmentStatus).toBe('completed');
    });

    it('refuses a second accept, and an update for another version', async () => {
      fixture.addWorker('alice');
      const { sid } = await fixture.addTask();
      const [pending] = await fixture.rest.tasks(sid).reservations.list();
      const reservation = fixture.rest.tasks(sid).reservations(String(pending?.sid));
      await expect(
        reservation.update({ reservationStatus: 'accepted', ifMatch: '"7"' }),
      ).rejects.toMatchObject(refusal(412, 20412));
      await reservation.update({ reservationStatus: 'accepted', ifMatch: '"0"' });

      for (const reservationStatus of ['accepted', 'rejected'] as const) {
        await expect(reservation.update({ reservationStatus })).rejects.toMatchObject(refusal(400, 20001));
      }
    });

    it('sets the activity that a rejection names', async () => {
      const alice = fixture.addWorker('alice');
      await fixture.addTask();
      const reservations = fixture.rest.workers(alice.sid).reservations;
      const [pending] = await reservations.list();
      const workerActivitySid = fixture.activity('Unavailable').sid;
      await reservations(String(pending?.sid)).update({ reservationStatus: 'rejected', workerActivitySid });

      expect((await fixture.rest.workers(alice.sid).fetch()).activityName).toBe('Unavailable');
    });

    it('serves a reservation below its task and its worker, and below no other worker', async () => {
      const alice = fixture.addWorker('alice');
      const bob = fixture.addWorker('bob');
      const { sid } = await fixture.addTask();
      const [listed] = await fixture.rest.tasks(sid).reservations.list();
      const ofAlice = fixture.rest.workers(alice.sid).reservations;

      expect((await ofAlice(String(listed?.sid)).fetch()).taskSid).toBe(sid);
      const reservation = await fixture.rest.tasks(sid).reservations(String(listed?.sid)).fetch();
      expect(reservation.workerName).toBe('alice');
      await expect(
        fixture.rest.workers(bob.sid).reservations(String(listed?.sid)).fetch(),
      ).rejects.toMatchObject(refusal(404, 20404));
    });
  });

  describe('for workers', () => {
    it('finds workers by queue, activity and expression', async () => {
      const support = fixture.addQueue('Support', "routing.skills HAS 'support'");
      fixture.addWorker('alice', { attributes: { routing: { skills: ['support'] } } });
      fixture.addWorker('bob', { activity: 'Offline' });
      const names = async (params: object) =>
        (await fixture.rest.workers.list(params)).map((worker) => worker.friendlyName);

      expect(await names({ taskQueueSid: support.sid })).toEqual(['alice']);
      expect(await names({ taskQueueName: 'Support' })).toEqual(['alice']);
      expect(await names({ taskQueueName: 'No such queue' })).toEqual([]);
      expect(await names({ available: '0' })).toEqual(['bob']);
      expect(await names({ activityName: 'Available' })).toEqual(['alice']);
      expect(await names({ targetWorkersExpression: "friendly_name == 'bob'" })).toEqual(['bob']);
      expect(await names({ ordering: 'FriendlyName:desc' })).toEqual(['bob', 'alice']);
      await expect(names({ targetWorkersExpression: 'friendly_name ==' })).rejects.toMatchObject({
        status: 400,
      });
    });

    it('rejects pending reservations when the update to an unavailable activity requests it', async () => {
      const alice = fixture.addWorker('alice');
      const { sid } = await fixture.addTask();
      const rejectPendingReservations = true;
      await expect(
        fixture.rest
          .workers(alice.sid)
          .update({ activitySid: fixture.activity('Available').sid, rejectPendingReservations }),
      ).rejects.toMatchObject(refusal(400, 20001));
      await fixture.rest
        .workers(alice.sid)
        .update({ activitySid: fixture.activity('Offline').sid, rejectPendingReservations });

      expect(await fixture.reservations(sid)).toEqual(['alice rejected']);
    });

    it('refuses a second worker with the same name', async () => {
      await fixture.rest.workers.create({ friendlyName: 'alice' });
      await expect(fixture.rest.workers.create({ friendlyName: 'alice' })).rejects.toMatchObject(
        refusal(400, 20001),
      );
    });

    it('finds a worker channel by its own SID, and by the SID and unique name of the task channel', async () => {
      const alice = fixture.addWorker('alice', { capacity: 3 });
      const channels = fixture.rest.workers(alice.sid).workerChannels;
      const byName = await channels('chat').fetch();

      expect(byName.configuredCapacity).toBe(3);
      expect((await channels(byName.sid).fetch()).sid).toBe(byName.sid);
      expect((await channels(byName.taskChannelSid).fetch()).sid).toBe(byName.sid);
      expect((await channels('chat').update({ capacity: 0, available: false })).configuredCapacity).toBe(0);
      expect(await channels.list()).toHaveLength(6);
    });
  });

  describe('for the configuration', () => {
    it('creates a workspace with activities, task channels, queues and a workflow', async () => {
      const created = await fixture.client.taskrouter.v1.workspaces.create({ friendlyName: 'Second' });
      const workspace = fixture.client.taskrouter.v1.workspaces(created.sid);
      const queue = await workspace.taskQueues.create({ friendlyName: 'All' });
      const configuration = JSON.stringify({ task_routing: { default_filter: { queue: queue.sid } } });
      const workflow = await workspace.workflows.create({ friendlyName: 'Chat Transfer', configuration });
      const activity = await workspace.activities.create({ friendlyName: 'Lunch', available: false });
      await workspace.update({
        timeoutActivitySid: activity.sid,
        eventCallbackUrl: 'http://127.0.0.1:9/none',
      });

      expect(await workspace.fetch()).toMatchObject({
        defaultActivityName: 'Offline',
        timeoutActivityName: 'Lunch',
        eventCallbackUrl: 'http://127.0.0.1:9/none',
      });
      expect(await workspace.workflows.list({ friendlyName: 'Chat Transfer' })).toHaveLength(1);
      expect((await workspace.activities.list()).map(({ friendlyName }) => friendlyName)).toEqual([
        'Offline',
        'Available',
        'Unavailable',
        'Lunch',
      ]);
      expect((await workspace.taskChannels('chat').fetch()).uniqueName).toBe('chat');
      await workspace.workflows(workflow.sid).remove();
      await workspace.taskQueues(queue.sid).remove();
      expect(await workspace.remove()).toBe(true);
      await expect(workspace.fetch()).rejects.toMatchObject(refusal(404, 20404));
    });

    it.each([
      ['text that is not JSON', 'no JSON'],
      ['no task_routing', '{}'],
      ['an unknown queue', '{"task_routing":{"default_filter":{"queue":"WQ1"}}}'],
      ['an invalid filter expression', '{"task_routing":{"filters":[{"expression":"a ==","targets":[]}]}}'],
    ])('refuses a workflow with %s', async (_case, configuration) => {
      await expect(
        fixture.rest.workflows.create({ friendlyName: 'Bad', configuration }),
      ).rejects.toMatchObject({
        status: 400,
      });
    });

    it('creates, finds, updates and removes each kind of resource', async () => {
      const { workspaces } = fixture.client.taskrouter.v1;
      expect((await workspaces.list({ friendlyName: 'Support' })).map(({ sid }) => sid)).toEqual([
        fixture.workspace.sid,
      ]);

      const { sid: lunchSid } = await fixture.rest.activities.create({ friendlyName: 'Lunch' });
      await fixture.rest.activities(lunchSid).update({ friendlyName: 'Dinner' });
      expect(await fixture.rest.activities(lunchSid).fetch()).toMatchObject({ friendlyName: 'Dinner' });
      await fixture.rest.activities(lunchSid).remove();
      await expect(fixture.rest.activities(lunchSid).fetch()).rejects.toMatchObject(refusal(404, 20404));
      await expect(fixture.rest.activities(fixture.activity('Offline').sid).remove()).rejects.toMatchObject(
        refusal(400, 20001),
      );

      await fixture.rest.taskChannels.create({ friendlyName: 'Fax', uniqueName: 'fax' });
      await fixture.rest.taskChannels('fax').update({ friendlyName: 'Telefax' });
      const channels = (await fixture.rest.taskChannels.list()).map(({ friendlyName }) => friendlyName);
      expect(channels).toContain('Telefax');

      const { sid: queueSid } = await fixture.rest.taskQueues.create({ friendlyName: 'Night' });
      await fixture.rest.taskQueues(queueSid).update({ targetWorkers: '1==2' });
      expect(await fixture.rest.taskQueues(queueSid).fetch()).toMatchObject({ targetWorkers: '1==2' });
      expect(await fixture.rest.taskQueues.list({ friendlyName: 'Night' })).toHaveLength(1);

      await fixture.rest.workflows(fixture.workflow.sid).update({ taskReservationTimeout: 30 });
      expect(await fixture.rest.workflows(fixture.workflow.sid).fetch()).toMatchObject({
        taskReservationTimeout: 30,
      });

      const { sid: workerSid } = await fixture.rest.workers.create({ friendlyName: 'temp' });
      await fixture.rest.workers(workerSid).remove();
      await expect(fixture.rest.workers(workerSid).fetch()).rejects.toMatchObject(refusal(404, 20404));
    });

    it('refuses to remove a queue that a workflow names', async () => {
      await expect(fixture.rest.taskQueues(fixture.queue.sid).remove()).rejects.toMatchObject(
        refusal(400, 20001),
      );
    });
  });

  it('lists the events of a task, newest last', async () => {
    const { alice, task } = await createAssignedTask();
    const { sid } = await task.update({ assignmentStatus: 'completed' });
    const events = await fixture.rest.events.list({ taskSid: sid });

    expect(events.map((event) => event.eventType)).toEqual([
      'task.created',
      'workflow.entered',
      'workflow.target-matched',
      'task-queue.entered',
      'reservation.created',
      'reservation.accepted',
      'reservation.completed',
      'task.completed',
    ]);
    const accepted = await fixture.rest.events.list({
      eventType: 'reservation.accepted',
      workerSid: alice.sid,
    });
    expect(accepted).toHaveLength(1);
    expect(await fixture.rest.events(String(accepted[0]?.sid)).fetch()).toMatchObject({
      eventType: 'reservation.accepted',
      eventData: { worker_name: 'alice', task_sid: sid },
    });
  });

  it('refuses every caller except the account', async () => {
    const { protocol, host } = new URL(fixture.bridgeUrl);
    const url = `${protocol}//${host}/taskrouter.twilio.com/v1/Workspaces/${fixture.workspace.sid}/Tasks`;
    const fetchStatus = async (user: string, password: string) => {
      const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
      const response = await fetch(url, { headers: { authorization } });
      return [response.status, (await response.json()).code];
    };
    const { accountSid, apiKeySid, apiKeySecret } = SANDBOX_ACCOUNT;

    expect(await fetchStatus(apiKeySid, apiKeySecret)).toEqual([200, undefined]);
    expect(await fetchStatus(accountSid, 'wrong')).toEqual([401, 20003]);
    expect(await fetchStatus('token', fixture.tokenOf(fixture.addWorker('alice')))).toEqual([401, 20003]);
  });
});
