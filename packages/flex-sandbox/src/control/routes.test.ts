import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restClient } from '../rest-client.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../sandbox.js';

let sandbox: Sandbox;
let setUps: number;

const options: SandboxOptions = {
  seed: 'control',
  async setUp() {
    setUps++;
  },
};

beforeEach(async () => {
  setUps = 0;
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

describe('another site’s page', () => {
  it('may call Twilio’s APIs, and neither call nor read what is the sandbox’s own', async () => {
    const origin = 'https://elsewhere.example.com';
    const ask = (method: string, path: string) => fetch(sandbox.url + path, { method, headers: { origin } });
    const allowed = async (method: string, path: string) =>
      (await ask(method, path)).headers.get('access-control-allow-origin');

    expect(await allowed('OPTIONS', '/event-bridge.twilio.com/v1/wschannels')).toBe(origin);
    expect(await allowed('OPTIONS', '/_sandbox/tokens')).toBeNull();
    expect(await allowed('GET', '/_sandbox/state')).toBeNull();
  });
});

describe('the coverage', () => {
  it('tells what is answered, how sure that is, and what is not there', async () => {
    const { endpoints, absent } = await (await control('GET', 'coverage')).json();
    expect(endpoints).toContainEqual(
      expect.objectContaining({ product: 'aim', template: '/Client/v1/Configuration', evidence: 'client' }),
    );
    expect(absent).toContainEqual({
      what: 'Studio',
      instead: 'Flex Flows with the task integration, and addresses that send to Flex at once',
    });
  });
});

describe('starting over', () => {
  it('forgets what was made and keeps the identifiers of what was there from the start', async () => {
    const before = await workspaceSid();
    await workspaces().create({ friendlyName: 'Another' });
    expect((await control('POST', 'reset')).status).toBe(204);
    expect(await workspaces().list()).toHaveLength(1);
    expect(await workspaceSid()).toBe(before);
  });

  it('sets the account up again', async () => {
    await control('POST', 'reset');
    expect(setUps).toBe(2);
  });

  it('invalidates every token, as they belong to the account that is gone', async () => {
    const { token } = await (await control('POST', 'tokens', { kind: 'flex', identity: 'alice' })).json();
    await control('POST', 'reset');
    expect(sandbox.state().tokens.read(token)).toMatchObject({ ok: false });
  });

  it('takes other people when asked to', async () => {
    const answer = await control('POST', 'seed', { workers: [{ name: 'dora', skills: { support: 1 } }] });
    const { taskRouter } = await answer.json();
    expect(taskRouter.workers).toMatchObject([{ friendlyName: 'dora', activityName: 'Available' }]);
  });

  it('refuses an account that cannot be made, and leaves everything as it was', async () => {
    await workspaces().create({ friendlyName: 'Another' });
    const answer = await control('POST', 'seed', { workers: [{ name: 'dora', activity: 'Dancing' }] });
    expect(answer.status).toBe(400);
    expect(await workspaces().list()).toHaveLength(2);
    await control('POST', 'reset');
    expect(sandbox.snapshot().taskRouter.workers.map(({ friendlyName }) => friendlyName)).toContain('alice');
  });
});

describe('the clock', () => {
  it('moves ahead, and what falls due on the way happens', async () => {
    const { token } = await (await control('POST', 'tokens', { kind: 'chat', identity: 'jane' })).json();
    await control('POST', 'clock', { advanceMs: 3_600_001 });
    expect(sandbox.state().tokens.read(token)).toEqual({ ok: false, problem: 'expired' });
  });

  it.each([-1, '1e999', 'soon'])('does not go back, for ever or nowhere: %s', async (advanceMs) => {
    expect((await control('POST', 'clock', { advanceMs })).status).toBe(400);
  });
});

describe('tokens', () => {
  it('names the worker and the roles in a Flex token', async () => {
    const session = await (await control('POST', 'tokens', { kind: 'flex', identity: 'carol' })).json();
    expect(session).toMatchObject({ identity: 'carol', roles: ['agent', 'supervisor'] });
    expect(sandbox.state().tokens.read(session.token)).toMatchObject({
      ok: true,
      claims: { kind: 'flex', workerSid: expect.stringMatching(/^WK/) },
    });
  });

  it('gives none to somebody who is not a worker', async () => {
    expect((await control('POST', 'tokens', { kind: 'flex', identity: 'mallory' })).status).toBe(404);
  });
});

describe('faults', () => {
  it('refuse as many requests as they were made for, then no more', async () => {
    await control('POST', 'faults', { method: 'POST', path: 'Workspaces$', status: 503, times: 2 });
    const create = () => workspaces().create({ friendlyName: 'x' });
    await expect(create()).rejects.toMatchObject({ status: 503 });
    await expect(create()).rejects.toMatchObject({ status: 503 });
    await expect(create()).resolves.toMatchObject({ friendlyName: 'x' });
  });

  it('answer with the code that was asked for', async () => {
    await control('POST', 'faults', { status: 429, code: 20429, message: 'Too many requests' });
    await expect(workspaces().list()).rejects.toMatchObject({ status: 429, code: 20429 });
  });

  it('lose the answer after the effect has happened', async () => {
    await control('POST', 'faults', { method: 'POST', drop: 'after' });
    await expect(workspaces().create({ friendlyName: 'lost' })).rejects.toThrow();
    expect((await workspaces().list()).map(({ friendlyName }) => friendlyName)).toContain('lost');
  });

  it('lose the request before anything happens', async () => {
    await control('POST', 'faults', { method: 'POST', drop: 'before' });
    await expect(workspaces().create({ friendlyName: 'lost' })).rejects.toThrow();
    expect((await workspaces().list()).map(({ friendlyName }) => friendlyName)).not.toContain('lost');
  });

  it('answer with an error although the effect has happened', async () => {
    await control('POST', 'faults', { method: 'POST', status: 404, code: 20404, refuse: 'after' });
    const create = workspaces().create({ friendlyName: 'there' });
    await expect(create).rejects.toMatchObject({ status: 404, code: 20404 });
    expect((await workspaces().list()).map(({ friendlyName }) => friendlyName)).toContain('there');
    expect(sandbox.requests()[0]).toMatchObject({ status: 404, fault: 'refused with 404 after the effect' });
  });

  it('delay what matches and nothing else', async () => {
    await control('POST', 'faults', { host: '^taskrouter', delayMs: 200, times: null });
    await restClient(sandbox.url).flexApi.v1.flexFlow.list();
    await workspaces().list();
    const [flows, delayed] = sandbox.requests();
    expect(flows).not.toHaveProperty('fault');
    expect(delayed).toMatchObject({ host: 'taskrouter.twilio.com', fault: 'delayed 200 ms' });
    // Timers may fire a little early.
    expect((delayed?.endMs ?? 0) - (delayed?.startMs ?? 0)).toBeGreaterThan(150);
  });

  it('hit only the caller they are meant for', async () => {
    await control('POST', 'faults', { caller: 'user:alice', status: 500 });
    await expect(workspaces().list()).resolves.toHaveLength(1);
  });

  it('go away when they are deleted', async () => {
    await control('POST', 'faults', { status: 500, times: null });
    await control('DELETE', 'faults');
    await expect(workspaces().list()).resolves.toHaveLength(1);
  });

  it.each([
    {},
    { status: 500, path: '(' },
    { delayMs: 'soon' },
    { drop: 'sometimes' },
    { status: 404, refuse: 'sometimes' },
    { delayMs: 1, refuse: 'after' },
    { status: 500, times: 0 },
  ])('are refused when they make no sense: %j', async (fault) => {
    expect((await control('POST', 'faults', fault)).status).toBe(400);
  });
});

describe('the log of requests', () => {
  const requests = async () => (await (await control('GET', 'requests')).json()).requests;

  it('says who asked what and what came of it', async () => {
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

  it('marks an endpoint that nobody knows, which is answered with Twilio’s 404', async () => {
    const answer = await fetch(`${sandbox.url}/video.twilio.com/v1/Rooms`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 20404, status: 404 });
    expect(await requests()).toMatchObject([
      { host: 'video.twilio.com', unknownEndpoint: true, caller: 'anonymous' },
    ]);
  });

  it('marks one that is unknown inside the event bridge, where every request has the same address', async () => {
    const { token } = await (await control('POST', 'tokens', { kind: 'flex', identity: 'alice' })).json();
    const body = JSON.stringify({ url: 'v1/Nothing', method: 'GET', params: {}, token });
    await fetch(`${sandbox.url}/event-bridge.twilio.com/v1/wschannels`, { method: 'POST', body });
    expect(await requests()).toMatchObject([
      { host: 'event-bridge.twilio.com', status: 404, unknownEndpoint: true },
    ]);
  });

  it('does not count a missing resource as a missing endpoint', async () => {
    await expect(workspaces().get('WS404').fetch()).rejects.toMatchObject({ status: 404 });
    expect(await requests()).toMatchObject([{ status: 404, unknownEndpoint: false }]);
  });

  it('names the fault that was applied', async () => {
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

it('answers 404 for a control that does not exist', async () => {
  expect((await control('GET', 'nothing')).status).toBe(404);
});
