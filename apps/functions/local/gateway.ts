/**
 * The front door of local functions. A protected function is reached only with Twilio's signature over the address
 * and the form; a private one not at all. Everything else goes through as it came.
 */
import { readdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative, sep } from 'node:path';
import type { FailureAnswer } from '@chat-transfer/transfer-core';
import twilio from 'twilio';

/** As hosted Functions limit a request's body. */
const LARGEST_BODY_BYTES = 1_048_576;

/** What hosted Functions answer: https://www.twilio.com/docs/serverless/functions-assets/functions/request-flow */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS']);

export interface FrontOptions {
  /** 0 for any free port. */
  readonly port: number;
  /** Where twilio-run listens. */
  readonly runtimeUrl: string;
  /** The built functions; their file names say who may reach them. */
  readonly functionsFolder: string;
  readonly authToken: string;
}

export interface Front {
  readonly url: string;
  close(): Promise<void>;
}

type Access = 'public' | 'protected' | 'private';

export async function startFront({
  port,
  runtimeUrl,
  functionsFolder,
  authToken,
}: FrontOptions): Promise<Front> {
  const access = readAccess(functionsFolder);
  let url = '';

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      console.error(error);
      response.writeHead(502).end();
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // One reading of the address for the check and for the way on, so that the two cannot differ.
    const target = new URL(`${runtimeUrl}${request.url}`);
    const level = access.get(target.pathname) ?? 'public';
    const body = await readBody(request);
    if (body === undefined) return refuse(response, 413, 'its body is larger than 1 MiB');
    if (!METHODS.has(request.method ?? '')) return refuse(response, 405, 'it is not sent by POST');
    if (level === 'private') return refuse(response, 403, 'nobody may call this function');
    if (level === 'protected' && !isSigned(request, body)) {
      return refuse(response, 403, 'it does not carry Twilio’s signature');
    }
    // twilio-run would print the beginning of what it cannot read: a token, perhaps.
    if (!isReadable(request, body)) return refuse(response, 400, 'it is not valid JSON');
    await forward(request, target, body, response, access.has(target.pathname));
  }

  function isSigned(request: IncomingMessage, body: Buffer): boolean {
    const signature = String(request.headers['x-twilio-signature'] ?? '');
    const form = Object.fromEntries(new URLSearchParams(body.toString('utf8')));
    return twilio.validateRequest(authToken, signature, `${url}${request.url}`, form);
  }

  async function forward(
    request: IncomingMessage,
    target: URL,
    body: Buffer,
    response: ServerResponse,
    isFunction: boolean,
  ): Promise<void> {
    const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    const forwarded = await fetch(target, {
      method: request.method ?? 'GET',
      headers: headers.filter(travels),
      ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
    });
    const answer = Buffer.from(await forwarded.arrayBuffer());
    // A body that cannot be read never gets to the function: twilio-run answers a page with a stack trace.
    const isOwnError = forwarded.status >= 400 && !/json/.test(forwarded.headers.get('content-type') ?? '');
    if (isFunction && isOwnError) return refuse(response, forwarded.status, 'it cannot be read');
    response.writeHead(forwarded.status, Object.fromEntries([...forwarded.headers].filter(travels)));
    response.end(answer);
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

/** The access of every function by its URL, from its file name: `events.protected.js` is protected. */
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

/** Objects and lists: twilio-run takes no other JSON. */
function isReadable(request: IncomingMessage, body: Buffer): boolean {
  if (body.length === 0 || !/^application\/json\b/i.test(request.headers['content-type'] ?? '')) return true;
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null;
  } catch {
    return false;
  }
}

/** In the shape in which the functions refuse, so that whoever reads theirs can read this. */
function refuse(response: ServerResponse, status: number, why: string): void {
  const answer: FailureAnswer = {
    ok: false,
    code: status === 403 ? 'not-allowed' : status < 500 ? 'bad-input' : 'internal',
    message: `Failed to answer the request: ${why}.`,
    retryable: false,
  };
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}

/** About one connection, or about an encoding that fetch and Node have undone by now. */
const STAYS = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'transfer-encoding',
]);
const travels = ([name]: readonly [string, string]) => !STAYS.has(name);
