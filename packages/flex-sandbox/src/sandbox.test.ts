import { Client } from '@twilio/conversations';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { restClient } from './rest-client.js';
import { type Sandbox, startSandbox } from './sandbox.js';
import { eventually } from './test-waiting.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

const workers = () => sandbox.snapshot().taskRouter.workers;

async function post(path: string, body: unknown) {
  const answer = await fetch(`${sandbox.url}/_sandbox/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  return answer.json();
}

/** Starts a chat for the customer, and says who is offered it. */
async function offerChat(customer: string): Promise<string | undefined> {
  const { flexFlow, channel } = restClient(sandbox.url).flexApi.v1;
  const [flow] = await flexFlow.list();
  const { taskSid } = await channel.create({
    flexFlowSid: flow?.sid ?? '',
    identity: customer,
    chatUserFriendlyName: customer,
    chatFriendlyName: customer,
  });
  return eventually(() => {
    const task = sandbox.snapshot().taskRouter.tasks.find(({ sid }) => sid === taskSid);
    expect(task?.reservations).toHaveLength(1);
    return task?.reservations[0]?.workerName;
  });
}

describe('the account out of the box', () => {
  it('has two agents who are ready and a supervisor who is not', () => {
    expect(workers()).toMatchObject([
      { friendlyName: 'alice', activityName: 'Available', attributes: { full_name: 'Alice Archer' } },
      { friendlyName: 'bob', activityName: 'Available', attributes: { contact_uri: 'client:bob' } },
      { friendlyName: 'carol', activityName: 'Offline', attributes: { roles: ['agent', 'supervisor'] } },
    ]);
  });

  it('has queues for everybody and for each skill', async () => {
    const { workspaces } = restClient(sandbox.url).taskrouter.v1;
    const [workspace] = await workspaces.list();
    const { taskQueues, activities } = workspaces(workspace?.sid ?? '');
    const queues = await taskQueues.list();
    expect(queues.map(({ friendlyName }) => friendlyName).toSorted()).toEqual([
      'Billing',
      'Everyone',
      'Support',
    ]);
    const names = (await activities.list()).map(({ friendlyName }) => friendlyName);
    expect(names).toEqual(expect.arrayContaining(['Offline', 'Available', 'Unavailable', 'Break']));
  });

  it('gives Alice three chats before it asks Bob', async () => {
    const offers = [];
    for (const customer of ['c1', 'c2', 'c3', 'c4']) offers.push(await offerChat(customer));
    expect(offers).toEqual(['alice', 'alice', 'alice', 'bob']);
  });

  it('says which origins its pages are served from', () => {
    const { port } = new URL(sandbox.url);
    expect(sandbox.origins()).toContain(`http://127.0.0.1:${port}`);
    expect(sandbox.origins()).toContain(new URL(sandbox.flexUrl('bob')).origin);
  });
});

describe('a request inside twilsock', () => {
  let client: Client | undefined;
  afterEach(async () => {
    // A client that is shut down in the middle of subscribing leaves a rejection that nobody can catch.
    await eventually(() => expect(sandbox.requests().map(({ path }) => path)).toContain('/v4/Subscriptions'));
    await client?.shutdown();
  });

  const connect = () => {
    const uri = `${sandbox.url.replace('http', 'ws')}/tsock.us1.twilio.com/v3/wsconnect`;
    const token = sandbox.state().tokens.issueChatToken('jane');
    client = new Client(token, { twilsock: { uri }, logLevel: 'silent' } as never);
    return client;
  };
  const initialized = (by: Client) => new Promise<void>((resolve) => by.on('initialized', resolve));

  it('is in the log like any other, with its user', async () => {
    await initialized(connect());
    expect(sandbox.requests()).toContainEqual(
      expect.objectContaining({ caller: 'user:jane', path: '/Client/v2/Configuration', status: 200 }),
    );
  });

  it('can be made to fail like any other, and the client asks again', async () => {
    await post('faults', { caller: 'user:jane', path: '/Client/v2/Configuration', status: 503 });
    await initialized(connect());
    const asked = sandbox.requests().filter(({ path }) => path === '/Client/v2/Configuration');
    expect(asked).toMatchObject([{ status: 503, fault: 'refused with 503' }, { status: 200 }]);
  });
});

describe('what the Teams view of a supervisor asks', () => {
  const query = async (index: string, queryString: string) => {
    const { token } = await post('tokens', { kind: 'flex', identity: 'carol' });
    const answer = await fetch(`${sandbox.url}/cds.us1.twilio.com/v3/Insights/${index}/Items`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`token:${token}`).toString('base64')}` },
      body: JSON.stringify({ query_string: queryString }),
    });
    return (await answer.json()).items;
  };

  it('is who there is and what they do', async () => {
    expect(await query('tr-worker', 'data.activity_name == "Available"')).toMatchObject([
      {
        data: {
          friendly_name: 'alice',
          worker_activity_available: true,
          attributes: { full_name: 'Alice Archer' },
        },
      },
      { data: { friendly_name: 'bob' } },
    ]);
  });

  it('is which chats a worker has', async () => {
    await offerChat('jane');
    const [alice] = workers();
    expect(await query('tr-reservation', `data.worker_sid == "${alice?.sid}"`)).toMatchObject([
      { data: { status: 'pending', queue_name: 'Support', attributes: { name: 'jane' } } },
    ]);
  });

  it('is which queues there are', async () => {
    expect(await query('tr-queue', 'data.queue_name == "Billing"')).toHaveLength(1);
  });
});

describe('a reset', () => {
  const workspaceAt = async (url: string) => {
    const { workspaces } = restClient(url).taskrouter.v1;
    const [workspace] = await workspaces.list();
    return workspaces(workspace?.sid ?? '');
  };

  it('leaves a request that is still on its way to the world that was asked', async () => {
    const { tasks } = await workspaceAt(sandbox.url);
    await post('faults', { method: 'POST', path: '/Tasks$', delayMs: 200 });
    const late = tasks.create({ attributes: '{}' });
    await eventually(() => expect(sandbox.requests().at(-1)?.path).toMatch(/Tasks$/));

    await sandbox.reset();

    await late;
    expect(sandbox.snapshot().taskRouter.tasks).toEqual([]);
  });

  it('gives what is set up its SIDs again, and a chat SIDs that no chat has had', async () => {
    await sandbox.close();
    sandbox = await startSandbox({
      seed: 'reset',
      setUp: async (url) => void (await (await workspaceAt(url)).taskQueues.create({ friendlyName: 'VIP' })),
    });
    const queueSids = new Set();
    const taskSids = new Set();
    for (let worlds = 1; worlds <= 3; worlds++) {
      await offerChat('jane');
      const [queue] = await (await workspaceAt(sandbox.url)).taskQueues.list({ friendlyName: 'VIP' });
      queueSids.add(queue?.sid);
      taskSids.add(sandbox.snapshot().taskRouter.tasks[0]?.sid);
      await sandbox.reset();
    }
    expect(queueSids.size).toBe(1);
    expect(taskSids.size).toBe(3);
  });
});

it('closes although somebody is connected', async () => {
  const other = await startSandbox();
  const socket = new WebSocket(`${other.url.replace('http', 'ws')}/tsock.us1.twilio.com/v3/wsconnect`);
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  const closed = new Promise((resolve) => socket.addEventListener('close', resolve));
  await other.close();
  await closed;
  await expect(fetch(other.url)).rejects.toThrow();
});
