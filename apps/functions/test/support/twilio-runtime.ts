/**
 * Twilio's runtime for functions, in this process: the globals `Twilio` and `Runtime`, the context, and one event with the
 * fields of the query and the form. Handlers are found by their path, as Twilio finds them.
 *
 * It keeps what handlers log out of the output of the tests.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { readdirSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { format } from 'node:util';
import type { TwilioHandler } from '../../src/requests/endpoint';
import type { ServiceContext } from '../../src/requests/services';

/** How browsers and Twilio send a form. */
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** A function's answer, as a browser gets it. */
export interface FunctionAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  /** What the function logged for this request. */
  readonly log: readonly string[];
}

/** https://www.twilio.com/docs/serverless/functions-assets/functions/invocation#construct-a-twilio-response */
export class TwilioResponse {
  status = 200;
  body: unknown;
  readonly headers: Record<string, string> = {};

  setStatusCode(status: number) {
    this.status = status;
    return this;
  }

  setBody(body: unknown) {
    this.body = body;
    return this;
  }

  appendHeader(name: string, value: string) {
    this.headers[name.toLowerCase()] = value;
    return this;
  }
}

/**
 * Sets the globals of Twilio's runtime that the functions use. Returns a function that removes them.
 * @param document the private asset `chat-transfer.json`
 */
export function installTwilioGlobals(document?: unknown): () => void {
  const asset = { open: () => JSON.stringify(document) };
  const assets = document === undefined ? {} : { '/chat-transfer.json': asset };
  const globals = { Twilio: { Response: TwilioResponse }, Runtime: { getAssets: () => assets } };
  Object.assign(globalThis, globals);
  return () => {
    for (const name of Object.keys(globals)) Reflect.deleteProperty(globalThis, name);
  };
}

/** Calls a handler and waits for its response. A field named `request` replaces the headers, as in Twilio's runtime. */
export function callHandler(
  handler: TwilioHandler,
  context: ServiceContext,
  fields: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string | undefined>> = {},
): Promise<TwilioResponse> {
  return new Promise((resolveResponse, reject) => {
    const callback = (error: unknown, response: unknown) =>
      response instanceof TwilioResponse ? resolveResponse(response) : reject(error);
    const event = { request: { headers: { ...FORM, ...headers } }, ...fields };
    handler(context, event, callback).catch(reject);
  });
}

/** Every function's file by its URL path: `task-router/events.protected.ts` is `/task-router/events`. */
export function listFunctionFiles(folder: string, extension: '.ts' | '.js'): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => resolve(parentPath, name))
    .filter((file) => file.endsWith(extension) && !file.endsWith(`.test${extension}`));
  return new Map(
    files.map((file) => {
      const name = relative(folder, file).replace(/(\.protected)?\.[jt]s$/, '');
      return [`/${name.split(sep).join('/')}`, file];
    }),
  );
}

/**
 * @param createContext returns the context of a call on this host; asked for every call
 * @param document the private asset `chat-transfer.json`
 */
export async function startRuntime<Host>(createContext: (host: Host) => ServiceContext, document?: unknown) {
  // All at once: a first call that loads its function takes other turns of the event loop than later ones.
  const handlers = await loadHandlers();
  const restore = [captureLogs(), installTwilioGlobals(document)];

  return {
    /** Calls the function of this path with these fields, as a form, a query or JSON carries them. */
    async call(
      host: Host,
      path: string,
      fields: Readonly<Record<string, unknown>>,
      headers: Readonly<Record<string, string | undefined>> = {},
    ): Promise<FunctionAnswer> {
      const handler = handlers.get(path);
      if (handler === undefined) throw new Error(`Failed to call ${path}: there is no such function.`);
      const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
      const log: string[] = [];
      const response = await callLog.run(log, () =>
        callHandler(handler, createContext(host), given, headers),
      );
      const { status, body } = response;
      // A browser gets the body through JSON.
      return { status, body: JSON.parse(JSON.stringify(body ?? {})), headers: response.headers, log };
    },
    /** Restores the globals. */
    stop() {
      for (const restoreOne of restore) restoreOne();
    },
  };
}

async function loadHandlers(): Promise<ReadonlyMap<string, TwilioHandler>> {
  const files = listFunctionFiles(resolve(import.meta.dirname, '../../src/functions'), '.ts');
  const entries = [...files].map(async ([path, file]): Promise<[string, TwilioHandler]> => {
    const { handler } = await import(/* @vite-ignore */ file);
    return [path, handler];
  });
  return new Map(await Promise.all(entries));
}

/** The log of the call that is running. Several calls may run at the same time. */
const callLog = new AsyncLocalStorage<string[]>();

function captureLogs(): () => void {
  const original = { log: console.log, error: console.error };
  const captureOr =
    (print: (...values: unknown[]) => void) =>
    (...values: unknown[]) => {
      const log = callLog.getStore();
      if (log === undefined) print(...values);
      else log.push(format(...values));
    };
  console.log = captureOr(original.log);
  console.error = captureOr(original.error);
  return () => Object.assign(console, original);
}
