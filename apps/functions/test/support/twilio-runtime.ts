/**
 * What Twilio's runtime gives a function, in this process: the global `Twilio.Response`, the context, and the query and
 * the form merged into one event. A handler is found by its path, as Twilio finds it, and called like there.
 *
 * What handlers log is kept here and never reaches the output of the tests, and what they wait for is there at once.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { format } from 'node:util';
import type { TwilioHandler } from '../../src/requests/endpoint';
import type { TwilioContext } from '../../src/twilio/client';
import type { SharedClock } from './virtual-clock';

const FUNCTIONS_FOLDER = resolve(import.meta.dirname, '../../src/functions');

/** As every browser and Twilio itself send a form. */
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** An answer of a function, as a browser gets it. */
export interface FunctionAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  /** What the function logged on the way. */
  readonly log: readonly string[];
}

/** https://www.twilio.com/docs/serverless/functions-assets/functions/invocation#construct-a-twilio-response */
class RuntimeResponse {
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

export interface TwilioRuntime {
  /** Calls the function of this path with these fields, as a form, a query or JSON would carry them. */
  call(
    path: string,
    fields: Readonly<Record<string, unknown>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<FunctionAnswer>;
  /** Gives the globals back. */
  stop(): void;
}

/** `context`: what a function is called with; asked for anew for every call. */
export function startRuntime(clock: SharedClock, context: () => TwilioContext): TwilioRuntime {
  const handlers = new Map<string, Promise<TwilioHandler>>();
  const stopKeepingLogs = keepLogs();
  const stopSkippingWaits = skipWaits(clock);
  Object.assign(globalThis, { Twilio: { Response: RuntimeResponse } });

  return {
    async call(path, fields, headers = {}) {
      const found = handlers.get(path) ?? loadHandler(path);
      handlers.set(path, found);
      const handler = await found;
      const given = Object.entries(fields).filter(([, value]) => value !== undefined);
      const log: string[] = [];
      const response = await callLog.run(
        log,
        () =>
          new Promise<RuntimeResponse>((answered, failed) => {
            const callback = (error: unknown, answer: unknown) =>
              answer instanceof RuntimeResponse ? answered(answer) : failed(error);
            // A field named `request` takes the place of the headers, as in Twilio's runtime.
            const event = { request: { headers: { ...FORM, ...headers } }, ...Object.fromEntries(given) };
            handler(context(), event, callback).catch(failed);
          }),
      );
      // As a browser gets it: through JSON.
      const { status, body } = response;
      return { status, body: JSON.parse(JSON.stringify(body ?? {})), headers: response.headers, log };
    },
    stop() {
      stopKeepingLogs();
      stopSkippingWaits();
      Reflect.deleteProperty(globalThis, 'Twilio');
    },
  };
}

/** `/transfer/start` is `functions/transfer/start.ts`, or `start.protected.ts` when only Twilio may call it. */
async function loadHandler(path: string): Promise<TwilioHandler> {
  const file = ['.ts', '.protected.ts']
    .map((ending) => resolve(FUNCTIONS_FOLDER, `.${path}${ending}`))
    .find(existsSync);
  if (file === undefined) throw new Error(`There is no function ${path}`);
  const { handler } = await import(/* @vite-ignore */ file);
  return handler;
}

/** Of the call under way: several may run at a time. */
const callLog = new AsyncLocalStorage<string[]>();

function keepLogs(): () => void {
  const original = { log: console.log, error: console.error };
  const keepOr =
    (print: (...values: unknown[]) => void) =>
    (...values: unknown[]) => {
      const log = callLog.getStore();
      if (log === undefined) print(...values);
      else log.push(format(...values));
    };
  console.log = keepOr(original.log);
  console.error = keepOr(original.error);
  return () => Object.assign(console, original);
}

/** A function that waits, before it tries a call again for instance, moves time on instead. */
function skipWaits(clock: SharedClock): () => void {
  const { setTimeout: realSetTimeout } = globalThis;
  const skipping = (run: (...values: unknown[]) => void, ms = 0, ...values: unknown[]) => {
    if (callLog.getStore() === undefined) return realSetTimeout(run, ms, ...values);
    // What falls due at Twilio meanwhile is no part of the call.
    callLog.exit(() => clock.advance(Math.ceil(ms)));
    return realSetTimeout(run, 0, ...values);
  };
  globalThis.setTimeout = Object.assign(skipping, realSetTimeout);
  return () => Object.assign(globalThis, { setTimeout: realSetTimeout });
}
