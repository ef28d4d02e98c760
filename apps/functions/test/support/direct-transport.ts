/**
 * A world whose calls go straight to the sandbox's endpoints, and its callbacks straight back, past HTTP: thousands of
 * runs of a few dozen calls each would spend most of their time in sockets. The helper library, the endpoints and what
 * they say are the same.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type FunctionsFixture, type InProcessOptions, startFunctionsFixture } from './functions-fixture';
import type { CallOptions } from './loopback-client';

export async function startDirectFixture({
  line = (_options, pass) => pass(),
  ...options
}: InProcessOptions): Promise<FunctionsFixture> {
  let shortCut: ShortCut | undefined;
  const world = await startFunctionsFixture({
    ...options,
    line: <Answer>(call: CallOptions, overHttp: () => Promise<Answer>) =>
      line(call, () => (shortCut === undefined ? overHttp() : shortCut<Answer>(call))),
  });
  shortCut = takeShortCut(world);
  const stopShortening = shortenCallbacks(world.callbacks);
  return {
    ...world,
    close() {
      stopShortening();
      return world.close();
    },
  };
}

type ShortCut = <Answer>(options: CallOptions) => Promise<Answer>;
type Dispatch = ReturnType<FunctionsFixture['sandbox']['state']>['router']['dispatch'];
type Method = Parameters<Dispatch>[0]['method'];

const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'DELETE'];

function takeShortCut({ sandbox }: FunctionsFixture): ShortCut {
  // The sandbox is another place: what holds for the request that calls (its log, its time) does not hold there.
  const outside = AsyncLocalStorage.snapshot();
  return (options) =>
    callSandbox(options, (request) =>
      outside(() => {
        const { clock, router } = sandbox.state();
        // What is due has been done before the next call comes, so that a run can be repeated.
        clock.advance(0);
        return router.dispatch(request);
      }),
    );
}

async function callSandbox<Answer>(options: CallOptions, dispatch: Dispatch): Promise<Answer> {
  const { hostname, pathname, searchParams } = new URL(options.uri);
  const headers = lowerCase(options.headers ?? {});
  const isJson = headers['content-type'] === 'application/json';
  const form = toForm(options.data);
  const rawBody = Buffer.from(isJson ? JSON.stringify(options.data) : form.toString());
  // Calls that are made side by side have all been sent before the first is answered.
  await new Promise<void>((sent) => setImmediate(sent));
  const reply = await dispatch({
    method: METHODS.find((method) => method === options.method.toUpperCase()) ?? 'GET',
    host: hostname,
    path: pathname,
    query: { ...toParams(searchParams), ...toParams(toForm(options.params)) },
    body: isJson ? JSON.parse(rawBody.toString()) : toParams(form),
    rawBody,
    headers,
    caller: { kind: 'account' },
  });
  reply.afterReply?.();
  const body = reply.body === undefined ? '' : JSON.parse(JSON.stringify(reply.body));
  return { statusCode: reply.status ?? 200, body, headers: lowerCase(reply.headers ?? {}) } as Answer;
}

/** TaskRouter's events go to the test without a socket. Answers how to end that. */
function shortenCallbacks({ url, receive }: FunctionsFixture['callbacks']): () => void {
  const { fetch: overHttp } = globalThis;
  globalThis.fetch = async (to, init) => {
    if (to !== url || !(init?.body instanceof URLSearchParams)) return overHttp(to, init);
    receive(Object.fromEntries(init.body));
    return new Response(null, { status: 204 });
  };
  return () => Object.assign(globalThis, { fetch: overHttp });
}

/** Lists as a repeated name, as the library sends them. */
function toForm(values: unknown): URLSearchParams {
  const form = new URLSearchParams();
  if (typeof values !== 'object' || values === null) return form;
  for (const [name, value] of Object.entries(values)) {
    for (const one of [value].flat()) if (one !== undefined) form.append(name, String(one));
  }
  return form;
}

/** As the sandbox reads a form: a repeated field becomes an array. */
function toParams(form: URLSearchParams): Record<string, unknown> {
  return Object.fromEntries(
    [...new Set(form.keys())].map((name) => {
      const values = form.getAll(name);
      return [name, values.length > 1 ? values : values[0]];
    }),
  );
}

const lowerCase = (headers: object): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
