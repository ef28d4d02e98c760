/**
 * What is wrong with a request before a function sees it: method, type, size, signature, and bodies that turn into
 * other fields than were meant. On the real twilio-run, behind the front that stands for Twilio's gateway.
 */
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { SANDBOX_ACCOUNT } from '@chat-transfer/flex-sandbox';
import { encodeRequest } from '@chat-transfer/transfer-core';
import twilio from 'twilio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ORIGIN } from './support/account';
import { type HttpFixture, startHttpFixture } from './support/http-fixture';
import { waitFor } from './support/wait-for';

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';
const PUBLIC = [
  '/transfer/start',
  '/transfer/cancel',
  '/conversation/leave',
  '/conversation/complete',
  '/webchat/start',
  '/webchat/end',
] as const;
const PROTECTED = ['/task-router/events', '/studio/track-task'] as const;
const PATHS = [...PUBLIC, ...PROTECTED];

let fixture: HttpFixture;
let chat: Awaited<ReturnType<HttpFixture['startChatWithAlice']>>;
let token: string;

beforeAll(async () => {
  fixture = await startHttpFixture();
  chat = await fixture.startChatWithAlice();
  token = await fixture.tokenOf('alice');
  // What TaskRouter told is done with: from here on nothing changes by itself.
  await waitFor(async () => {
    const { outbox, lease } = await fixture.ledger(chat.conversationSid);
    expect({ outbox, lease }).toEqual({ outbox: [], lease: undefined });
  });
});
afterAll(() => fixture?.close());

/** The endpoint's request as it should be, all but for what a test does to it. */
function goodRequest(path: string): Readonly<Record<string, string>> {
  const { taskSid, conversationSid, session } = chat;
  switch (path) {
    case '/transfer/start':
      return {
        ...{ token, taskSid, conversationSid, transferId: randomUUID() },
        ...{ targetSid: fixture.workerSid('bob'), mode: 'cold' },
      };
    case '/transfer/cancel':
      return { token, taskSid, conversationSid, transferId: randomUUID() };
    case '/webchat/start':
      return { name: 'Robin' };
    case '/webchat/end':
      return { session };
    case '/task-router/events':
      return {
        ...{ EventType: 'task.canceled', TaskSid: taskSid, TimestampMs: '1' },
        TaskAttributes: JSON.stringify({ channelSid: conversationSid }),
      };
    case '/studio/track-task':
      return { taskSid, conversationSid };
    default:
      return { token, taskSid, conversationSid };
  }
}

/** As `undefined` instead of a body: none, and no type. */
async function send(
  path: string,
  method: string,
  body?: string | Uint8Array<ArrayBuffer>,
  headers: HeadersInit = {},
) {
  const answer = await fetch(fixture.url + path, {
    method,
    headers: { ...signatureOf(path, body), ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text };
}

/** Protected functions get as far as reading the body only with it. */
function signatureOf(path: string, body: string | Uint8Array = '') {
  const fields = Object.fromEntries(new URLSearchParams(Buffer.from(body).toString('utf8')));
  const { authToken } = SANDBOX_ACCOUNT;
  return { 'x-twilio-signature': twilio.getExpectedTwilioSignature(authToken, fixture.url + path, fields) };
}

async function everything() {
  const { nowMs: _now, ...state } = fixture.sandbox.snapshot();
  const documents = await fixture.client.sync.v1.services(SANDBOX_ACCOUNT.syncServiceSid).documents.list();
  return { state, documents: documents.map(({ revision, data }) => ({ revision, data })) };
}

/** Sends it and expects a refusal in our own shape, after which everything is as before. */
async function expectRefused(
  sending: () => ReturnType<typeof send>,
  { status = 400, code = 'bad-input' }: { status?: number; code?: string } = {},
) {
  const before = await everything();
  const answer = await sending();
  expect({ status: answer.status, type: answer.headers.get('content-type') }).toEqual({
    status,
    type: expect.stringMatching(/^application\/json/),
  });
  expect(JSON.parse(answer.text)).toEqual({ ok: false, code, message: expect.any(String), retryable: false });
  expect(await everything()).toEqual(before);
  return answer;
}

describe.each(PATHS)('%s', (path) => {
  it('is not called by a link: what is in the address alone is not a request', async () => {
    const url = `${path}?${encodeRequest(goodRequest(path))}`;
    await expectRefused(() => send(url, 'GET'));
    await expectRefused(() => send(url, 'POST'));
  });

  it.each(['PUT', 'PATCH', 'DELETE'])('is not called by %s', async (method) => {
    const form = encodeRequest(goodRequest(path));
    await expectRefused(() => send(path, method, form, { 'content-type': FORM }), { status: 405 });
  });

  it.each([
    ['text/plain', () => encodeRequest(goodRequest(path))],
    ['multipart/form-data; boundary=x', () => encodeRequest(goodRequest(path))],
    ['text/plain', () => JSON.stringify(goodRequest(path))],
    ['application/octet-stream', () => encodeRequest(goodRequest(path))],
    [JSON_TYPE, () => '{"token": '],
    [JSON_TYPE, () => '"text"'],
    [JSON_TYPE, () => 'null'],
    [JSON_TYPE, () => '['.repeat(100_000)],
    [JSON_TYPE, () => encodeRequest(goodRequest(path))],
  ])('reads no %s it cannot read', async (type, body) => {
    await expectRefused(() => send(path, 'POST', body(), { 'content-type': type }));
  });

  it.each([`${FORM}; charset=nonsense`, `${FORM}; charset=utf-16`])('reads no form as %s', async (type) => {
    const answer = await send(path, 'POST', encodeRequest(goodRequest(path)), { 'content-type': type });
    expect({ ...JSON.parse(answer.text), status: answer.status }).toMatchObject({
      status: 415,
      code: 'bad-input',
    });
  });

  it('answers a body that is too large, and reads none of it', async () => {
    const form = `${encodeRequest(goodRequest(path))}&more=${'x'.repeat(1_048_576)}`;
    await expectRefused(() => send(path, 'POST', form, { 'content-type': FORM }), { status: 413 });
  });

  it('reads no more fields than anybody could have meant', async () => {
    const form = `${encodeRequest(goodRequest(path))}${'&x=1'.repeat(2_000)}`;
    await expectRefused(() => send(path, 'POST', form, { 'content-type': FORM }), { status: 413 });
  });

  it('tells nothing of this machine when a body cannot be read', async () => {
    const { text } = await send(path, 'POST', '{', { 'content-type': JSON_TYPE });
    expect(text).not.toMatch(/node_modules|\.js|at /);
  });
});

/** With none of its fields, a request does not even say who asks. */
function nothingSent(path: string) {
  const { token: needsToken, session } = goodRequest(path);
  if (needsToken !== undefined) return { status: 401, code: 'token-invalid' };
  return session === undefined ? {} : { status: 401, code: 'session-invalid' };
}

describe.each(PUBLIC)('%s, field by field', (path) => {
  it('takes no field that is sent twice', async () => {
    const form = encodeRequest(goodRequest(path));
    await expectRefused(() => send(path, 'POST', `${form}&${form}`, { 'content-type': FORM }));
  });

  it('takes nothing but text, whatever JSON can hold', async () => {
    const values = [['x'], { x: 'y' }, 7, null, true];
    for (const [at, field] of Object.keys(goodRequest(path)).entries()) {
      const body = JSON.stringify({ ...goodRequest(path), [field]: values[at % values.length] });
      await expectRefused(() => send(path, 'POST', body, { 'content-type': JSON_TYPE }));
    }
  });

  it('lets no field take the place of the headers: not in a form, an address or JSON', async () => {
    const evil = { origin: 'https://evil.example.com', 'content-type': FORM };
    const form = encodeRequest(goodRequest(path));
    await expectRefused(() => send(path, 'POST', `${form}&request=x`, evil));
    await expectRefused(() => send(`${path}?request=x`, 'POST', form, evil));
    await expectRefused(() => send(`${path}?request[headers]=x`, 'POST', form, evil));
    const body = JSON.stringify({ ...goodRequest(path), request: { headers: null } });
    await expectRefused(() => send(path, 'POST', body, { ...evil, 'content-type': JSON_TYPE }));
  });

  it('answers a field that imitates the headers for the page it names, never for the one that asked', async () => {
    const request = { headers: { origin: ORIGIN, 'content-type': FORM } };
    const body = JSON.stringify({ request });
    const { headers } = await send(path, 'POST', body, {
      origin: 'https://evil.example.com',
      'content-type': JSON_TYPE,
    });
    expect(headers.get('access-control-allow-origin')).not.toBe('https://evil.example.com');
    expect(headers.get('access-control-allow-origin')).not.toBe('*');
  });

  it('takes no form that came packed', async () => {
    const packed = new Uint8Array(gzipSync(encodeRequest(goodRequest(path))));
    const answer = await send(path, 'POST', packed, { 'content-type': FORM, 'content-encoding': 'gzip' });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(JSON.parse(answer.text)).toMatchObject({ ok: false });
  });

  it('finds none of its fields among those that every object has, nor in a list', async () => {
    const body = '{"__proto__":{"token":"x","name":"x"},"constructor":{"prototype":{"name":"x"}}}';
    const form = '__proto__[name]=x&constructor[prototype][name]=x&__proto__=x';
    for (const [type, sent] of [
      [JSON_TYPE, body],
      [JSON_TYPE, JSON.stringify([goodRequest(path)])],
      [FORM, form],
    ] as const) {
      await expectRefused(() => send(path, 'POST', sent, { 'content-type': type }), nothingSent(path));
    }
  });
});

describe.each(PROTECTED)('%s', (path) => {
  const notSigned = { status: 403, code: 'not-allowed' };

  it('hears nobody but Twilio: no signature, a forged one, and one for something else', async () => {
    const form = encodeRequest(goodRequest(path));
    const other = signatureOf(path, `${form}&more=1`)['x-twilio-signature'];
    const elsewhere = signatureOf('/transfer/start', form)['x-twilio-signature'];
    const byOther = twilio.getExpectedTwilioSignature('x'.repeat(32), fixture.url + path, goodRequest(path));
    for (const signature of ['', 'x', other, elsewhere, byOther]) {
      const headers = { 'content-type': FORM, 'x-twilio-signature': signature };
      await expectRefused(() => send(path, 'POST', form, headers), notSigned);
    }
  });

  it('is not changed by what is added to a signed form', async () => {
    const form = encodeRequest(goodRequest(path));
    const signature = signatureOf(path, form);
    for (const more of ['&TaskSid=x', '&x=1', '&EventType=task.created']) {
      await expectRefused(
        () => send(path, 'POST', form + more, { 'content-type': FORM, ...signature }),
        notSigned,
      );
    }
    await expectRefused(
      () => send(`${path}?x=1`, 'POST', form, { 'content-type': FORM, ...signature }),
      notSigned,
    );
  });
});

/** Last: from here on something changes, and the event ends the chat. */
it('would have heard all of it, had it been sent as it should be', async () => {
  for (const path of ['/studio/track-task', '/webchat/start', '/transfer/start', '/task-router/events']) {
    const answer = await send(path, 'POST', encodeRequest(goodRequest(path)), { 'content-type': FORM });
    expect([path, JSON.parse(answer.text).code]).toEqual([path, undefined]);
  }
});
