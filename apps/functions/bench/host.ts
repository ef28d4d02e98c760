/**
 * Runs the built functions in this process, and measures their calls. Every invocation gets a client of its own, so each
 * call belongs to one invocation, whatever runs at the same time. twilio-run cannot do this, and adds its own time to
 * every request.
 *
 * TaskRouter's events are answered at once and run afterwards: Twilio sends an event without waiting for the one before.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import twilio from 'twilio';
import type { TwilioHandler } from '../src/requests/endpoint';
import type { TwilioClient } from '../src/twilio/client';
import { callHandler, installTwilioGlobals, listFunctionFiles } from '../test/support/twilio-runtime';
import type { Call, Invocation } from './calls';

export const EVENTS_PATH = '/task-router/events';

export interface HostOptions {
  /** The built functions. */
  readonly functionsFolder: string;
  /** The settings of the functions, by name, with `ACCOUNT_SID` and `AUTH_TOKEN`. */
  readonly settings: () => Readonly<Record<string, string>>;
  /** Added to every call to Twilio: half of it before Twilio acts, half after. */
  readonly latencyMs: () => number;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** After this time without an invocation, no other follows. The sandbox sends its events within a few ms. */
const QUIET_MS = 100;

export async function startHost({ functionsFolder, settings, latencyMs }: HostOptions) {
  const handlers = loadHandlers(functionsFolder);
  const removeGlobal = installTwilioGlobals();

  // The log of the functions would be printed between the figures. Errors are still printed.
  const { log } = console;
  console.log = () => undefined;

  const invocations: Invocation[] = [];
  const listeners = new Set<(event: Readonly<Record<string, string>>) => void>();
  /** Invocations and calls in progress: a function may answer before its last call has ended. */
  let inProgress = 0;
  let lastEndMs = performance.now();
  const begin = () => {
    inProgress += 1;
    return () => {
      inProgress -= 1;
      lastEndMs = performance.now();
    };
  };

  async function invoke(
    path: string,
    event: Readonly<Record<string, string>>,
    origin?: string,
  ): Promise<Answer> {
    const handler = handlers.get(path);
    if (handler === undefined) return { status: 404, body: { message: `There is no function ${path}.` } };
    const calls: Call[] = [];
    const context = {
      ...settings(),
      createTwilioClient: (options?: object) =>
        measureCalls(twilio(settings().ACCOUNT_SID, settings().AUTH_TOKEN, options), latencyMs, calls, begin),
    };
    const end = begin();
    const startMs = performance.now();
    try {
      const { status, body } = await callHandler(handler, context, event, { origin });
      invocations.push({ path, event, calls, startMs, endMs: performance.now(), status });
      return { status, body };
    } finally {
      end();
    }
  }

  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://host').pathname;
    const event = Object.fromEntries(new URLSearchParams(await readText(request)));
    if (path === EVENTS_PATH) {
      response.writeHead(200).end();
      void invoke(path, event);
      for (const listener of listeners) listener(event);
      return;
    }
    const answer = await invoke(path, event, request.headers.origin);
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));

  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The functions have no port.');

  return {
    url: `http://127.0.0.1:${address.port}`,

    /** Every invocation that has answered, in the order of the answers. */
    invocations: (): readonly Invocation[] => invocations,

    /** Resolves with the next event that `accepts` accepts, and its time. */
    nextEvent: (accepts: (event: Readonly<Record<string, string>>) => boolean) =>
      new Promise<{ readonly event: Readonly<Record<string, string>>; readonly atMs: number }>((found) => {
        const listener = (event: Readonly<Record<string, string>>) => {
          if (!accepts(event)) return;
          listeners.delete(listener);
          found({ event, atMs: performance.now() });
        };
        listeners.add(listener);
      }),

    /** Waits until no function runs and no event is expected, also after what was done just before. */
    async waitUntilQuiet(): Promise<void> {
      const askedMs = performance.now();
      while (inProgress > 0 || performance.now() - Math.max(lastEndMs, askedMs) < QUIET_MS) await wait(20);
    },

    close: () =>
      new Promise<void>((closed) => {
        console.log = log;
        removeGlobal();
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}

/** The client, with every request delayed, timed and recorded. */
function measureCalls(
  client: TwilioClient,
  latencyMs: () => number,
  calls: Call[],
  begin: () => () => void,
): TwilioClient {
  const { httpClient } = client;
  if (httpClient === undefined)
    throw new Error(
      'Failed to measure the functions: the client has no httpClient. Check the version of twilio.',
    );
  const send = httpClient.request.bind(httpClient);
  httpClient.request = async (request) => {
    const latency = latencyMs();
    const end = begin();
    const startMs = performance.now();
    await waitUntil(startMs + latency / 2);
    try {
      return await send(request);
    } finally {
      const doneMs = performance.now();
      await waitUntil(doneMs + latency / 2);
      const endMs = performance.now();
      const { hostname: host, pathname: path } = new URL(request.uri);
      const { data, method } = request;
      calls.push({ method: method.toUpperCase(), host, path, data, startMs, doneMs, endMs });
      end();
    }
  };
  return client;
}

/** Never returns before the time; a timer alone may fire a little early. */
export async function waitUntil(atMs: number): Promise<void> {
  for (let left = atMs - performance.now(); left > 0; left = atMs - performance.now())
    await wait(Math.ceil(left));
}

function loadHandlers(folder: string): ReadonlyMap<string, TwilioHandler> {
  const load = createRequire(join(folder, 'index.js'));
  return new Map([...listFunctionFiles(folder, '.js')].map(([path, file]) => [path, load(file).handler]));
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
