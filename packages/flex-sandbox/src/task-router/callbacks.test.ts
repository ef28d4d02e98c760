import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import twilio from 'twilio';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SANDBOX_ACCOUNT } from '../account-credentials.js';
import { EVENTS } from '../coverage.js';
import { parseForm } from '../router.js';
import { eventually } from '../test-waiting.js';
import { startTaskRouterFixture, type TaskRouterFixture } from './task-router-fixture.js';

interface ReceivedCallback {
  readonly path: string;
  readonly signature: string;
  readonly form: Record<string, string>;
}

describe('startCallbacks', () => {
  let fixture: TaskRouterFixture;
  let server: Server;
  let url: string;
  let callbacks: ReceivedCallback[];
  let responseBody: string;

  beforeEach(async () => {
    callbacks = [];
    responseBody = '';
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      callbacks.push({
        path: request.url ?? '',
        signature: String(request.headers['x-twilio-signature']),
        form: parseForm(Buffer.concat(chunks).toString('utf8')) as Record<string, string>,
      });
      response.writeHead(responseBody === '' ? 204 : 200, { 'content-type': 'application/json' });
      response.end(responseBody === '' ? undefined : responseBody);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    await fixture.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const types = () => callbacks.map(({ form }) => form.EventType);

  it("posts every event to the event callback, in order, with a signature that Twilio's library accepts", async () => {
    const eventCallbackUrl = `${url}/events?source=taskrouter`;
    fixture = await startTaskRouterFixture({ eventCallbackUrl });
    const alice = fixture.addWorker('alice', { attributes: { full_name: 'Zoë & Co' } });
    const task = await fixture.addTask({ channelSid: 'CH1' });
    await fixture.answerOffer(alice, 'accepted');
    await fixture.rest.tasks(task.sid).update({ assignmentStatus: 'completed', reason: 'all good' });

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
    for (const { signature, form } of callbacks) {
      expect(twilio.validateRequest(SANDBOX_ACCOUNT.authToken, signature, eventCallbackUrl, form)).toBe(true);
      expect(twilio.validateRequest('another token', signature, eventCallbackUrl, form)).toBe(false);
    }
    expect(new Set(callbacks.map(({ form }) => form.Sid)).size).toBe(callbacks.length);
    expect(callbacks.at(-1)?.form).toMatchObject({
      AccountSid: SANDBOX_ACCOUNT.accountSid,
      WorkspaceSid: fixture.workspace.sid,
      ResourceType: 'task',
      ResourceSid: task.sid,
      TaskSid: task.sid,
      TaskAttributes: '{"channelSid":"CH1"}',
      TaskAssignmentStatus: 'completed',
      TaskCompletedReason: 'all good',
      TaskChannelUniqueName: 'chat',
      TaskQueueName: 'Everyone',
      WorkflowSid: fixture.workflow.sid,
    });
    expect(callbacks.find(({ form }) => form.EventType === 'reservation.accepted')?.form).toMatchObject({
      ResourceType: 'reservation',
      ReservationSid: expect.stringMatching(/^WR/),
      WorkerSid: alice.sid,
      WorkerName: 'alice',
      WorkerAttributes: '{"full_name":"Zoë & Co"}',
      TaskSid: task.sid,
    });
  });

  it('sends a task as it was at the event, not as it is when the callback is sent', async () => {
    fixture = await startTaskRouterFixture({
      eventCallbackUrl: `${url}/`,
      eventsFilter: 'task.updated, task.canceled',
    });
    const task = await fixture.addTask();
    for (const number of [1, 2]) {
      await fixture.rest.tasks(task.sid).update({ attributes: JSON.stringify({ number }) });
    }
    await fixture.rest.tasks(task.sid).update({ assignmentStatus: 'canceled', reason: 'left' });

    await eventually(() => expect(callbacks).toHaveLength(3));
    expect(types()).toEqual(['task.updated', 'task.updated', 'task.canceled']);
    expect(callbacks.map(({ form }) => form.TaskAttributes)).toEqual([
      '{"number":1}',
      '{"number":2}',
      '{"number":2}',
    ]);
    expect(callbacks[2]?.form.TaskCanceledReason).toBe('left');
  });

  it('sends the next event after a failed callback', async () => {
    const logError = vi.spyOn(console, 'error').mockImplementation(() => {});
    fixture = await startTaskRouterFixture({
      eventCallbackUrl: 'http://127.0.0.1:1/',
      eventsFilter: 'task.created',
    });
    await fixture.addTask();
    await eventually(() => expect(logError).toHaveBeenCalledTimes(1));
    logError.mockRestore();

    await fixture.client.taskrouter.v1
      .workspaces(fixture.workspace.sid)
      .update({ eventCallbackUrl: `${url}/second` });
    const task = await fixture.addTask();
    await eventually(() => expect(callbacks).toHaveLength(1));
    expect(callbacks[0]).toMatchObject({ path: '/second', form: { TaskSid: task.sid } });
  });

  it('sends every event type that the coverage list names, and no other', async () => {
    fixture = await startTaskRouterFixture({ eventCallbackUrl: `${url}/` });
    const alice = fixture.addWorker('alice', { capacity: 9 });
    const fast = await fixture.rest.taskQueues.create({ friendlyName: 'Fast', maxReservedWorkers: 2 });
    const empty = fixture.addQueue('Empty', '1==2');
    const toBoth = fixture.addWorkflow({ default_filter: { queue: fast.sid } }, 60);
    const toEmpty = fixture.addWorkflow({
      filters: [
        { expression: '1==1', targets: [{ queue: empty.sid, skip_if: 'workers.available == 0' }] },
        {
          expression: '1==1',
          targets: [
            { queue: fixture.queue.sid, expression: '1==2', timeout: 10 },
            { queue: empty.sid, timeout: 10 },
          ],
        },
      ],
    });

    const rejected = await fixture.addTask();
    await fixture.answerOffer(alice, 'rejected');
    await fixture.rest.tasks(rejected.sid).update({ attributes: '{"n":1}' });
    fixture.taskRouter.setUpWorkers(() => ({ durationMs: 0, getOutcome: () => 'failed' }));
    await fixture.answerOffer(alice, 'accepted');
    fixture.taskRouter.setUpWorkers(() => undefined);
    await fixture.rest.tasks(rejected.sid).update({ assignmentStatus: 'canceled' });
    fixture.advance(300_000);
    const bob = fixture.addWorker('bob', { capacity: 9 });
    const completed = await fixture.addTask({}, { workflowSid: toBoth.sid });
    await fixture.answerOffer(bob, 'accepted');
    await fixture.rest.tasks(completed.sid).update({ assignmentStatus: 'wrapping' });
    await fixture.rest.tasks(completed.sid).update({ assignmentStatus: 'completed' });
    await fixture.rest.tasks(completed.sid).remove();
    await fixture.addTask({}, { workflowSid: toEmpty.sid });
    fixture.advance(30_000);
    await fixture.addTask({}, { workflowSid: toBoth.sid });
    fixture.advance(61_000);
    await fixture.rest.workers(bob.sid).update({ attributes: '{"n":1}' });
    await fixture.rest.workers(bob.sid).workerChannels('chat').update({ available: false });
    await fixture.rest.workers(bob.sid).remove();

    await eventually(() => expect(types()).toContain('worker.deleted'));
    const listedTypes = EVENTS.filter(({ transport }) => transport === 'callback').flatMap(
      ({ events }) => events,
    );
    expect([...new Set(types())].sort()).toEqual([...listedTypes].sort());
  });

  it.each([
    ['{"instruction":"accept"}', 'alice accepted'],
    ['{"instruction":"reject"}', 'alice rejected'],
  ])('applies %s from the response of the assignment callback', async (instruction, expected) => {
    responseBody = instruction;
    const assignmentCallbackUrl = `${url}/assignment`;
    fixture = await startTaskRouterFixture({ assignmentCallbackUrl });
    fixture.addWorker('alice');
    const task = await fixture.addTask({ a: 1 });

    await eventually(async () => expect((await fixture.reservations(task.sid))[0]).toBe(expected));
    const [callback] = callbacks;
    expect(callback?.form).toMatchObject({
      TaskSid: task.sid,
      WorkerName: 'alice',
      TaskAttributes: '{"a":1}',
    });
    expect(
      twilio.validateRequest(
        SANDBOX_ACCOUNT.authToken,
        String(callback?.signature),
        assignmentCallbackUrl,
        callback?.form ?? {},
      ),
    ).toBe(true);
    // Otherwise the only worker gets and rejects the task again and again.
    responseBody = '';
  });
});
