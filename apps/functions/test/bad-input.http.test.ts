/**
 * Requests that are wrong before a function runs: method, type, size, signature, and bodies that are parsed
 * into other fields than intended. Runs on the real twilio-run, behind the gateway that checks what Twilio's
 * gateway checks.
 */
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { SANDBOX_ACCOUNT } from '@chat-transfer/flex-sandbox';
import { encodeRequest } from '@chat-transfer/transfer-core';
import twilio from 'twilio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ORIGIN } from './support/account';
import { type HttpFixture, startHttpFixture } from './support/http-fixture';
import { readTwilioState } from './support/sandbox-control';
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
  // TaskRouter's events have been applied. From here on, only the tests change the account.
  await waitFor(async () => {
    expect((await fixture.ledger(chat.conversationSid)).outbox).toEqual([]);
  });
});
afterAll(() => fixture?.close());

/** A valid request to the endpoint. Tests change parts of it. */
function validRequest(path: string): Readonly<Record<string, string>> {
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

/** Sends a request from a listed page, with Twilio's signature. Without a body, it has no content type. */
async function send(
  path: string,
  method: string,
  body?: string | Uint8Array<ArrayBuffer>,
  headers: HeadersInit = {},
) {
  const answer = await fetch(fixture.url + path, {
    method,
    headers: { origin: ORIGIN, ...signatureOf(path, body), ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text };
}

/** Twilio's signature. Without it, a protected function does not read the body. */
function signatureOf(path: string, body: string | Uint8Array = '') {
  const fields = Object.fromEntries(new URLSearchParams(Buffer.from(body).toString('utf8')));
  const { authToken } = SANDBOX_ACCOUNT;
  return { 'x-twilio-signature': twilio.getExpectedTwilioSignature(authToken, fixture.url + path, fields) };
}

const readState = () => readTwilioState(fixture.sandbox, fixture.client);

/** Sends a request and expects a refusal that fits the contract and changes nothing. */
async function expectRefused(
  sending: () => ReturnType<typeof send>,
  { status = 400, code = 'bad-input' }: { status?: number; code?: string } = {},
) {
  const before = await readState();
  const answer = await sending();
  expect({ status: answer.status, type: answer.headers.get('content-type') }).toEqual({
    status,
    type: expect.stringMatching(/^application\/json/),
  });
  expect(JSON.parse(answer.text)).toEqual({ ok: false, code, message: expect.any(String), retryable: false });
  expect(await readState()).toEqual(before);
  return answer;
}

describe.each(PATHS)('%s', (path) => {
  it('refuses a link, whose fields are in the URL only', async () => {
    const url = `${path}?${encodeRequest(validRequest(path))}`;
    await expectRefused(() => send(url, 'GET'));
    await expectRefused(() => send(url, 'POST'));
  });

  it.each(['PUT', 'PATCH', 'DELETE'])('refuses the method %s', async (method) => {
    const form = encodeRequest(validRequest(path));
    await expectRefused(() => send(path, method, form, { 'content-type': FORM }), { status: 405 });
  });

  it.each([
    ['text/plain', () => encodeRequest(validRequest(path))],
    ['multipart/form-data; boundary=x', () => encodeRequest(validRequest(path))],
    ['text/plain', () => JSON.stringify(validRequest(path))],
    ['application/octet-stream', () => encodeRequest(validRequest(path))],
    [JSON_TYPE, () => '{"token": '],
    [JSON_TYPE, () => '"text"'],
    [JSON_TYPE, () => 'null'],
    [JSON_TYPE, () => '['.repeat(100_000)],
    [JSON_TYPE, () => encodeRequest(validRequest(path))],
  ])('refuses a malformed body of type %s', async (type, body) => {
    await expectRefused(() => send(path, 'POST', body(), { 'content-type': type }));
  });

  it.each([`${FORM}; charset=nonsense`, `${FORM}; charset=utf-16`])(
    'refuses a form of type %s',
    async (type) => {
      const answer = await send(path, 'POST', encodeRequest(validRequest(path)), { 'content-type': type });
      expect({ ...JSON.parse(answer.text), status: answer.status }).toMatchObject({
        status: 415,
        code: 'bad-input',
      });
    },
  );

  it('refuses a body that is too large', async () => {
    const form = `${encodeRequest(validRequest(path))}&more=${'x'.repeat(1_048_576)}`;
    await expectRefused(() => send(path, 'POST', form, { 'content-type': FORM }), { status: 413 });
  });

  it('refuses a form with too many fields', async () => {
    const form = `${encodeRequest(validRequest(path))}${'&x=1'.repeat(2_000)}`;
    await expectRefused(() => send(path, 'POST', form, { 'content-type': FORM }), { status: 413 });
  });

  it('does not reveal files of the server when a body is malformed', async () => {
    const { text } = await send(path, 'POST', '{', { 'content-type': JSON_TYPE });
    expect(text).not.toMatch(/node_modules|\.js|at /);
  });
});

/** The refusal of a request without any of its fields. A missing credential comes before `bad-input`. */
function refusalOfEmpty(path: string) {
  const { token: needsToken, session } = validRequest(path);
  if (needsToken !== undefined) return { status: 401, code: 'token-invalid' };
  return session === undefined ? {} : { status: 401, code: 'session-invalid' };
}

describe.each(PUBLIC)('%s', (path) => {
  it('refuses a field that is sent twice', async () => {
    const form = encodeRequest(validRequest(path));
    await expectRefused(() => send(path, 'POST', `${form}&${form}`, { 'content-type': FORM }));
  });

  it('refuses JSON values that are not text', async () => {
    const values = [['x'], { x: 'y' }, 7, null, true];
    for (const [index, field] of Object.keys(validRequest(path)).entries()) {
      const body = JSON.stringify({ ...validRequest(path), [field]: values[index % values.length] });
      await expectRefused(() => send(path, 'POST', body, { 'content-type': JSON_TYPE }));
    }
  });

  it('refuses a field that replaces the headers, in a form, a URL and JSON', async () => {
    const evil = { origin: 'https://evil.example.com', 'content-type': FORM };
    const form = encodeRequest(validRequest(path));
    await expectRefused(() => send(path, 'POST', `${form}&request=x`, evil));
    await expectRefused(() => send(`${path}?request=x`, 'POST', form, evil));
    await expectRefused(() => send(`${path}?request[headers]=x`, 'POST', form, evil));
    const body = JSON.stringify({ ...validRequest(path), request: { headers: null } });
    await expectRefused(() => send(path, 'POST', body, { ...evil, 'content-type': JSON_TYPE }));
  });

  it('does not let the page that sent imitated headers read the answer', async () => {
    const request = { headers: { origin: ORIGIN, 'content-type': FORM } };
    const body = JSON.stringify({ request });
    const { headers } = await send(path, 'POST', body, {
      origin: 'https://evil.example.com',
      'content-type': JSON_TYPE,
    });
    expect(headers.get('access-control-allow-origin')).not.toBe('https://evil.example.com');
    expect(headers.get('access-control-allow-origin')).not.toBe('*');
  });

  it('refuses a compressed form', async () => {
    const compressed = new Uint8Array(gzipSync(encodeRequest(validRequest(path))));
    const answer = await send(path, 'POST', compressed, { 'content-type': FORM, 'content-encoding': 'gzip' });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(JSON.parse(answer.text)).toMatchObject({ ok: false });
  });

  it('finds no field in a prototype or in a list', async () => {
    const body = '{"__proto__":{"token":"x","name":"x"},"constructor":{"prototype":{"name":"x"}}}';
    const form = '__proto__[name]=x&constructor[prototype][name]=x&__proto__=x';
    for (const [type, sent] of [
      [JSON_TYPE, body],
      [JSON_TYPE, JSON.stringify([validRequest(path)])],
      [FORM, form],
    ] as const) {
      await expectRefused(() => send(path, 'POST', sent, { 'content-type': type }), refusalOfEmpty(path));
    }
  });
});

describe.each(PROTECTED)('%s', (path) => {
  const notSigned = { status: 403, code: 'not-allowed' };

  it('refuses a request without Twilio’s signature, with a forged one, and with one for another request', async () => {
    const form = encodeRequest(validRequest(path));
    const forOtherForm = signatureOf(path, `${form}&more=1`)['x-twilio-signature'];
    const forOtherPath = signatureOf('/transfer/start', form)['x-twilio-signature'];
    const byOtherAccount = twilio.getExpectedTwilioSignature(
      'x'.repeat(32),
      fixture.url + path,
      validRequest(path),
    );
    for (const signature of ['', 'x', forOtherForm, forOtherPath, byOtherAccount]) {
      const headers = { 'content-type': FORM, 'x-twilio-signature': signature };
      await expectRefused(() => send(path, 'POST', form, headers), notSigned);
    }
  });

  it('refuses fields that were added to a signed form', async () => {
    const form = encodeRequest(validRequest(path));
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

/** The last test, because these requests change the account, and the event ends the chat. */
it('endpoints accept the valid requests that the other tests change', async () => {
  for (const path of ['/studio/track-task', '/webchat/start', '/transfer/start', '/task-router/events']) {
    const answer = await send(path, 'POST', encodeRequest(validRequest(path)), { 'content-type': FORM });
    expect([path, JSON.parse(answer.text).code]).toEqual([path, undefined]);
  }
});
