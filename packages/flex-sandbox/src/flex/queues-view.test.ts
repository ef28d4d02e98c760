/** The maps that Flex's Queues view reads, through Twilio's Sync client with the product that Flex names. */
import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restClient } from '../rest-client.js';
import { type Sandbox, startSandbox } from '../sandbox.js';
import { eventually } from '../test-waiting.js';

/** The part of twilio-sync that the tests use. The package's own types do not resolve from here. */
interface SyncClient {
  map(options: { readonly id: string; readonly mode: 'open_existing' }): Promise<SyncMap>;
  shutdown(): Promise<void>;
}
interface SyncMap {
  get(key: string): Promise<{ readonly data: unknown }>;
  on(event: 'itemUpdated', listener: (change: { readonly item: { readonly key: string } }) => void): void;
  set(key: string, data: unknown): Promise<unknown>;
}

let sandbox: Sandbox;
let clients: SyncClient[];
beforeEach(async () => {
  sandbox = await startSandbox();
  clients = [];
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.shutdown().catch(() => undefined)));
  await sandbox.close();
});

async function connect(worker: string, productId = 'flex_insights'): Promise<SyncClient> {
  const response = await fetch(`${sandbox.url}/_sandbox/tokens`, {
    method: 'POST',
    body: JSON.stringify({ kind: 'flex', identity: worker }),
  });
  const { token } = await response.json();
  const require = createRequire(createRequire(import.meta.url).resolve('@twilio/conversations'));
  const { SyncClient } = require('twilio-sync');
  const uri = `${sandbox.url.replace('http', 'ws')}/tsock.us1.twilio.com/v3/wsconnect`;
  const client = new SyncClient(token, { productId, twilsock: { uri }, logLevel: 'silent' });
  clients.push(client);
  return client;
}

async function findWorkspace() {
  const { workspaces } = restClient(sandbox.url).taskrouter.v1;
  const [{ sid } = { sid: '' }] = await workspaces.list();
  const workspace = workspaces(sid);
  const [support] = await workspace.taskQueues.list({ friendlyName: 'Support' });
  return { workspace, supportSid: support?.sid ?? '' };
}

const queueMap = (queueSid: string) =>
  ({ id: `${queueSid}.realtime_statistics.v1`, mode: 'open_existing' }) as const;

describe('the map of a queue', () => {
  it('holds its current tasks and workers', async () => {
    const { workspace, supportSid } = await findWorkspace();
    const task = await workspace.tasks.create({ taskChannel: 'chat', attributes: '{}' });
    sandbox.state().clock.advance(0);
    const map = await (await connect('carol')).map(queueMap(supportSid));

    const { data } = await map.get('tasks_now');
    const counts = {
      total_tasks: 1,
      reserved_tasks: 1,
      pending_tasks: 0,
      assigned_tasks: 0,
      wrapping_tasks: 0,
    };
    expect(data).toMatchObject({
      queue: { ...counts, longest_task_waiting_sid: task.sid, tasks_by_priority: { 0: 1 } },
      [task.taskChannelSid]: counts,
    });
    expect(data).toMatchObject({
      queue: { longest_task_waiting_from: expect.stringMatching(/^\d{4}-.*Z$/) },
    });
    expect((await map.get('worker_activities_statistics')).data).toMatchObject({
      total_available_workers: 2,
      total_eligible_workers: 2,
      longest_available_timestamp: expect.stringMatching(/^\d+$/),
    });
  });

  it('holds what was done in the last 30 minutes and today', async () => {
    const { workspace, supportSid } = await findWorkspace();
    const { clock } = sandbox.state();
    const task = await workspace.tasks.create({ taskChannel: 'chat', attributes: '{}' });
    clock.advance(10_000);
    const [reservation] = await workspace.tasks(task.sid).reservations.list();
    await workspace
      .tasks(task.sid)
      .reservations(reservation?.sid ?? '')
      .update({ reservationStatus: 'accepted' });
    clock.advance(60_000);
    await workspace.tasks(task.sid).update({ assignmentStatus: 'completed' });
    const lost = await workspace.tasks.create({ taskChannel: 'chat', attributes: '{}' });
    clock.advance(30_000);
    await workspace.tasks(lost.sid).update({ assignmentStatus: 'canceled' });

    const map = await (await connect('carol')).map(queueMap(supportSid));
    expect((await map.get('tasks_thirty_minutes')).data).toMatchObject({
      queue: {
        total_tasks_count: 2,
        handled_tasks_count: 1,
        abandoned_tasks_count: 1,
        abandoned_tasks_percentage: 50,
        handled_tasks_within_sl_threshold_count: 1,
        sla_percentage: 50,
        average_waiting_time: 10,
        average_abandon_time: 30,
        average_handle_time: 60,
      },
    });
  });

  it('is updated for a subscribed client when a task is created', async () => {
    const { workspace, supportSid } = await findWorkspace();
    const map = await (await connect('carol')).map(queueMap(supportSid));
    const updatedKeys = new Set<string>();
    map.on('itemUpdated', ({ item }) => updatedKeys.add(item.key));
    await map.get('tasks_now');
    await workspace.tasks.create({ taskChannel: 'chat', attributes: '{}' });
    await eventually(() => expect(updatedKeys).toContain('tasks_now'));
    expect((await map.get('tasks_now')).data).toMatchObject({ queue: { total_tasks: 1 } });
  });

  it('cannot be opened by an agent, or by another product', async () => {
    const { supportSid } = await findWorkspace();
    const asAgent = (await connect('alice')).map(queueMap(supportSid));
    await expect(asAgent).rejects.toMatchObject({ status: 403, code: 54007 });
    const asOtherProduct = (await connect('carol', 'data_sync')).map(queueMap(supportSid));
    await expect(asOtherProduct).rejects.toMatchObject({ status: 404, code: 54300 });
  });

  it('cannot be changed by a client', async () => {
    const { supportSid } = await findWorkspace();
    const map = await (await connect('carol')).map(queueMap(supportSid));
    await expect(map.set('tasks_now', {})).rejects.toMatchObject({ status: 403 });
  });

  it('of an unknown queue is reported with the message that Flex looks for', async () => {
    const unknown = (await connect('carol')).map(queueMap(`WQ${'0'.repeat(32)}`));
    await expect(unknown).rejects.toThrow('Unique name not found');
  });
});

describe('the map of the workspace', () => {
  it('counts all workers by activity', async () => {
    const map = await (await connect('carol')).map({ id: 'realtime_statistics_v1', mode: 'open_existing' });
    const { data } = await map.get('workspace');
    expect(data).toMatchObject({
      total_workers: 3,
      activity_statistics: expect.arrayContaining([
        expect.objectContaining({ friendly_name: 'Available', workers: 2 }),
        expect.objectContaining({ friendly_name: 'Offline', workers: 1 }),
      ]),
    });
  });
});
