/**
 * The HTTP server in front of twilio-run. It checks what hosted Functions check and twilio-run does not: a
 * protected function needs Twilio's signature over the URL and the form, a private one cannot be called, and
 * a request for another host is not answered. Every other request is forwarded unchanged.
 */
import { readdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative, sep } from 'node:path';
import type { FailureAnswer } from '@chat-transfer/transfer-core';
import twilio from 'twilio';

/** The largest request body that hosted Functions accept. */
const LARGEST_BODY_BYTES = 1_048_576;

/**
 * The methods that hosted Functions accept:
 * https://www.twilio.com/docs/serverless/functions-assets/functions/request-flow
 */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS']);

export interface GatewayOptions {
  /** 0 for any free port. */
  readonly port: number;
  /** Where twilio-run listens; `undefined` while it is being restarted. */
  readonly runtimeUrl: () => string | undefined;
  /** The built functions. A file's name says who may call it. */
  readonly functionsFolder: string;
  readonly authToken: string;
}

export interface Gateway {
  readonly url: string;
  close(): Promise<void>;
}

type Access = 'public' | 'protected' | 'private';

/** Rejects when the port is taken (`EADDRINUSE`). */
export async function startGateway({
  port,
  runtimeUrl,
  functionsFolder,
  authToken,
}: GatewayOptions): Promise<Gateway> {
  const access = readAccess(functionsFolder);
  let url = '';

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const isCallerGone = request.destroyed && !request.complete;
      if (isCallerGone) return;
      console.error(`Failed to answer ${request.method} ${request.url}:`, error);
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'the local server has a bug. Its log has the cause');
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // The target is parsed once, for the access check and for forwarding, so that the two cannot differ.
    const target = parseTarget(request.url ?? '', request.headers.host ?? '');
    if (target === undefined) return refuse(response, 400, 'its target is no path on this machine');
    const { pathname, search } = target;
    const level = access.get(pathname) ?? 'public';
    const body = await readBody(request);
    if (body === undefined) return refuse(response, 413, 'its body is larger than 1 MiB');
    if (!METHODS.has(request.method ?? '')) return refuse(response, 405, 'its method is not POST');
    if (level === 'private') return refuse(response, 403, 'the function is private');
    if (level === 'protected' && !isSigned(request, target.sent, body)) {
      return refuse(response, 403, 'it does not carry Twilio’s signature');
    }
    // twilio-run would log the beginning of a body that it cannot parse, which may hold a token.
    if (!isReadable(request, body)) return refuse(response, 400, 'it is not valid JSON');
    const base = runtimeUrl();
    if (base === undefined) return refuseForNow(response, 503, 'the functions are restarting');
    await forward(request, `${base}${pathname}${search}`, body, response, access.has(pathname));
  }

  function isSigned(request: IncomingMessage, sentTarget: string, body: Buffer): boolean {
    const signature = String(request.headers['x-twilio-signature'] ?? '');
    const form = Object.fromEntries(new URLSearchParams(body.toString('utf8')));
    return twilio.validateRequest(authToken, signature, `${url}${sentTarget}`, form);
  }

  await new Promise<void>((listening, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', listening);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}

interface Target {
  /** With `.` and `..` resolved. */
  readonly pathname: string;
  readonly search: string;
  /** Path and query as the caller wrote them. Twilio signs them like this. */
  readonly sent: string;
}

/** Names of this machine, on any port. Browsers resolve every name below `localhost` to it. */
const LOCAL_HOST = /^(?:127\.0\.0\.1|\[::1\]|(?:[\w-]+\.)*localhost)(?::\d+)?$/i;

/**
 * Reads a target of both forms that a server must accept (https://httpwg.org/specs/rfc9112.html#request.target):
 * `/path`, whose host is in the header `host`, and `http://host/path`. `undefined` for another host, and for a
 * path that cannot be decoded. A path may begin with `//`: what follows is not a host. A web page whose name
 * leads to this machine (DNS rebinding) sends its own name as the host.
 */
function parseTarget(target: string, hostHeader: string): Target | undefined {
  const [, host = hostHeader, sent = ''] = /^(?:http:\/\/([^/?#]*))?(\/.*)$/is.exec(target) ?? [];
  if (sent === '' || !LOCAL_HOST.test(host)) return undefined;
  const { pathname, search } = new URL(`http://gateway${sent}`);
  try {
    decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  return { pathname, search, sent };
}

async function forward(
  request: IncomingMessage,
  target: string,
  body: Buffer,
  response: ServerResponse,
  isFunction: boolean,
): Promise<void> {
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  let forwarded: Response;
  let answer: Buffer;
  try {
    forwarded = await fetch(target, {
      method: request.method ?? 'GET',
      headers: headers.filter(isForwarded),
      ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
    });
    answer = Buffer.from(await forwarded.arrayBuffer());
  } catch (error) {
    // twilio-run ended before it answered. The function may have run, but every request may be sent twice.
    console.error(
      `Failed to forward ${request.method} ${request.url} to twilio-run: ${describeCause(error)}`,
    );
    return refuseForNow(response, 502, 'the functions ended before they answered');
  }
  // twilio-run answers a body that it cannot parse with an HTML page that holds a stack trace.
  const isErrorPage = forwarded.status >= 400 && !/json/.test(forwarded.headers.get('content-type') ?? '');
  if (isFunction && isErrorPage) return refuse(response, forwarded.status, 'twilio-run could not process it');
  response.writeHead(forwarded.status, Object.fromEntries([...forwarded.headers].filter(isForwarded)));
  response.end(answer);
}

/** The errors of fetch hold the reason in their `cause`. */
function describeCause(error: unknown): string {
  const { cause = error } = error as { cause?: unknown };
  return cause instanceof Error ? cause.message : String(cause);
}

/** The access level of every function by its URL path: `task-router/events.protected.js` is protected. */
function readAccess(folder: string): Map<string, Access> {
  const access = new Map<string, Access>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const named = /^(.+?)(?:\.(protected|private))?\.js$/.exec(entry.name);
    if (!entry.isFile() || named === null) continue;
    const [, name = '', level = 'public'] = named;
    const path = relative(folder, join(entry.parentPath, name)).split(sep).join('/');
    access.set(`/${path}`, level as Access);
  }
  return access;
}

/** Returns `undefined` for a body over the limit. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > LARGEST_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** twilio-run accepts JSON objects and lists only. */
function isReadable(request: IncomingMessage, body: Buffer): boolean {
  if (body.length === 0 || !/^application\/json\b/i.test(request.headers['content-type'] ?? '')) return true;
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null;
  } catch {
    return false;
  }
}

/** Answers in the shape of the functions' failures, so that one parser reads both. */
function refuse(response: ServerResponse, status: number, why: string): void {
  const code = status === 403 ? 'not-allowed' : status < 500 ? 'bad-input' : 'internal';
  const message = `Failed to answer the request: ${why}.`;
  sendFailure(response, status, { ok: false, code, message, retryable: false });
}

/** Says that the same request may succeed in a moment: the functions' failure code `busy` means that. */
function refuseForNow(response: ServerResponse, status: number, why: string): void {
  const message = `Failed to answer the request: ${why}. Send the same request again in a few seconds.`;
  // Without this header, a page could not read the answer. Every page may read it: it holds nothing secret.
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('retry-after', '2');
  sendFailure(response, status, { ok: false, code: 'busy', message, retryable: true });
}

function sendFailure(response: ServerResponse, status: number, answer: FailureAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}

/** Headers that belong to one connection, or to an encoding that fetch and Node have already undone. */
const CONNECTION_HEADERS = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'transfer-encoding',
]);
const isForwarded = ([name]: readonly [string, string]) => !CONNECTION_HEADERS.has(name);
