import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import twilio from 'twilio';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Front, startFront } from './front';

const AUTH_TOKEN = 'the token of the account';
const EVENTS = '/task-router/events';
const form = { EventType: 'task.created', TaskSid: 'WT1' };
const body = new URLSearchParams(form).toString();
const headers = { 'content-type': 'application/x-www-form-urlencoded' };

let folder: string;
let runtime: Server;
let front: Front;
/** What came through to twilio-run. */
let reached: { path: string | undefined; body: string }[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'front-'));
  mkdirSync(join(folder, 'task-router'));
  mkdirSync(join(folder, 'transfer'));
  writeFileSync(join(folder, 'task-router/events.protected.js'), '');
  writeFileSync(join(folder, 'transfer/start.js'), '');
  writeFileSync(join(folder, 'ledger.private.js'), '');

  reached = [];
  runtime = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    reached.push({ path: request.url, body: text });
    if (request.url === '/breaks-off') {
      response.writeHead(200, { 'content-length': '100' }).write('only this', () => response.destroy());
    } else {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
    }
  });
  await new Promise<void>((listening) => runtime.listen(0, '127.0.0.1', listening));
  const { port } = runtime.address() as AddressInfo;
  const runtimeUrl = `http://127.0.0.1:${port}`;
  front = await startFront({ port: 0, runtimeUrl, functionsFolder: folder, authToken: AUTH_TOKEN });
});

afterEach(async () => {
  await front.close();
  runtime.closeAllConnections();
  runtime.close();
  rmSync(folder, { recursive: true, force: true });
});

const post = (path: string, values: HeadersInit = {}) =>
  fetch(front.url + path, { method: 'POST', headers: { ...headers, ...values }, body });

/** Sends a path as it is; fetch would tidy it up first. Resolves with the status. */
function postRaw(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(front.url, { method: 'POST', path, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    });
    request.once('error', reject).end(body);
  });
}

describe('a protected function', () => {
  it('is reached with Twilio’s signature over address and form', async () => {
    const signature = twilio.getExpectedTwilioSignature(AUTH_TOKEN, front.url + EVENTS, form);

    expect((await post(EVENTS, { 'x-twilio-signature': signature })).status).toBe(200);
    expect(reached).toEqual([{ path: EVENTS, body }]);
  });

  it('is not reached with a signature over another form or another address', async () => {
    const otherForm = twilio.getExpectedTwilioSignature(AUTH_TOKEN, front.url + EVENTS, {});
    const otherUrl = twilio.getExpectedTwilioSignature(AUTH_TOKEN, `${front.url}/transfer/start`, form);

    for (const signature of [otherForm, otherUrl, '', 'x']) {
      expect((await post(EVENTS, { 'x-twilio-signature': signature })).status).toBe(403);
    }
    expect(reached).toEqual([]);
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
  ])('is not reached unsigned as %s', async (path) => {
    await postRaw(path);
    expect(reached.map((request) => request.path?.split('?')[0])).not.toContain(EVENTS);
  });
});

describe('a private function', () => {
  it('is not reached at all', async () => {
    const signature = twilio.getExpectedTwilioSignature(AUTH_TOKEN, `${front.url}/ledger`, form);
    expect((await post('/ledger', { 'x-twilio-signature': signature })).status).toBe(403);
    expect(reached).toEqual([]);
  });
});

describe('everything else', () => {
  it('goes through as it came, also when it was sent in pieces', async () => {
    const pieces = new Blob([body]).stream();
    const answer = await fetch(`${front.url}/transfer/start?x=1`, {
      method: 'POST',
      headers,
      body: pieces,
      duplex: 'half',
    } as RequestInit);

    expect(await answer.json()).toEqual({ ok: true });
    expect(reached).toEqual([{ path: '/transfer/start?x=1', body }]);
  });

  it('is refused when it is larger than Twilio lets it be', async () => {
    const large = new Uint8Array(1_048_577);
    const answer = await fetch(`${front.url}/transfer/start`, { method: 'POST', body: large });
    expect(answer.status).toBe(413);
    expect(reached).toEqual([]);
  });

  it('is answered with 502 when the function’s answer breaks off, and the front goes on', async () => {
    expect((await post('/breaks-off')).status).toBe(502);
    expect((await post('/transfer/start')).status).toBe(200);
  });

  it('survives a caller who hangs up in the middle of a request', async () => {
    const caller = connect(Number(new URL(front.url).port), '127.0.0.1');
    caller.write('POST /transfer/start HTTP/1.1\r\nhost: front\r\ncontent-length: 100\r\n\r\nonly this');
    await new Promise<void>((closed) => {
      caller.once('close', closed);
      caller.once('connect', () => caller.destroy());
    });

    expect((await post('/transfer/start')).status).toBe(200);
  });
});
