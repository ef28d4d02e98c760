// @vitest-environment node
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { failureAnswer } from '@chat-transfer/transfer-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createWebchatApi } from './webchat-api';

interface Seen {
  readonly path: string | undefined;
  readonly body: string;
}

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  vi.restoreAllMocks();
});

/** A server that answers everything with `status` and `body`, and keeps what it was asked. */
async function aServerThatAnswers(status: number, body: string): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const started = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    seen.push({ path: request.url, body: text });
    response.writeHead(status).end(body);
  });
  server = started;
  await new Promise<void>((listening) => started.listen(0, '127.0.0.1', listening));
  const { port } = started.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, seen };
}

const started = {
  ok: true,
  token: 'jwt',
  identity: 'customer-1',
  conversationSid: 'CH1',
  backend: 'conversations',
  session: 'signed',
};

describe('the webchat API', () => {
  it('starts a chat under the name the customer gave', async () => {
    const { url, seen } = await aServerThatAnswers(200, JSON.stringify(started));

    expect(await createWebchatApi(url).start({ name: 'Dana & Söhne' })).toEqual({ ok: true, value: started });
    expect(seen).toEqual([{ path: '/webchat/start', body: 'name=Dana+%26+S%C3%B6hne' }]);
  });

  it('says where the chat shall live when the installation does', async () => {
    const { url, seen } = await aServerThatAnswers(200, JSON.stringify(started));
    await createWebchatApi(url).start({ name: 'Dana', backend: 'programmable-chat' });
    expect(seen.map(({ body }) => body)).toEqual(['name=Dana&backend=programmable-chat']);
  });

  it('ends a chat with the session that proves whose it is', async () => {
    const { url, seen } = await aServerThatAnswers(200, '{"ok":true}');

    expect(await createWebchatApi(url).end({ session: 'signed' })).toEqual({ ok: true, value: undefined });
    expect(seen).toEqual([{ path: '/webchat/end', body: 'session=signed' }]);
  });

  it('hands on why the functions refused', async () => {
    const answer = failureAnswer({ code: 'busy' });
    const { url } = await aServerThatAnswers(503, JSON.stringify(answer));

    expect(await createWebchatApi(url).start({ name: 'Dana' })).toEqual({
      ok: false,
      failure: { code: 'refused', answer },
    });
  });

  it.each([
    ['a page of a proxy', '<html>Bad gateway</html>'],
    ['a success without a token', JSON.stringify({ ...started, token: undefined })],
    ['a success on a backend it does not know', JSON.stringify({ ...started, backend: 'other' })],
  ])('does not take %s for a started chat', async (_, body) => {
    const { url } = await aServerThatAnswers(200, body);

    expect(await createWebchatApi(url).start({ name: 'Dana' })).toEqual({
      ok: false,
      failure: { code: 'not-understood', httpStatus: 200 },
    });
  });

  it('says so when nobody is there', async () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    const { url } = await aServerThatAnswers(200, '');
    await new Promise((closed) => server?.close(closed));

    expect(await createWebchatApi(url).start({ name: 'Dana' })).toEqual({
      ok: false,
      failure: { code: 'unreachable' },
    });
  });
});
