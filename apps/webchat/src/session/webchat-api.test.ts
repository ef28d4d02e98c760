import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { failureAnswer } from '@chat-transfer/transfer-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createWebchatApi } from './webchat-api';

interface ReceivedRequest {
  readonly path: string | undefined;
  readonly body: string;
}

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  vi.restoreAllMocks();
});

/** Starts a server that answers every request with `status` and `body`, and records the requests. */
async function startServer(
  status: number,
  body: string,
): Promise<{ url: string; requests: ReceivedRequest[] }> {
  const requests: ReceivedRequest[] = [];
  const listening = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    requests.push({ path: request.url, body: text });
    response.writeHead(status).end(body);
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests };
}

const startAnswer = {
  ok: true,
  token: 'jwt',
  identity: 'customer-1',
  conversationSid: 'CH1',
  backend: 'conversations',
  session: 'signed',
};

describe('createWebchatApi', () => {
  it('sends the customer’s name to start a chat', async () => {
    const { url, requests } = await startServer(200, JSON.stringify(startAnswer));

    expect(await createWebchatApi(url).start({ name: 'Dana & Söhne' })).toEqual({
      ok: true,
      value: startAnswer,
    });
    expect(requests).toEqual([{ path: '/webchat/start', body: 'name=Dana+%26+S%C3%B6hne' }]);
  });

  it('sends the backend of the settings to start a chat', async () => {
    const { url, requests } = await startServer(200, JSON.stringify(startAnswer));
    await createWebchatApi(url).start({ name: 'Dana', backend: 'programmable-chat' });
    expect(requests.map(({ body }) => body)).toEqual(['name=Dana&backend=programmable-chat']);
  });

  it('sends the session proof to end a chat', async () => {
    const { url, requests } = await startServer(200, '{"ok":true}');

    expect(await createWebchatApi(url).end({ session: 'signed' })).toEqual({ ok: true, value: undefined });
    expect(requests).toEqual([{ path: '/webchat/end', body: 'session=signed' }]);
  });

  it('sends the session proof to ask for a sweep', async () => {
    const { url, requests } = await startServer(200, '{"ok":true,"nextInMs":60000}');
    const answer = await createWebchatApi(url).sweep({ session: 'signed' });
    expect(answer).toEqual({ ok: true, value: { ok: true, nextInMs: 60_000 } });
    expect(requests).toEqual([{ path: '/sweep', body: 'session=signed' }]);
  });

  it('returns the answer of the functions when they refuse', async () => {
    const answer = failureAnswer({ code: 'busy' });
    const { url } = await startServer(503, JSON.stringify(answer));

    expect(await createWebchatApi(url).start({ name: 'Dana' })).toEqual({
      ok: false,
      failure: { code: 'refused', answer },
    });
  });

  it.each([
    ['a proxy’s error page', '<html>Bad gateway</html>'],
    ['a success without a token', JSON.stringify({ ...startAnswer, token: undefined })],
    ['a success on an unknown backend', JSON.stringify({ ...startAnswer, backend: 'other' })],
  ])('rejects %s as an answer to start', async (_, body) => {
    const { url } = await startServer(200, body);

    expect(await createWebchatApi(url).start({ name: 'Dana' })).toEqual({
      ok: false,
      failure: { code: 'invalid-answer', httpStatus: 200 },
    });
  });

  it('reports the functions as unreachable when no server answers', async () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    const { url } = await startServer(200, '');
    await new Promise((resolve) => server?.close(resolve));

    expect(await createWebchatApi(url).start({ name: 'Dana' })).toEqual({
      ok: false,
      failure: { code: 'unreachable' },
    });
  });
});
