import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import twilio from 'twilio';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SANDBOX_ACCOUNT } from '../account-credentials.js';
import { EVENTS } from '../coverage.js';
import { parseForm } from '../router.js';
import { eventually } from '../test-waiting.js';
import { startTaskRouterFixture, type TaskRouterFixture } from './task-router-fixture.js';

interface Received {
  readonly path: string;
  readonly signature: string;
  readonly form: Record<string, string>;
}

describe('startCallbacks', () => {
  let test: TaskRouterFixture;
  let server: Server;
  let url: string;
  let received: Received[];
  let answer: string;

  beforeEach(async () => {
    received = [];
    answer = '';
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      received.push({
        path: request.url ?? '',
        signature: String(request.headers['x-twilio-signature']),
        form: parseForm(Buffer.concat(chunks).toString('utf8')) as Record<string, string>,
      });
      response.writeHead(answer === '' ? 204 : 200, { 'content-type': 'application/json' });
      response.end(answer === '' ? undefined : answer);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    await test.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const types = () => received.map(({ form }) => form.EventType);

  it("posts every event to the event callback, in order, with a signature that Twilio's library accepts", async () => {
    const eventCallbackUrl = `${url}/events?source=taskrouter`;
    test = await startTaskRouterFixture({ eventCallbackUrl });
    const alice = test.addWorker('alice', { attributes: { full_name: 'Zoë & Co' } });
    const task = await test.addTask({ channelSid: 'CH1' });
    await test.answer(alice, 'accepted');
    await test.rest.tasks(task.sid).update({ assignmentStatus: 'completed', reason: 'all good' });

    await eventually(() => expect(types()).toContain('task.completed'));
    expect(types()).toEqual([
      'worker.created',
      'worker.capacity.update',
      'task.created',
      'workflow.entered',
      'workflow.target-matched',
      'task-queue.entered',
      'reservation.created',
      'reservation.accepted',
      'reservation.completed',
      'task.completed',
    ]);
    for (const { signature, form } of received) {
      expect(twilio.validateRequest(SANDBOX_ACCOUNT.authToken, signature, eventCallbackUrl, form)).toBe(true);
      expect(twilio.validateRequest('another token', signature, eventCallbackUrl, form)).toBe(false);
    }
    expect(new Set(received.map(({ form }) => form.Sid)).size).toBe(received.length);
    expect(received.at(-1)?.form).toMatchObject({
      AccountSid: SANDBOX_ACCOUNT.accountSid,
      WorkspaceSid: test.workspace.sid,
      ResourceType: 'task',
      ResourceSid: task.sid,
      TaskSid: task.sid,
      TaskAttributes: '{"channelSid":"CH1"}',
      TaskAssignmentStatus: 'completed',
      TaskCompletedReason: 'all good',
      TaskChannelUniqueName: 'chat',
      TaskQueueName: 'Everyone',
      WorkflowSid: test.workflow.sid,
    });
    expect(received.find(({ form }) => form.EventType === 'reservation.accepted')?.form).toMatchObject({
      ResourceType: 'reservation',
      ReservationSid: expect.stringMatching(/^WR/),
      WorkerSid: alice.sid,
      WorkerName: 'alice',
      WorkerAttributes: '{"full_name":"Zoë & Co"}',
      TaskSid: task.sid,
    });
  });

  it('shows a task as it was at the event, not as it is when the callback is sent', async () => {
    test = await startTaskRouterFixture({
      eventCallbackUrl: `${url}/`,
      eventsFilter: 'task.updated, task.canceled',
    });
    const task = await test.addTask();
    for (const number of [1, 2]) {
      await test.rest.tasks(task.sid).update({ attributes: JSON.stringify({ number }) });
    }
    await test.rest.tasks(task.sid).update({ assignmentStatus: 'canceled', reason: 'left' });

    await eventually(() => expect(received).toHaveLength(3));
    expect(types()).toEqual(['task.updated', 'task.updated', 'task.canceled']);
    expect(received.map(({ form }) => form.TaskAttributes)).toEqual([
      '{"number":1}',
      '{"number":2}',
      '{"number":2}',
    ]);
    expect(received[2]?.form.TaskCanceledReason).toBe('left');
  });

  it('sends the next event after one could not be delivered', async () => {
    const failures = vi.spyOn(console, 'error').mockImplementation(() => {});
    test = await startTaskRouterFixture({
      eventCallbackUrl: 'http://127.0.0.1:1/',
      eventsFilter: 'task.created',
    });
    await test.addTask();
    await eventually(() => expect(failures).toHaveBeenCalledTimes(1));
    failures.mockRestore();

    await test.client.taskrouter.v1
      .workspaces(test.workspace.sid)
      .update({ eventCallbackUrl: `${url}/second` });
    const task = await test.addTask();
    await eventually(() => expect(received).toHaveLength(1));
    expect(received[0]).toMatchObject({ path: '/second', form: { TaskSid: task.sid } });
  });

  it('sends every event type that the coverage list names, and no other', async () => {
    test = await startTaskRouterFixture({ eventCallbackUrl: `${url}/` });
    const alice = test.addWorker('alice', { capacity: 9 });
    const fast = await test.rest.taskQueues.create({ friendlyName: 'Fast', maxReservedWorkers: 2 });
    const empty = test.addQueue('Empty', '1==2');
    const toBoth = test.addWorkflow({ default_filter: { queue: fast.sid } }, 60);
    const toEmpty = test.addWorkflow({
      filters: [
        { expression: '1==1', targets: [{ queue: empty.sid, skip_if: 'workers.available == 0' }] },
        {
          expression: '1==1',
          targets: [
            { queue: test.queue.sid, expression: '1==2', timeout: 10 },
            { queue: empty.sid, timeout: 10 },
          ],
        },
      ],
    });

    const rejected = await test.addTask();
    await test.answer(alice, 'rejected');
    await test.rest.tasks(rejected.sid).update({ attributes: '{"n":1}' });
    await test.rest.tasks(rejected.sid).update({ assignmentStatus: 'canceled' });
    const bob = test.addWorker('bob', { capacity: 9 });
    const completed = await test.addTask({}, { workflowSid: toBoth.sid });
    await test.answer(bob, 'accepted');
    await test.rest.tasks(completed.sid).update({ assignmentStatus: 'wrapping' });
    await test.rest.tasks(completed.sid).update({ assignmentStatus: 'completed' });
    await test.rest.tasks(completed.sid).remove();
    await test.addTask({}, { workflowSid: toEmpty.sid });
    test.advance(30_000);
    await test.addTask({}, { workflowSid: toBoth.sid });
    test.advance(61_000);
    await test.rest.workers(bob.sid).update({ attributes: '{"n":1}' });
    await test.rest.workers(bob.sid).workerChannels('chat').update({ available: false });
    await test.rest.workers(bob.sid).remove();

    await eventually(() => expect(types()).toContain('worker.deleted'));
    const listed = EVENTS.filter(({ transport }) => transport === 'callback').flatMap(({ events }) => events);
    expect([...new Set(types())].sort()).toEqual([...listed].sort());
  });

  it.each([
    ['{"instruction":"accept"}', 'alice accepted'],
    ['{"instruction":"reject"}', 'alice rejected'],
  ])('applies %s from the response of the assignment callback', async (instruction, expected) => {
    answer = instruction;
    const assignmentCallbackUrl = `${url}/assignment`;
    test = await startTaskRouterFixture({ assignmentCallbackUrl });
    test.addWorker('alice');
    const task = await test.addTask({ a: 1 });

    await eventually(async () => expect((await test.reservations(task.sid))[0]).toBe(expected));
    const [first] = received;
    expect(first?.form).toMatchObject({ TaskSid: task.sid, WorkerName: 'alice', TaskAttributes: '{"a":1}' });
    expect(
      twilio.validateRequest(
        SANDBOX_ACCOUNT.authToken,
        String(first?.signature),
        assignmentCallbackUrl,
        first?.form ?? {},
      ),
    ).toBe(true);
    // Otherwise the rejected task is offered to the only worker again and again.
    answer = '';
  });
});
