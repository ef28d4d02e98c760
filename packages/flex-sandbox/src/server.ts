/**
 * The HTTP server: `http://127.0.0.1:PORT/HOST/PATH` reaches the endpoint of `https://HOST/PATH`, and
 * `ws://…` the socket of `wss://…`. Every other path is a page or a control endpoint of the sandbox.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { ApiError } from './api-error.js';
import { httpDate } from './clock.js';
import { identifyCaller } from './iam/callers.js';
import { parseRequestTarget } from './request-target.js';
import { type ApiReply, type ApiRequest, type Method, parseBody, parseForm } from './router.js';
import type { SandboxState } from './sandbox-state.js';

/** `/taskrouter.twilio.com/v1/Workspaces` → host and path. */
const TWILIO_PATH = /^\/((?:[\w-]+\.)+(?:twilio|twiliocdn)\.com)(\/[^?]*)?/i;

const PAGE_NOT_FOUND: ApiReply = { status: 404, body: { message: 'The sandbox has no such page.' } };

const NOT_THIS_HOST: ApiReply = {
  status: 400,
  body: { message: 'The sandbox answers only requests for 127.0.0.1, localhost and names below localhost.' },
};

/** A request for a page or a control endpoint. */
interface PageRequest {
  readonly method: string;
  /** With the host that the browser requested, because each worker's Flex has a separate host. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly rawBody: Buffer;
}

/** Handles a page request; `undefined` leaves it to the next handler. An `ApiError` becomes the response. */
export type PageHandler = (request: PageRequest) => Promise<ApiReply | undefined>;

/** Runs around every API request. It may delay the request, drop it or reply itself. */
export type Interceptor = (
  request: Omit<ApiRequest, 'segments'>,
  next: () => Promise<ApiReply & { readonly unknownEndpoint: boolean }>,
) => Promise<ApiReply | 'drop'>;

/** Acts on the WebSockets of Twilio's hosts. */
interface SocketInterceptor {
  /** Whether a new connection to this host is refused. */
  refuses(host: string): boolean;
  /** Called for each connection when it opens. */
  watch(host: string, socket: WebSocket): void;
}

export interface ServerOptions {
  /** 0 means any free port. */
  readonly port: number;
  /** Returns the current state; a reset replaces it. */
  readonly sandbox: () => SandboxState;
  readonly page: PageHandler;
  readonly intercept: Interceptor;
  readonly sockets?: SocketInterceptor;
  /** WebSockets of the sandbox itself, by path. */
  readonly pageSockets?: Readonly<Record<string, (socket: WebSocket) => void>>;
}

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

export async function startServer({
  port,
  sandbox,
  page,
  intercept,
  sockets: socketInterceptor,
  pageSockets = {},
}: ServerOptions): Promise<RunningServer> {
  const server = createServer((request, response) => {
    handleRequest(request, response).catch((error: unknown) => {
      // The client closed the connection before it had sent the whole request.
      if (!request.complete) return;
      console.error(`Failed to handle ${request.method} ${request.url}:`, error);
      sendReply(response, {
        status: 500,
        body: new ApiError(500, 20500, String(error)).toBody(),
        headers: dateHeader(sandbox()),
      });
    });
  });

  async function handleRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const rawBody = await readBody(request);
    const headers = readHeaders(request);
    const url = parseRequestTarget(request.url ?? '', headers.host ?? '');
    if (url === undefined) return sendReply(response, NOT_THIS_HOST);
    const [, host, path = '/'] = TWILIO_PATH.exec(url.pathname) ?? [];
    if (request.method === 'OPTIONS' && host !== undefined) {
      return sendReply(response, {
        status: 204,
        headers: { ...dateHeader(sandbox()), ...corsHeaders(request) },
      });
    }
    if (host === undefined) {
      const reply = handlePage(page, { method: request.method ?? 'GET', url, headers, rawBody });
      return sendReply(response, (await reply) ?? PAGE_NOT_FOUND);
    }
    // A request that is pending during a reset finishes on the old state: the new state has other chats.
    const sandboxAtArrival = sandbox();
    const apiRequest = readApiRequest(sandboxAtArrival, request, headers, host, path, url, rawBody);
    const reply = await intercept(apiRequest, () => sandboxAtArrival.router.dispatch(apiRequest));
    if (reply === 'drop') {
      request.socket.destroy();
      return;
    }
    // A fault's reply does not come from the router, which sets the date.
    const date = dateHeader(sandboxAtArrival);
    sendReply(response, { ...reply, headers: { ...date, ...corsHeaders(request), ...reply.headers } });
    reply.afterReply?.();
  }

  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => [...offered][0] ?? false,
  });
  server.on('upgrade', (request, socket, head) => {
    const url = parseRequestTarget(request.url ?? '', request.headers.host ?? '');
    const [, host, path = '/'] = TWILIO_PATH.exec(url?.pathname ?? '') ?? [];
    const serveSocket = host === undefined ? undefined : sandbox().sockets.get(host.split('.')[0] ?? '');
    const servePageSocket = host === undefined ? pageSockets[url?.pathname ?? ''] : undefined;
    if (servePageSocket !== undefined) {
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        webSocket.on('error', () => webSocket.terminate());
        servePageSocket(webSocket);
      });
      return;
    }
    const isServed = url !== undefined && host !== undefined && serveSocket !== undefined;
    if (!isServed || socketInterceptor?.refuses(host) === true) {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => webSocket.terminate());
      socketInterceptor?.watch(host, webSocket);
      serveSocket({ socket: webSocket, host, path, query: url.searchParams });
    });
  });

  await listen(server, port);
  const { port: actualPort } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${actualPort}`,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.clients) socket.terminate();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function handlePage(page: PageHandler, request: PageRequest): Promise<ApiReply | undefined> {
  try {
    return await page(request);
  } catch (error) {
    if (error instanceof ApiError) return { status: error.status, body: error.toBody() };
    throw error;
  }
}

function readHeaders(request: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
  );
}

function readApiRequest(
  sandbox: SandboxState,
  request: IncomingMessage,
  headers: Record<string, string | undefined>,
  host: string,
  path: string,
  url: URL,
  rawBody: Buffer,
): Omit<ApiRequest, 'segments'> {
  return {
    method: request.method as Method,
    host: host.toLowerCase(),
    path,
    query: parseForm(url.search),
    body: parseBodyLeniently(rawBody, headers['content-type']),
    rawBody,
    headers,
    caller: identifyCaller(sandbox, headers),
  };
}

/** The worker SDK sends JSON with a form's content type. Handlers that reject invalid JSON read `rawBody`. */
function parseBodyLeniently(raw: Buffer, contentType: string | undefined) {
  const looksLikeJson = raw.length > 0 && raw[0] === 0x7b;
  try {
    return parseBody(raw, looksLikeJson ? 'application/json' : contentType);
  } catch {
    return {};
  }
}

function sendReply(response: ServerResponse, reply: ApiReply): void {
  const isBytes = Buffer.isBuffer(reply.body);
  const payload = reply.body === undefined || isBytes ? reply.body : JSON.stringify(reply.body);
  response.writeHead(reply.status ?? 200, {
    'content-type': 'application/json; charset=utf-8',
    ...reply.headers,
  });
  response.end(payload);
}

/** Overrides the `Date` of the host's clock, which Node sends by default. */
const dateHeader = ({ clock }: SandboxState) => ({ date: httpDate(clock.nowMs()) });

/** Twilio's APIs allow every origin. The sandbox's pages and control endpoints do not send these headers. */
function corsHeaders(request: IncomingMessage): Record<string, string> {
  const { origin } = request.headers;
  if (origin === undefined) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'GET, POST, PUT, DELETE, OPTIONS',
    'access-control-allow-headers': String(request.headers['access-control-request-headers'] ?? '*'),
    'access-control-expose-headers': 'ETag',
    'access-control-max-age': '600',
    vary: 'origin',
  };
}
