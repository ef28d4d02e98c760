/**
 * Runs the built functions in this process, as Twilio's runtime calls them: handler, context, callback. Every run gets
 * a client of its own, so that each call to Twilio is known to belong to one run, whatever runs beside it. The local
 * runtime cannot tell them apart, and adds its own time to every request.
 *
 * TaskRouter's events are answered at once and worked on after: Twilio does not hold one back until another is done.
 */
import { readdirSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { join, relative, sep } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import twilio from 'twilio';
import type { TwilioHandler } from '../src/requests/endpoint';
import type { TwilioClient } from '../src/twilio/client';
import type { Call, Invocation } from './calls';

export const EVENTS_PATH = '/task-router/events';

export interface HostOptions {
  /** The built functions. */
  readonly functionsFolder: string;
  /** The settings of the functions, by their names; `ACCOUNT_SID` and `AUTH_TOKEN` among them. */
  readonly settings: () => Readonly<Record<string, string>>;
  /** How long each call to Twilio takes longer than it would: half of it before Twilio acts, half after. */
  readonly latencyMs: () => number;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** How long nothing must run before nothing more is expected. The sandbox sends its events within a few ms. */
const QUIET_MS = 100;

export async function startHost({ functionsFolder, settings, latencyMs }: HostOptions) {
  const handlers = loadHandlers(functionsFolder);
  Object.assign(globalThis, { Twilio: { Response: FunctionResponse } });

  // What the functions log is of no use here, and would stand between the figures; errors are still printed.
  const { log } = console;
  console.log = () => undefined;

  const invocations: Invocation[] = [];
  const listeners = new Set<(event: Readonly<Record<string, string>>) => void>();
  /** Functions and calls under way: a function may answer before its last call has ended. */
  let running = 0;
  let lastEndMs = performance.now();
  const begin = () => {
    running += 1;
    return () => {
      running -= 1;
      lastEndMs = performance.now();
    };
  };

  async function run(path: string, event: Readonly<Record<string, string>>): Promise<Answer> {
    const handler = handlers.get(path);
    if (handler === undefined) return { status: 404, body: { message: `No function ${path}` } };
    const calls: Call[] = [];
    const context = {
      ...settings(),
      getTwilioClient: (options?: object) =>
        measureCalls(twilio(settings().ACCOUNT_SID, settings().AUTH_TOKEN, options), latencyMs, calls, begin),
    };
    const end = begin();
    const startMs = performance.now();
    try {
      const answer = await new Promise<Answer>((done, failed) => {
        const headers = { 'content-type': 'application/x-www-form-urlencoded' };
        handler(context, { ...event, request: { headers } }, (_, response) => done(asAnswer(response))).catch(
          failed,
        );
      });
      invocations.push({ path, event, calls, startMs, endMs: performance.now(), status: answer.status });
      return answer;
    } finally {
      end();
    }
  }

  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://host').pathname;
    const event = Object.fromEntries(new URLSearchParams(await readText(request)));
    if (path === EVENTS_PATH) {
      response.writeHead(200).end();
      void run(path, event);
      for (const listener of listeners) listener(event);
      return;
    }
    const answer = await run(path, event);
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));

  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The functions have no port.');

  return {
    url: `http://127.0.0.1:${address.port}`,

    /** Every run that has answered, oldest answer first. */
    invocations: (): readonly Invocation[] => invocations,

    /** Resolves with the first event that `accepts` takes, from now on, and when it came. */
    nextEvent: (accepts: (event: Readonly<Record<string, string>>) => boolean) =>
      new Promise<{ readonly event: Readonly<Record<string, string>>; readonly atMs: number }>((found) => {
        const listener = (event: Readonly<Record<string, string>>) => {
          if (!accepts(event)) return;
          listeners.delete(listener);
          found({ event, atMs: performance.now() });
        };
        listeners.add(listener);
      }),

    /** Waits until no function runs and no event is to be expected, of what was done just now neither. */
    async quiet(): Promise<void> {
      const askedMs = performance.now();
      while (running > 0 || performance.now() - Math.max(lastEndMs, askedMs) < QUIET_MS) await wait(20);
    },

    close: () =>
      new Promise<void>((closed) => {
        console.log = log;
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}

/** The client as the function asked for it, with every request slowed down, timed and written down. */
function measureCalls(
  client: TwilioClient,
  latencyMs: () => number,
  calls: Call[],
  begin: () => () => void,
): TwilioClient {
  const { httpClient } = client;
  if (httpClient === undefined)
    throw new Error('Failed to measure the functions: the client has no httpClient.');
  const send = httpClient.request.bind(httpClient);
  httpClient.request = async (request) => {
    const latency = latencyMs();
    const end = begin();
    const startMs = performance.now();
    await until(startMs + latency / 2);
    try {
      return await send(request);
    } finally {
      const doneMs = performance.now();
      await until(doneMs + latency / 2);
      const endMs = performance.now();
      const { hostname: host, pathname: path } = new URL(request.uri);
      const { data, method } = request;
      calls.push({ method: method.toUpperCase(), host, path, data, startMs, doneMs, endMs });
      end();
    }
  };
  return client;
}

/** Timers may fire a little early; this never does. */
export async function until(atMs: number): Promise<void> {
  for (let left = atMs - performance.now(); left > 0; left = atMs - performance.now())
    await wait(Math.ceil(left));
}

/** `Twilio.Response`, as much of it as functions use. */
class FunctionResponse implements Answer {
  status = 200;
  body: unknown;

  setStatusCode(status: number): void {
    this.status = status;
  }
  setBody(body: object): void {
    this.body = body;
  }
  /** The headers are for browsers; nothing here reads them. */
  appendHeader(): void {}
}

function asAnswer(response: unknown): Answer {
  if (response instanceof FunctionResponse) return response;
  throw new Error('A function answered with something that is no Twilio.Response.');
}

/** Every function by its URL: `task-router/events.protected.js` is `/task-router/events`. */
function loadHandlers(folder: string): ReadonlyMap<string, TwilioHandler> {
  const load = createRequire(join(folder, 'index.js'));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files.map((file) => {
      const path = join(file.parentPath, file.name);
      const name = relative(folder, path).replace(/(\.protected)?\.js$/, '');
      return [`/${name.split(sep).join('/')}`, load(path).handler];
    }),
  );
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
