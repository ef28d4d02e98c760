import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTaskRouterFixture, type TaskRouterFixture } from './task-router-fixture.js';

let fixture: TaskRouterFixture;
beforeEach(async () => {
  fixture = await startTaskRouterFixture();
});
afterEach(() => fixture.close());

describe('a target with a known worker', () => {
  const addWorkflow = () =>
    fixture.addWorkflow({
      filters: [
        {
          expression: '1==1',
          targets: [
            {
              queue: fixture.addQueue('VIP', "vip == 'yes'").sid,
              known_worker_sid: 'task.agentSid',
              timeout: 10,
            },
            { queue: fixture.queue.sid },
          ],
        },
      ],
    });
  const addTask = (agentSid?: string | null) =>
    fixture.addTask({ agentSid }, { workflowSid: addWorkflow().sid });
  const alerts = async () => {
    const list = await fixture.client.monitor.v1.alerts.list();
    return list.map(({ errorCode, resourceSid }) => `${errorCode} ${resourceSid}`);
  };

  it('reports 40152 for a worker who is not in the queue, and keeps the task until its timeout', async () => {
    const alice = fixture.addWorker('alice');
    const task = await addTask(alice.sid);
    expect(await alerts()).toEqual([`40152 ${task.sid}`]);
    expect(await fixture.reservations(task.sid)).toEqual([]);
    fixture.advance(10_000);
    fixture.advance();
    expect(await fixture.reservations(task.sid)).toEqual(['alice pending']);
  });

  it('reports 40155 for a worker who is not in the workspace', async () => {
    const task = await addTask('WK404');
    expect(await alerts()).toEqual([`40155 ${task.sid}`]);
  });

  it('reports nothing for a worker who is in the queue', async () => {
    await addTask(fixture.addWorker('alice', { attributes: { vip: 'yes' } }).sid);
    expect(await alerts()).toEqual([]);
  });

  it('reports nothing when the task has null', async () => {
    await addTask(null);
    expect(await alerts()).toEqual([]);
  });

  it('has alerts that can be fetched', async () => {
    await addTask('WK404');
    const [alert] = await fixture.client.monitor.v1.alerts.list();
    const fetched = await fixture.client.monitor.v1.alerts(alert?.sid ?? '').fetch();
    expect(fetched).toMatchObject({ alertText: 'Invalid Workspace for Known Worker', logLevel: 'error' });
    await expect(fixture.client.monitor.v1.alerts('NO404').fetch()).rejects.toMatchObject({ status: 404 });
  });
});
