import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
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
  const response = await fetch(`${sandbox.url}/_sandbox/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  return response.json();
}

/** Starts a chat and returns the name of the worker who is offered it. */
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

describe('the default account', () => {
  it('has two available agents and an offline supervisor', () => {
    expect(workers()).toMatchObject([
      { friendlyName: 'alice', activityName: 'Available', attributes: { full_name: 'Alice Archer' } },
      { friendlyName: 'bob', activityName: 'Available', attributes: { contact_uri: 'client:bob' } },
      { friendlyName: 'carol', activityName: 'Offline', attributes: { roles: ['agent', 'supervisor'] } },
    ]);
  });

  it('has a queue for all workers and one for each skill', async () => {
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

  it('offers Bob a chat only when Alice has three', async () => {
    const offers = [];
    for (const customer of ['c1', 'c2', 'c3', 'c4']) offers.push(await offerChat(customer));
    expect(offers).toEqual(['alice', 'alice', 'alice', 'bob']);
  });
});

describe('Sandbox.origins', () => {
  it('lists the origin of the sandbox and of each worker’s Flex', () => {
    const { port } = new URL(sandbox.url);
    expect(sandbox.origins()).toContain(`http://127.0.0.1:${port}`);
    expect(sandbox.origins()).toContain(new URL(sandbox.flexUrl('bob')).origin);
  });
});

describe('a request tunnelled in twilsock', () => {
  let client: Client | undefined;
  afterEach(async () => {
    // A client that shuts down while it subscribes leaves an unhandled rejection.
    await eventually(() => expect(sandbox.requests().map(({ path }) => path)).toContain('/v4/Subscriptions'));
    await client?.shutdown();
  });

  const connect = () => {
    const uri = `${sandbox.url.replace('http', 'ws')}/tsock.us1.twilio.com/v3/wsconnect`;
    const token = sandbox.state().tokens.issueChatToken('jane');
    client = new Client(token, { twilsock: { uri }, logLevel: 'silent' } as never);
    return client;
  };
  const waitUntilInitialized = (connecting: Client) =>
    new Promise<void>((resolve) => connecting.on('initialized', resolve));

  it('is logged with its user', async () => {
    await waitUntilInitialized(connect());
    expect(sandbox.requests()).toContainEqual(
      expect.objectContaining({ caller: 'user:jane', path: '/Client/v2/Configuration', status: 200 }),
    );
  });

  it('fails when a fault matches it, and the client retries', async () => {
    await post('faults', { caller: 'user:jane', path: '/Client/v2/Configuration', status: 503 });
    await waitUntilInitialized(connect());
    const attempts = sandbox.requests().filter(({ path }) => path === '/Client/v2/Configuration');
    expect(attempts).toMatchObject([{ status: 503, fault: 'refused with 503' }, { status: 200 }]);
  });
});

describe('the live query of the Teams view', () => {
  const query = async (index: string, queryString: string) => {
    const { token } = await post('tokens', { kind: 'flex', identity: 'carol' });
    const response = await fetch(`${sandbox.url}/cds.us1.twilio.com/v3/Insights/${index}/Items`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`token:${token}`).toString('base64')}` },
      body: JSON.stringify({ query_string: queryString }),
    });
    return (await response.json()).items;
  };

  it('lists workers with their activity', async () => {
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

  it('lists the reservations of a worker', async () => {
    await offerChat('jane');
    const [alice] = workers();
    expect(await query('tr-reservation', `data.worker_sid == "${alice?.sid}"`)).toMatchObject([
      { data: { status: 'pending', queue_name: 'Support', attributes: { name: 'jane' } } },
    ]);
  });

  it('lists queues', async () => {
    expect(await query('tr-queue', 'data.queue_name == "Billing"')).toHaveLength(1);
  });
});

describe('Sandbox.reset', () => {
  const workspaceAt = async (url: string) => {
    const { workspaces } = restClient(url).taskrouter.v1;
    const [workspace] = await workspaces.list();
    return workspaces(workspace?.sid ?? '');
  };

  it('lets a pending request finish on the account that received it', async () => {
    const { tasks } = await workspaceAt(sandbox.url);
    await post('faults', { method: 'POST', path: '/Tasks$', delayMs: 200 });
    const pending = tasks.create({ attributes: '{}' });
    await eventually(() => expect(sandbox.requests().at(-1)?.path).toMatch(/Tasks$/));

    await sandbox.reset();

    await pending;
    expect(sandbox.snapshot().taskRouter.tasks).toEqual([]);
  });

  it('repeats the SIDs of what setUp creates, but not those of chats', async () => {
    await sandbox.close();
    sandbox = await startSandbox({
      seed: 'reset',
      setUp: async (url) => void (await (await workspaceAt(url)).taskQueues.create({ friendlyName: 'VIP' })),
    });
    const queueSids = new Set();
    const taskSids = new Set();
    for (let resets = 0; resets < 3; resets++) {
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

describe('a request to the sandbox', () => {
  /** Sends a target unchanged, which fetch would normalize first. Resolves with the status. */
  const send = (path: string, host = '127.0.0.1') =>
    new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(sandbox.url, { path, headers: { host } }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode));
      });
      request.once('error', reject).end();
    });

  it.each([
    'evil.example.com',
    '127.0.0.1.evil.example.com',
    '127.0.0.1@evil.example.com',
    '127.0.0.1:99999',
  ])('is refused when it is for the host %s', async (host) => {
    expect(await send('/_sandbox/state', host)).toBe(400);
    expect(await send('/status.twilio.com/api/v2/summary.json', host)).toBe(400);
    expect(await send(`http://${host}/_sandbox/state`)).toBe(400);
  });

  it.each(['localhost:4010', 'alice.flex.localhost', '[::1]:4010'])(
    'is answered when it is for %s, in the Host header or in the target',
    async (host) => {
      expect(await send('/_sandbox/state', host)).toBe(200);
      expect(await send(`http://${host}/_sandbox/state`, 'elsewhere')).toBe(200);
    },
  );

  it.each(['//', '//[/x', '//evil.example.com/x'])(
    'is a request for a page when its path is %s',
    async (path) => {
      expect(await send(path)).toBe(404);
    },
  );

  it('for a socket does not end the process when its path is //', async () => {
    const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve).once('error', () => undefined));
    socket.write('GET // HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
    await closed;
    expect(await send('/_sandbox/state')).toBe(200);
  });
});

it('Sandbox.close ends open connections', async () => {
  const other = await startSandbox();
  const socket = new WebSocket(`${other.url.replace('http', 'ws')}/tsock.us1.twilio.com/v3/wsconnect`);
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  const closed = new Promise((resolve) => socket.addEventListener('close', resolve));
  await other.close();
  await closed;
  await expect(fetch(other.url)).rejects.toThrow();
});
