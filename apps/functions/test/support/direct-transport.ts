/**
 * The transport between Twilio's helper library and a sandbox in this process. A call goes straight to the sandbox's
 * endpoints, without HTTP: thousands of runs would spend most of their time in sockets. The helper library and the
 * endpoints are the same as over HTTP.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { SANDBOX_ACCOUNT, type Sandbox } from '@chat-transfer/flex-sandbox';
import { restClient } from '@chat-transfer/flex-sandbox/rest-client';
import twilio from 'twilio';

const { RequestClient } = twilio;
type Request = InstanceType<typeof RequestClient>['request'];

/** A call as the helper library makes it. */
export type CallOptions = Parameters<Request>[0];

/** Sees every call before the sandbox does. It may delay it, lose it or answer it. */
export type CallInterceptor = <Answer>(
  options: CallOptions,
  forward: () => Promise<Answer>,
) => Promise<Answer>;

/** A call that was forwarded to the sandbox. */
export interface CallRecord {
  readonly id: number;
  readonly method: string;
  readonly host: string;
  readonly path: string;
}

export type DirectTransport = ReturnType<typeof createDirectTransport>;

/** Interceptors see a call in their order here. */
export function createDirectTransport(sandbox: Sandbox, interceptors: readonly CallInterceptor[]) {
  const dispatch = createDispatch(sandbox);
  const outside = AsyncLocalStorage.snapshot();
  const httpClient = restClient(sandbox.url).httpClient;
  let usesHttp = false;
  let callsInProgress = 0;
  let count = 0;
  let records: CallRecord[] = [];

  const send = async <Answer>(options: CallOptions): Promise<Answer> => {
    const { hostname: host, pathname: path } = new URL(options.uri);
    count += 1;
    records.push({ id: count, method: options.method.toUpperCase(), host, path });
    callsInProgress += 1;
    try {
      const answer = usesHttp ? outside(() => httpClient?.request(options)) : dispatch(options);
      return (await answer) as Answer;
    } finally {
      callsInProgress -= 1;
    }
  };
  const request = interceptors.reduceRight<CallInterceptor>(
    (inner, outer) => (options, forward) => outer(options, () => inner(options, forward)),
    (_options, forward) => forward(),
  );

  class DirectRequestClient extends RequestClient {
    override request: Request = (options) => request(options, () => send(options));
  }

  const direct = new DirectRequestClient();
  /** As a function's context has it. */
  const createClient = (options: object = {}) =>
    twilio(SANDBOX_ACCOUNT.accountSid, SANDBOX_ACCOUNT.authToken, { httpClient: direct, ...options });

  return {
    client: createClient(),
    createClient,
    isIdle: () => callsInProgress === 0,
    /** The calls since the last `forgetCalls`, oldest first. */
    calls: (): readonly CallRecord[] => records,
    forgetCalls() {
      records = [];
    },
    /** The sandbox injects its own faults only into HTTP requests. */
    useHttp(isHttp: boolean) {
      usesHttp = isHttp;
    },
  };
}

/** Every call takes this long, so that no two of them happen at the same time. */
const CALL_MS = 1;

type Dispatch = ReturnType<Sandbox['state']>['router']['dispatch'];
type ApiRequest = Parameters<Dispatch>[0];

const METHODS: readonly ApiRequest['method'][] = ['GET', 'POST', 'PUT', 'DELETE'];

function createDispatch(sandbox: Sandbox) {
  // The sandbox stands for another machine: the caller's log and faults must not apply there.
  const outside = AsyncLocalStorage.snapshot();
  return async (options: CallOptions) => {
    const request = buildApiRequest(options);
    // Calls that are made side by side are all sent before the first one is answered.
    await new Promise<void>((nextTurn) => setImmediate(nextTurn));
    const { clock, router } = sandbox.state();
    const reply = await outside(() => {
      // What is due runs before the call, so that a run can be repeated.
      clock.advance(CALL_MS);
      return router.dispatch(request);
    });
    reply.afterReply?.();
    const body = reply.body === undefined ? '' : JSON.parse(JSON.stringify(reply.body));
    const headers = { date: new Date(clock.nowMs()).toUTCString(), ...toLowerCaseNames(reply.headers ?? {}) };
    return { statusCode: reply.status ?? 200, body, headers };
  };
}

function buildApiRequest({ uri, method, headers: sent, data, params }: CallOptions): ApiRequest {
  const { hostname: host, pathname: path, searchParams } = new URL(uri);
  const headers = toLowerCaseNames(sent ?? {});
  const isJson = headers['content-type'] === 'application/json';
  const form = toForm(data);
  const rawBody = Buffer.from(isJson ? JSON.stringify(data) : form.toString());
  return {
    method: METHODS.find((known) => known === method.toUpperCase()) ?? 'GET',
    host,
    path,
    query: { ...toParams(searchParams), ...toParams(toForm(params)) },
    body: isJson ? JSON.parse(rawBody.toString()) : toParams(form),
    rawBody,
    headers,
    caller: { kind: 'account' },
  };
}

/** As the helper library encodes it: a list becomes a repeated field. */
function toForm(values: unknown): URLSearchParams {
  const form = new URLSearchParams();
  if (typeof values !== 'object' || values === null) return form;
  for (const [name, value] of Object.entries(values)) {
    for (const item of [value].flat()) if (item !== undefined) form.append(name, String(item));
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

const toLowerCaseNames = (headers: object): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
