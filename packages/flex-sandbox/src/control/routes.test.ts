import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restClient } from '../rest-client.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../sandbox.js';
import { eventually } from '../test-waiting.js';

let sandbox: Sandbox;
let setUpCount: number;

const options: SandboxOptions = {
  seed: 'control',
  async setUp() {
    setUpCount++;
  },
};

beforeEach(async () => {
  setUpCount = 0;
  sandbox = await startSandbox(options);
});
afterEach(() => sandbox.close());

const control = (method: string, path: string, body?: unknown) =>
  fetch(`${sandbox.url}/_sandbox/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
const workspaces = () => restClient(sandbox.url).taskrouter.v1.workspaces;
const workspaceSid = async () => (await workspaces().list())[0]?.sid;

describe('a page of another site', () => {
  it('may call Twilio’s APIs, but not the control endpoints', async () => {
    const origin = 'https://elsewhere.example.com';
    const send = (method: string, path: string) => fetch(sandbox.url + path, { method, headers: { origin } });
    const allowedOrigin = async (method: string, path: string) =>
      (await send(method, path)).headers.get('access-control-allow-origin');

    expect(await allowedOrigin('OPTIONS', '/event-bridge.twilio.com/v1/wschannels')).toBe(origin);
    expect(await allowedOrigin('OPTIONS', '/_sandbox/tokens')).toBeNull();
    expect(await allowedOrigin('GET', '/_sandbox/state')).toBeNull();
  });
});

describe('GET /_sandbox/coverage', () => {
  it('lists endpoints with their evidence, and what is absent', async () => {
    const { endpoints, absent } = await (await control('GET', 'coverage')).json();
    expect(endpoints).toContainEqual(
      expect.objectContaining({ product: 'aim', template: '/Client/v1/Configuration', evidence: 'client' }),
    );
    expect(absent).toContainEqual({
      what: 'Studio',
      instead: 'Flex Flows with the task integration, and addresses that send every chat to Flex',
    });
  });
});

describe('a reset by HTTP', () => {
  it('removes created resources and keeps the SIDs of the seeded account', async () => {
    const before = await workspaceSid();
    await workspaces().create({ friendlyName: 'Another' });
    expect((await control('POST', 'reset')).status).toBe(204);
    expect(await workspaces().list()).toHaveLength(1);
    expect(await workspaceSid()).toBe(before);
  });

  it('runs setUp again', async () => {
    await control('POST', 'reset');
    expect(setUpCount).toBe(2);
  });

  it('invalidates the tokens of the previous account', async () => {
    const { token } = await (await control('POST', 'tokens', { kind: 'flex', identity: 'alice' })).json();
    await control('POST', 'reset');
    expect(sandbox.state().tokens.read(token)).toMatchObject({ ok: false });
  });

  it('replaces the workers by those of a seed', async () => {
    const response = await control('POST', 'seed', { workers: [{ name: 'dora', skills: { support: 1 } }] });
    const { taskRouter } = await response.json();
    expect(taskRouter.workers).toMatchObject([{ friendlyName: 'dora', activityName: 'Available' }]);
  });

  it('refuses an invalid seed and changes nothing', async () => {
    await workspaces().create({ friendlyName: 'Another' });
    const response = await control('POST', 'seed', { workers: [{ name: 'dora', activity: 'Dancing' }] });
    expect(response.status).toBe(400);
    expect(await workspaces().list()).toHaveLength(2);
    await control('POST', 'reset');
    expect(sandbox.snapshot().taskRouter.workers.map(({ friendlyName }) => friendlyName)).toContain('alice');
  });
});

describe('the Date header', () => {
  const HOUR_MS = 3_600_000;
  const secondsOf = (date: string | null | undefined) => Date.parse(date ?? '') / 1000;
  const nowSeconds = () => Math.floor(sandbox.state().clock.nowMs() / 1000);
  beforeEach(() => sandbox.state().clock.advance(3 * HOUR_MS));

  it('of an answer to the helper library is the sandbox’s time in whole seconds', async () => {
    const earliest = nowSeconds();
    const { headers } = await workspaces().pageWithHttpInfo();
    const { date } = Object.fromEntries(Object.entries(headers ?? {}));
    expect(date).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
    expect(secondsOf(date)).toBeGreaterThanOrEqual(earliest);
    expect(secondsOf(date)).toBeLessThanOrEqual(nowSeconds());
  });

  it('is the sandbox’s time on refusals, unknown endpoints and preflights too', async () => {
    await control('POST', 'faults', { path: '^/v1/Workspaces$', status: 503 });
    for (const [method, path] of [
      ['GET', '/taskrouter.twilio.com/v1/Workspaces'],
      ['GET', '/taskrouter.twilio.com/v1/Workspaces'],
      ['GET', '/video.twilio.com/v1/Rooms'],
      ['OPTIONS', '/taskrouter.twilio.com/v1/Workspaces'],
    ] as const) {
      const response = await fetch(sandbox.url + path, { method });
      expect(secondsOf(response.headers.get('date'))).toBeGreaterThan((Date.now() + 2 * HOUR_MS) / 1000);
    }
  });

  it('is on a reply that no HTTP server sends', async () => {
    const { clock, router } = sandbox.state();
    const reply = await router.dispatch({
      method: 'GET',
      host: 'taskrouter.twilio.com',
      path: '/v1/Workspaces',
      query: {},
      body: {},
      rawBody: Buffer.alloc(0),
      headers: {},
      caller: { kind: 'account' },
    });
    expect(reply.headers?.date).toBe(new Date(clock.nowMs()).toUTCString());
  });
});

describe('POST /_sandbox/clock', () => {
  it('advances the time', async () => {
    const { token } = await (await control('POST', 'tokens', { kind: 'chat', identity: 'jane' })).json();
    await control('POST', 'clock', { advanceMs: 3_600_001 });
    expect(sandbox.state().tokens.read(token)).toEqual({ ok: false, problem: 'expired' });
  });

  it.each([-1, '1e999', 'soon'])('refuses %s as advanceMs', async (advanceMs) => {
    expect((await control('POST', 'clock', { advanceMs })).status).toBe(400);
  });
});

describe('POST /_sandbox/tokens', () => {
  it('issues a Flex token with the worker and the roles', async () => {
    const session = await (await control('POST', 'tokens', { kind: 'flex', identity: 'carol' })).json();
    expect(session).toMatchObject({ identity: 'carol', roles: ['agent', 'supervisor'] });
    expect(sandbox.state().tokens.read(session.token)).toMatchObject({
      ok: true,
      claims: { kind: 'flex', workerSid: expect.stringMatching(/^WK/) },
    });
  });

  it.each(['flex', 'chat'])('issues a %s token that is valid as long as asked for', async (kind) => {
    const body = { kind, identity: 'alice', lifetimeMs: 90_000 };
    const { token } = await (await control('POST', 'tokens', body)).json();
    await control('POST', 'clock', { advanceMs: 89_000 });
    expect(sandbox.state().tokens.read(token)).toMatchObject({ ok: true });
    await control('POST', 'clock', { advanceMs: 1_000 });
    expect(sandbox.state().tokens.read(token)).toEqual({ ok: false, problem: 'expired' });
  });

  it.each([0, -1, 'soon', 90_000_000])('refuses %s as lifetimeMs', async (lifetimeMs) => {
    expect((await control('POST', 'tokens', { kind: 'flex', identity: 'alice', lifetimeMs })).status).toBe(
      400,
    );
  });

  it('responds 404 for a Flex user who is not a worker', async () => {
    expect((await control('POST', 'tokens', { kind: 'flex', identity: 'mallory' })).status).toBe(404);
  });
});

describe('a fault', () => {
  const listNames = async () => (await workspaces().list()).map(({ friendlyName }) => friendlyName);

  /** Another request is answered meanwhile. */
  async function expectToHang(outcome: Promise<unknown>): Promise<void> {
    await eventually(() => expect(sandbox.requests().some(({ method }) => method === 'POST')).toBe(true));
    const other = restClient(sandbox.url).flexApi.v1.flexFlow.list();
    expect(await Promise.race([outcome, other.then(() => 'still hanging')])).toBe('still hanging');
  }

  it('refuses as many requests as `times` says', async () => {
    await control('POST', 'faults', { method: 'POST', path: 'Workspaces$', status: 503, times: 2 });
    const create = () => workspaces().create({ friendlyName: 'x' });
    await expect(create()).rejects.toMatchObject({ status: 503 });
    await expect(create()).rejects.toMatchObject({ status: 503 });
    await expect(create()).resolves.toMatchObject({ friendlyName: 'x' });
  });

  it('sets the status and the code of the response', async () => {
    await control('POST', 'faults', { status: 429, code: 20429, message: 'Too many requests' });
    await expect(workspaces().list()).rejects.toMatchObject({ status: 429, code: 20429 });
  });

  it('drops the response after the effect', async () => {
    await control('POST', 'faults', { method: 'POST', drop: 'after' });
    await expect(workspaces().create({ friendlyName: 'lost' })).rejects.toThrow();
    expect((await workspaces().list()).map(({ friendlyName }) => friendlyName)).toContain('lost');
  });

  it('drops the request before the effect', async () => {
    await control('POST', 'faults', { method: 'POST', drop: 'before' });
    await expect(workspaces().create({ friendlyName: 'lost' })).rejects.toThrow();
    expect((await workspaces().list()).map(({ friendlyName }) => friendlyName)).not.toContain('lost');
  });

  it.each([true, 'before'])('never answers, without the effect, when hang is %s', async (hang) => {
    const { id } = await (await control('POST', 'faults', { method: 'POST', hang })).json();
    const create = workspaces().create({ friendlyName: 'lost' });
    const outcome = create.then(
      () => 'answered',
      () => 'no answer',
    );
    await expectToHang(outcome);
    await control('DELETE', 'faults', { id });
    expect(await outcome).toBe('no answer');
    expect(await listNames()).not.toContain('lost');
  });

  it('never answers, after the effect', async () => {
    await control('POST', 'faults', { method: 'POST', hang: 'after' });
    const outcome = workspaces()
      .create({ friendlyName: 'created' })
      .catch(() => 'no answer');
    await expectToHang(outcome);
    expect(await listNames()).toContain('created');
    await control('DELETE', 'faults');
    expect(await outcome).toBe('no answer');
    expect(sandbox.requests().find(({ method }) => method === 'POST')).toMatchObject({
      fault: 'never answered, hung after the effect',
    });
  });

  it.each([
    ['a reset', () => sandbox.reset()],
    ['close', () => sandbox.close()],
  ])('that never answers lets the request fail at %s', async (_, end) => {
    await control('POST', 'faults', { method: 'POST', hang: true });
    const outcome = workspaces()
      .create({ friendlyName: 'lost' })
      .catch(() => 'no answer');
    await expectToHang(outcome);
    await end();
    expect(await outcome).toBe('no answer');
  });

  it('responds with an error after the effect', async () => {
    await control('POST', 'faults', { method: 'POST', status: 404, code: 20404, refuse: 'after' });
    const create = workspaces().create({ friendlyName: 'created' });
    await expect(create).rejects.toMatchObject({ status: 404, code: 20404 });
    expect((await workspaces().list()).map(({ friendlyName }) => friendlyName)).toContain('created');
    expect(sandbox.requests()[0]).toMatchObject({ status: 404, fault: 'refused with 404 after the effect' });
  });

  it('delays only matching requests', async () => {
    await control('POST', 'faults', { host: '^taskrouter', delayMs: 200, times: null });
    await restClient(sandbox.url).flexApi.v1.flexFlow.list();
    await workspaces().list();
    const [flows, delayed] = sandbox.requests();
    expect(flows).not.toHaveProperty('fault');
    expect(delayed).toMatchObject({ host: 'taskrouter.twilio.com', fault: 'delayed 200 ms' });
    // Timers may fire slightly early.
    expect((delayed?.endMs ?? 0) - (delayed?.startMs ?? 0)).toBeGreaterThan(150);
  });

  it('affects only requests of its caller', async () => {
    await control('POST', 'faults', { caller: 'user:alice', status: 500 });
    await expect(workspaces().list()).resolves.toHaveLength(1);
  });

  it('has no effect after it is deleted', async () => {
    await control('POST', 'faults', { status: 500, times: null });
    await control('DELETE', 'faults');
    await expect(workspaces().list()).resolves.toHaveLength(1);
  });

  it.each([
    {},
    { status: 500, path: '(' },
    { delayMs: 'soon' },
    { drop: 'sometimes' },
    { hang: 'sometimes' },
    { hang: false },
    { status: 404, refuse: 'sometimes' },
    { delayMs: 1, refuse: 'after' },
    { status: 500, times: 0 },
  ])('is refused when it is invalid: %j', async (fault) => {
    expect((await control('POST', 'faults', fault)).status).toBe(400);
  });
});

describe('the request log', () => {
  const requests = async () => (await (await control('GET', 'requests')).json()).requests;

  it('records caller, endpoint and status', async () => {
    await workspaces().list();
    expect(await requests()).toMatchObject([
      {
        caller: 'account',
        method: 'GET',
        host: 'taskrouter.twilio.com',
        path: '/v1/Workspaces',
        status: 200,
      },
    ]);
  });

  it('marks an unknown endpoint, which gets Twilio’s 404', async () => {
    const response = await fetch(`${sandbox.url}/video.twilio.com/v1/Rooms`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 20404, status: 404 });
    expect(await requests()).toMatchObject([
      { host: 'video.twilio.com', unknownEndpoint: true, caller: 'anonymous' },
    ]);
  });

  it('marks an unknown endpoint in an event bridge envelope', async () => {
    const { token } = await (await control('POST', 'tokens', { kind: 'flex', identity: 'alice' })).json();
    const body = JSON.stringify({ url: 'v1/Nothing', method: 'GET', params: {}, token });
    await fetch(`${sandbox.url}/event-bridge.twilio.com/v1/wschannels`, { method: 'POST', body });
    expect(await requests()).toMatchObject([
      { host: 'event-bridge.twilio.com', status: 404, unknownEndpoint: true, wrapped: 'GET v1/Nothing' },
    ]);
  });

  it.each([
    'taskrouter.twilio.com/v1/Workspaces/WORKSPACE/TaskQueues/Unknown',
    'taskrouter.twilio.com/v1/Workspaces/WORKSPACE/Workers/Unknown',
    'taskrouter.twilio.com/v1/Workspaces/WORKSPACE/Workers/WK123',
    'taskrouter.twilio.com/v1/Workspaces/WORKSPACE/Tasks/Unknown/Reservations',
    'taskrouter.twilio.com/v1/Workspaces/Unknown',
    'flex-api.twilio.com/v1/Interactions/Unknown',
    'flex-api.twilio.com/v1/Channels/Unknown',
    'flex-api.twilio.com/v3/Instances/Unknown/TransferSettings',
    'mcs.us1.twilio.com/v1/Services/IS00000000000000000000000000000001/Media/Unknown',
  ])('marks a word where the path needs a SID: %s', async (path) => {
    const [workspace] = await workspaces().list();
    await control('DELETE', 'requests');
    const { accountSid, authToken } = sandbox.account;
    const response = await fetch(`${sandbox.url}/${path.replace('WORKSPACE', workspace?.sid ?? '')}`, {
      headers: { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
    });
    expect(await response.json()).toMatchObject({ code: 20404, status: 404 });
    expect(await requests()).toMatchObject([{ status: 404, unknownEndpoint: true }]);
  });

  it('does not mark a missing resource', async () => {
    await expect(
      workspaces()
        .get(`WS${'4'.repeat(32)}`)
        .fetch(),
    ).rejects.toMatchObject({ status: 404 });
    expect(await requests()).toMatchObject([{ status: 404, unknownEndpoint: false }]);
  });

  it('describes the applied fault', async () => {
    await control('POST', 'faults', { status: 503 });
    await expect(workspaces().list()).rejects.toThrow();
    expect(await requests()).toMatchObject([{ status: 503, fault: 'refused with 503' }]);
  });

  it('can be cleared', async () => {
    await workspaces().list();
    await control('DELETE', 'requests');
    expect(await requests()).toEqual([]);
  });
});

it('an unknown control endpoint responds 404', async () => {
  expect((await control('GET', 'nothing')).status).toBe(404);
});
