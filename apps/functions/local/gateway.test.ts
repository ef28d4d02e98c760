import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFailureAnswer } from '@chat-transfer/transfer-core';
import twilio from 'twilio';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Gateway, startGateway } from './gateway';

const AUTH_TOKEN = 'the auth token';
const EVENTS = '/task-router/events';
const form = { EventType: 'task.created', TaskSid: 'WT1' };
const body = new URLSearchParams(form).toString();
const headers = { 'content-type': 'application/x-www-form-urlencoded' };

let folder: string;
let runtime: Server;
let gateway: Gateway;
let runtimeUrl: string | undefined;
/** The requests that twilio-run received. */
let received: { path: string | undefined; body: string }[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-'));
  mkdirSync(join(folder, 'task-router'));
  mkdirSync(join(folder, 'transfer'));
  writeFileSync(join(folder, 'task-router/events.protected.js'), '');
  writeFileSync(join(folder, 'transfer/start.js'), '');
  writeFileSync(join(folder, 'ledger.private.js'), '');

  received = [];
  runtime = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    received.push({ path: request.url, body: text });
    if (request.url === '/breaks-off') {
      response.writeHead(200, { 'content-length': '100' }).write('only this', () => response.destroy());
    } else {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
    }
  });
  await new Promise<void>((listening) => runtime.listen(0, '127.0.0.1', listening));
  const { port } = runtime.address() as AddressInfo;
  runtimeUrl = `http://127.0.0.1:${port}`;
  gateway = await startGateway({
    port: 0,
    runtimeUrl: () => runtimeUrl,
    functionsFolder: folder,
    authToken: AUTH_TOKEN,
  });
});

afterEach(async () => {
  await gateway.close();
  runtime.closeAllConnections();
  runtime.close();
  rmSync(folder, { recursive: true, force: true });
});

const post = (path: string, values: HeadersInit = {}) =>
  fetch(gateway.url + path, { method: 'POST', headers: { ...headers, ...values }, body });

/** Sends a target unchanged, which fetch would normalize first. Resolves with the status. */
function postRaw(path: string, host = new URL(gateway.url).host): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sentHeaders = { ...headers, host };
    const request = httpRequest(gateway.url, { method: 'POST', path, headers: sentHeaders }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    });
    request.once('error', reject).end(body);
  });
}

describe('a request for a protected function', () => {
  it('is forwarded with Twilio’s signature over the URL and the form', async () => {
    const signature = twilio.getExpectedTwilioSignature(AUTH_TOKEN, gateway.url + EVENTS, form);

    expect((await post(EVENTS, { 'x-twilio-signature': signature })).status).toBe(200);
    expect(received).toEqual([{ path: EVENTS, body }]);
  });

  it('is refused with a signature over another form or another URL', async () => {
    const otherForm = twilio.getExpectedTwilioSignature(AUTH_TOKEN, gateway.url + EVENTS, {});
    const otherUrl = twilio.getExpectedTwilioSignature(AUTH_TOKEN, `${gateway.url}/transfer/start`, form);

    for (const signature of [otherForm, otherUrl, '', 'x']) {
      expect((await post(EVENTS, { 'x-twilio-signature': signature })).status).toBe(403);
    }
    expect(received).toEqual([]);
  });

  it.each([
    EVENTS,
    `${EVENTS}?a=b`,
    `${EVENTS}#x`,
    `//x/..${EVENTS}`,
    `//x/../..${EVENTS}`,
    `/x/..${EVENTS}`,
    `/.${EVENTS}`,
    `/%2e${EVENTS}`,
    `/transfer/..${EVENTS}`,
    `/transfer/%2e%2e${EVENTS}`,
    '/task-router\\events',
    '/\\task-router/events',
    '//task-router/events',
    `${EVENTS}/`,
    '/task-router/%65vents',
    '/task-router%2fevents',
    '/TASK-ROUTER/EVENTS',
    `http://elsewhere${EVENTS}`,
    `http://127.0.0.1${EVENTS}`,
  ])('is not forwarded without a signature when its path is written %s', async (path) => {
    await postRaw(path);
    expect(received.map((request) => request.path?.split('?')[0])).not.toContain(EVENTS);
  });
});

describe('a request for another host', () => {
  const host = 'evil.example.com';

  it.each([
    `http://${host}/transfer/start`,
    `http://${host}:4020/transfer/start`,
    `http://127.0.0.1@${host}/transfer/start`,
    `http://127.0.0.1.${host}/transfer/start`,
    `HTTP://${host}/transfer/start`,
    'http:///transfer/start',
    'http://:80/transfer/start',
    `https://${host}/transfer/start`,
    'ftp://127.0.0.1/transfer/start',
    '*',
  ])('is refused with 400 when its target is %s', async (target) => {
    expect(await postRaw(target)).toBe(400);
    expect(received).toEqual([]);
  });

  it.each([
    host,
    `${host}:4020`,
    `127.0.0.1.${host}`,
    `localhost.${host}`,
    `127.0.0.1@${host}`,
    `127.0.0.1/${host}`,
    `127.0.0.1, ${host}`,
  ])('is refused with 400 when its Host header is %j', async (hostHeader) => {
    expect(await postRaw('/transfer/start', hostHeader)).toBe(400);
    expect(received).toEqual([]);
  });

  it('is refused when its target names another host than an allowed Host header', async () => {
    expect(await postRaw(`http://${host}/transfer/start`, 'localhost')).toBe(400);
    expect(received).toEqual([]);
  });
});

describe('a request for this machine', () => {
  it.each(['127.0.0.1', '127.0.0.1:9', 'localhost', 'LOCALHOST:4020', '[::1]:4020', 'alice.flex.localhost'])(
    'is forwarded when its Host header is %s',
    async (hostHeader) => {
      expect(await postRaw('/transfer/start', hostHeader)).toBe(200);
    },
  );

  it('is forwarded by its path when its target is a whole URL, whatever the Host header says', async () => {
    expect(await postRaw('http://127.0.0.1:4020/transfer/start?x=1', 'elsewhere')).toBe(200);
    expect(received).toEqual([{ path: '/transfer/start?x=1', body }]);
  });

  it.each(['//evil.example.com/transfer/start', '//', '//[/x', '/@evil.example.com/'])(
    'is forwarded to twilio-run, never elsewhere, when its path is %s',
    async (path) => {
      expect(await postRaw(path)).toBe(200);
      expect(received.map((request) => request.path)).toEqual([path]);
    },
  );

  it.each(['/%zz', '/transfer/start%', '/%c3%28'])(
    'is refused with 400 when its path cannot be decoded: %s',
    async (path) => {
      expect(await postRaw(path)).toBe(400);
      expect(received).toEqual([]);
    },
  );
});

describe('a request for a private function', () => {
  it('is refused, even with a signature', async () => {
    const signature = twilio.getExpectedTwilioSignature(AUTH_TOKEN, `${gateway.url}/ledger`, form);
    expect((await post('/ledger', { 'x-twilio-signature': signature })).status).toBe(403);
    expect(received).toEqual([]);
  });
});

describe('a request for a public function', () => {
  it('is forwarded unchanged, also when its body arrives in chunks', async () => {
    const chunks = new Blob([body]).stream();
    const answer = await fetch(`${gateway.url}/transfer/start?x=1`, {
      method: 'POST',
      headers,
      body: chunks,
      duplex: 'half',
    } as RequestInit);

    expect(await answer.json()).toEqual({ ok: true });
    expect(received).toEqual([{ path: '/transfer/start?x=1', body }]);
  });

  it('is refused when its body is larger than Twilio’s limit', async () => {
    const large = new Uint8Array(1_048_577);
    const answer = await fetch(`${gateway.url}/transfer/start`, { method: 'POST', body: large });
    expect(answer.status).toBe(413);
    expect(received).toEqual([]);
  });

  it('is answered with a retryable 502 when twilio-run breaks off its answer', async () => {
    const answer = await post('/breaks-off');
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ ok: false, code: 'busy', retryable: true });
    expect((await post('/transfer/start')).status).toBe(200);
  });

  it('is answered with a retryable 503, readable by any page, while twilio-run is being restarted', async () => {
    runtimeUrl = undefined;
    const answer = await post('/transfer/start');
    expect(answer.status).toBe(503);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(parseFailureAnswer(await answer.json())).toMatchObject({ code: 'busy', retryable: true });
  });

  it('is answered with a retryable 502 when twilio-run has just ended', async () => {
    await new Promise((closed) => {
      runtime.closeAllConnections();
      runtime.close(closed);
    });
    const answer = await post('/transfer/start');
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ ok: false, code: 'busy', retryable: true });
  });

  it('is answered after another caller has closed the connection in the middle of a request', async () => {
    const caller = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    caller.write('POST /transfer/start HTTP/1.1\r\nhost: gateway\r\ncontent-length: 100\r\n\r\nonly this');
    await new Promise<void>((closed) => {
      caller.once('close', closed);
      caller.once('connect', () => caller.destroy());
    });

    expect((await post('/transfer/start')).status).toBe(200);
  });
});
