import twilio from 'twilio';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../sandbox.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

const { AccessToken } = twilio.jwt;
const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

async function post(path: string, body: unknown, authorization?: string) {
  const { accountSid, authToken } = sandbox.account;
  const response = await fetch(`${sandbox.url}/iam.twilio.com/v1/Accounts/${accountSid}/Tokens/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: authorization ?? basic(accountSid, authToken),
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

async function signIn(identity: string) {
  const response = await fetch(`${sandbox.url}/_sandbox/tokens`, {
    method: 'POST',
    body: JSON.stringify({ kind: 'flex', identity }),
  });
  return response.json();
}

function accessToken(secret: string, options: { identity?: string; ttl?: number } = { identity: 'jane' }) {
  const { accountSid, apiKeySid, chatServiceSid } = sandbox.account;
  const token = new AccessToken(accountSid, apiKeySid, secret, { identity: '', ttl: 60, ...options });
  token.addGrant(new AccessToken.ChatGrant({ serviceSid: chatServiceSid }));
  return token.toJwt();
}

describe('Tokens/validate', () => {
  it('returns the worker of a Flex token', async () => {
    const { token } = await signIn('carol');
    const { body } = await post('validate', { token });
    expect(body).toMatchObject({
      valid: true,
      code: 0,
      message: null,
      identity: 'carol',
      realm_user_id: 'carol',
      roles: ['agent', 'supervisor'],
      worker_sid: expect.stringMatching(/^WK/),
    });
    expect(Date.parse(body.expiration)).toBeGreaterThan(Date.now());
  });

  it('accepts an access token of the helper library', async () => {
    const { body } = await post('validate', { token: accessToken(sandbox.account.apiKeySecret) });
    expect(body).toMatchObject({ valid: true, identity: 'jane', worker_sid: null });
  });

  it('rejects a token signed with another key', async () => {
    const { status, body } = await post('validate', { token: accessToken('another secret') });
    expect(status).toBe(200);
    expect(body).toMatchObject({ valid: false, code: 20107 });
  });

  it('rejects an expired token', async () => {
    const { token } = await signIn('alice');
    sandbox.state().clock.advance(25 * 3_600_000);
    expect((await post('validate', { token })).body).toMatchObject({ valid: false, code: 20104 });
  });

  it('rejects text that is not a token', async () => {
    for (const token of ['x', 'x.x.x', `x.${Buffer.from('null').toString('base64url')}.x`]) {
      expect((await post('validate', { token })).body).toMatchObject({ valid: false, code: 20101 });
    }
  });

  it('requires the credentials of the account', async () => {
    const { token } = await signIn('alice');
    const { accountSid } = sandbox.account;
    expect((await post('validate', { token }, basic(accountSid, 'wrong'))).status).toBe(401);
    expect((await post('validate', { token }, basic('token', token))).status).toBe(401);
  });
});

describe('Tokens/refresh', () => {
  it('returns a new token for the same worker', async () => {
    const session = await signIn('alice');
    const { body } = await post('refresh', { token: session.token });
    expect(body.token).not.toBe(session.token);
    expect(body).toMatchObject({ identity: 'alice', roles: ['agent'], flexUserSid: session.flexUserSid });
    const claims = [session.token, body.token].map((token) => sandbox.state().tokens.read(token));
    expect(claims[1]).toMatchObject({ ok: true, claims: { workerSid: getWorkerSid(claims[0]) } });
  });

  it('returns a token with the same lifetime', async () => {
    const lifetimeMs = 240_000;
    const token = sandbox.state().tokens.issueFlexToken({ identity: 'alice', lifetimeMs });
    const { body } = await post('refresh', { token });
    expect(Date.parse(body.expiration) - sandbox.state().clock.nowMs()).toBeLessThanOrEqual(lifetimeMs);
  });

  it('refuses a chat token', async () => {
    const token = accessToken(sandbox.account.apiKeySecret);
    expect(await post('refresh', { token })).toMatchObject({ status: 401, body: { code: 20101 } });
  });

  it('refuses an expired token with 401', async () => {
    const { token } = await signIn('alice');
    sandbox.state().clock.advance(25 * 3_600_000);
    expect(await post('refresh', { token })).toMatchObject({ status: 401, body: { code: 20104 } });
  });
});

function getWorkerSid(reading: unknown): unknown {
  const { claims } = reading as { claims?: { workerSid?: string } };
  expect(claims?.workerSid).toMatch(/^WK/);
  return claims?.workerSid;
}

it('Tokens/Info returns the user of a Flex token sent as a form', async () => {
  const { token, flexUserSid } = await signIn('bob');
  const { accountSid, flexInstanceSid } = sandbox.account;
  const response = await fetch(`${sandbox.url}/flex-api.twilio.com/v1/Accounts/${accountSid}/Tokens/Info`, {
    method: 'POST',
    body: new URLSearchParams({ Token: token }),
  });
  expect(await response.json()).toMatchObject({
    identity: 'bob',
    flex_user_sid: flexUserSid,
    flex_instance_sid: flexInstanceSid,
    account_sid: accountSid,
  });
});
