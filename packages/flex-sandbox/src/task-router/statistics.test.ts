/** Statistics through Twilio's helper library, computed from what workers and tasks have done. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTaskRouterFixture, type TaskRouterFixture } from './task-router-fixture.js';

let fixture: TaskRouterFixture;
beforeEach(async () => {
  fixture = await startTaskRouterFixture();
});
afterEach(() => fixture.close());

const advanceSeconds = (seconds: number) => fixture.sandbox.clock.advance(seconds * 1_000);

/** Alice accepts one task after 10 s and rejects another, which waits. Bob is offline. */
async function startWork() {
  const alice = fixture.addWorker('alice');
  const bob = fixture.addWorker('bob', { activity: 'Offline' });
  const accepted = await fixture.addTask({ n: 1 }, { priority: 5 });
  advanceSeconds(10);
  await fixture.answerOffer(alice, 'accepted');
  const waiting = await fixture.addTask({ n: 2 });
  advanceSeconds(20);
  return { alice, bob, accepted, waiting };
}

describe('the real-time statistics of a queue', () => {
  it('count its tasks and workers, and name the task that waits longest', async () => {
    const { waiting } = await startWork();
    const statistics = await fixture.rest.taskQueues(fixture.queue.sid).realTimeStatistics().fetch();
    expect(statistics).toMatchObject({
      taskQueueSid: fixture.queue.sid,
      workspaceSid: fixture.workspace.sid,
      totalTasks: 2,
      tasksByStatus: { pending: 1, reserved: 0, assigned: 1, wrapping: 0 },
      tasksByPriority: { 0: 1, 5: 1 },
      longestTaskWaitingSid: waiting.sid,
      longestRelativeTaskSidInQueue: waiting.sid,
      totalAvailableWorkers: 1,
      totalEligibleWorkers: 2,
    });
    expect(statistics.longestTaskWaitingAge).toBe(20);
    expect(statistics.longestRelativeTaskAgeInQueue).toBe(20);
    expect(statistics.activityStatistics).toMatchObject([
      { friendly_name: 'Offline', sid: fixture.activity('Offline').sid, workers: 1 },
      { friendly_name: 'Available', workers: 1 },
      { friendly_name: 'Unavailable', workers: 0 },
    ]);
  });

  it('have age 0 and no SID when no task waits', async () => {
    const statistics = await fixture.rest.taskQueues(fixture.queue.sid).realTimeStatistics().fetch();
    expect(statistics).toMatchObject({
      totalTasks: 0,
      longestTaskWaitingAge: 0,
      longestTaskWaitingSid: null,
    });
  });

  it('can be restricted to one task channel', async () => {
    await startWork();
    const read = async (taskChannel: string) =>
      (await fixture.rest.taskQueues(fixture.queue.sid).realTimeStatistics().fetch({ taskChannel }))
        .totalTasks;
    expect([await read('chat'), await read('voice')]).toEqual([2, 0]);
  });

  it('are read for several queues at once, but not for more than 50', async () => {
    await startWork();
    const empty = fixture.addQueue('Empty', '1==2');
    const response = await postBulk([fixture.queue.sid, empty.sid]);
    expect(response).toMatchObject({
      status: 200,
      body: {
        task_queue_response_count: 2,
        task_queue_data: [
          { task_queue_sid: fixture.queue.sid, total_tasks: 2 },
          { task_queue_sid: empty.sid, total_tasks: 0, total_eligible_workers: 0 },
        ],
      },
    });
    expect(await postBulk(Array(51).fill(empty.sid))).toMatchObject({ status: 400, body: { code: 20001 } });
  });
});

describe('the cumulative statistics of a queue', () => {
  it('count what happened in the last 15 minutes', async () => {
    const { alice, accepted } = await startWork();
    await fixture.rest.tasks(accepted.sid).update({ assignmentStatus: 'completed' });
    advanceSeconds(5);
    await fixture.answerOffer(alice, 'rejected');
    const read = () =>
      fixture.rest.taskQueues(fixture.queue.sid).cumulativeStatistics().fetch({ splitByWaitTime: '5,30' });
    expect(await read()).toMatchObject({
      reservationsCreated: 3,
      reservationsAccepted: 1,
      reservationsRejected: 1,
      reservationsTimedOut: 0,
      tasksEntered: 2,
      tasksCompleted: 1,
      tasksCanceled: 0,
      avgTaskAcceptanceTime: 10,
      waitDurationUntilAccepted: { avg: 10, min: 10, max: 10, total: 10 },
      splitByWaitTime: {
        5: { above: { reservations_accepted: 1 }, below: { reservations_accepted: 0 } },
        30: { above: { reservations_accepted: 0 }, below: { reservations_accepted: 1 } },
      },
    });
    const { endTime, startTime } = await read();
    expect(endTime.getTime() - startTime.getTime()).toBe(15 * 60_000);

    advanceSeconds(16 * 60);
    expect(await read()).toMatchObject({ tasksCompleted: 0, reservationsAccepted: 0 });
    const hour = await fixture.rest
      .taskQueues(fixture.queue.sid)
      .cumulativeStatistics()
      .fetch({ minutes: 60 });
    expect(hour.tasksCompleted).toBe(1);
  });

  it('are refused with 400/20001 for Minutes together with StartDate', async () => {
    const both = { minutes: 5, startDate: new Date(0) };
    const read = fixture.rest.taskQueues(fixture.queue.sid).cumulativeStatistics().fetch(both);
    await expect(read).rejects.toMatchObject({ status: 400, code: 20001 });
  });
});

describe('the statistics of all queues', () => {
  it('have one element for each queue, or for those with a name', async () => {
    await startWork();
    fixture.addQueue('Empty', '1==2');
    const all = await fixture.rest.taskQueues.statistics.list();
    expect(all).toMatchObject([
      { taskQueueSid: fixture.queue.sid, realtime: { total_tasks: 2 }, cumulative: { tasks_entered: 2 } },
      { realtime: { total_tasks: 0 }, cumulative: { tasks_entered: 0 } },
    ]);
    expect(await fixture.rest.taskQueues.statistics.list({ friendlyName: 'Empty' })).toHaveLength(1);
  });
});

describe('the statistics of workers', () => {
  it('count workers by activity, and what they did', async () => {
    const { alice } = await startWork();
    expect(await fixture.rest.workers.realTimeStatistics().fetch()).toMatchObject({
      totalWorkers: 2,
      activityStatistics: [
        { friendly_name: 'Offline', workers: 1 },
        { friendly_name: 'Available', workers: 1 },
        { friendly_name: 'Unavailable', workers: 0 },
      ],
    });
    expect(await fixture.rest.workers.cumulativeStatistics().fetch()).toMatchObject({
      reservationsCreated: 1,
      reservationsAccepted: 1,
    });
    const { realtime, cumulative } = await fixture.rest.workers
      .statistics()
      .fetch({ friendlyName: 'alice', taskQueueSid: fixture.queue.sid });
    expect(realtime).toMatchObject({ total_workers: 1 });
    expect(cumulative).toMatchObject({ reservations_accepted: 1 });
    const ofAlice = await fixture.rest.workers(alice.sid).statistics().fetch();
    expect(ofAlice).toMatchObject({ workerSid: alice.sid, cumulative: { reservations_accepted: 1 } });
  });

  it('measure how long a worker was in each activity', async () => {
    const alice = fixture.addWorker('alice');
    advanceSeconds(60);
    await fixture.rest.workers(alice.sid).update({ activitySid: fixture.activity('Offline').sid });
    advanceSeconds(30);
    const { activityDurations } = await fixture.rest.workers.cumulativeStatistics().fetch();
    expect(activityDurations).toMatchObject([
      { friendly_name: 'Offline', avg: 30, total: 30 },
      { friendly_name: 'Available', avg: 60, total: 60 },
      { friendly_name: 'Unavailable', avg: 0, total: 0 },
    ]);
  });
});

describe('the statistics of workflows and workspaces', () => {
  it('count their tasks', async () => {
    const { waiting } = await startWork();
    const { realtime, cumulative } = await fixture.rest.workflows(fixture.workflow.sid).statistics().fetch();
    expect(realtime).toMatchObject({ total_tasks: 2, longest_task_waiting_sid: waiting.sid });
    expect(cumulative).toMatchObject({ tasks_entered: 2, reservations_accepted: 1 });
    expect(await fixture.rest.workflows(fixture.workflow.sid).realTimeStatistics().fetch()).toMatchObject({
      workflowSid: fixture.workflow.sid,
      totalTasks: 2,
    });
    expect(await fixture.rest.workflows(fixture.workflow.sid).cumulativeStatistics().fetch()).toMatchObject({
      tasksEntered: 2,
    });
    expect(await fixture.rest.realTimeStatistics().fetch()).toMatchObject({ totalTasks: 2, totalWorkers: 2 });
    expect(await fixture.rest.cumulativeStatistics().fetch()).toMatchObject({ tasksCreated: 2 });
    const workspace = await fixture.rest.statistics().fetch();
    expect(workspace.realtime).toMatchObject({ total_tasks: 2 });
  });
});

describe('with a Flex token', () => {
  const PATHS = ['TaskQueues', 'TaskChannels', 'TaskQueues/Statistics', 'Workers/RealTimeStatistics'];

  it.each(PATHS)('a supervisor reads %s', async (path) => {
    const dora = fixture.addWorker('dora');
    const response = await getWithToken(path, fixture.tokenOf(dora, ['supervisor']));
    expect(response.status).toBe(200);
  });

  it.each(PATHS)('an agent does not read %s', async (path) => {
    expect((await getWithToken(path, fixture.tokenOf(fixture.addWorker('alice')))).status).toBe(403);
    expect((await getWithToken(path, 'no token')).status).toBe(401);
  });

  it('a supervisor changes nothing', async () => {
    const token = fixture.tokenOf(fixture.addWorker('dora'), ['supervisor']);
    expect((await getWithToken('Tasks', token)).status).toBe(401);
    expect((await getWithToken(`TaskQueues/${fixture.queue.sid}`, token, 'DELETE')).status).toBe(401);
  });
});

const workspaceUrl = () =>
  `${fixture.sandbox.url}/taskrouter.twilio.com/v1/Workspaces/${fixture.workspace.sid}`;

/** Sends the token as Flex's Queues view does. */
const getWithToken = (path: string, token: string, method = 'GET') =>
  fetch(`${workspaceUrl()}/${path}`, {
    method,
    headers: { authorization: `Basic ${btoa(`token:${token}`)}` },
  });

/** Without the helper library: it wraps the SIDs in a member `body`, which Twilio's documentation does not have. */
async function postBulk(sids: readonly string[]) {
  const { accountSid, authToken } = fixture.sandbox.account;
  const response = await fetch(`${workspaceUrl()}/TaskQueues/RealTimeStatistics`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ TaskQueueSids: sids }),
  });
  return { status: response.status, body: await response.json() };
}
