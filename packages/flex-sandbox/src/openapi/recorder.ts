/**
 * Calls a sandbox through plain HTTP, as the account, and records for each endpoint: the answers, the errors,
 * and the names of the parameters that the sandbox reads.
 *
 * Each request with required fields is first sent without one of them, for each field. It must be refused.
 */
import type { Route } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import type { Answer } from './check-answer.js';
import { type Operation, operationKey } from './documents.js';
import { type Fields, send } from './http.js';
import { type Resource, readList, toResource } from './resource.js';
import { watchParameters } from './watch-parameters.js';

interface RecordedError {
  readonly answer: Answer;
  /** The status that Twilio answers. */
  readonly status: number;
  /** What is wrong with the request: `without FriendlyName`. */
  readonly cause: string;
}

interface Refusal extends Omit<RecordedError, 'answer'> {
  /** Whether the request has the account's credentials. */
  readonly asAccount: boolean;
}

/** What was seen of one endpoint. */
export interface Recording {
  readonly answers: Answer[];
  readonly errors: RecordedError[];
  /** Names of the query's fields that a call has sent or the sandbox has read. */
  readonly queryFields: Set<string>;
  /** The same for the form. */
  readonly formFields: Set<string>;
}

/** The REST API of one product. `path` begins with the version: `/v1/Workspaces`. */
export interface Api {
  get(path: string, query?: Fields): Promise<Resource>;
  /** Reads a list, and the same in pages of one element: the first two. Returns the elements. */
  list(path: string, query?: Fields): Promise<readonly Resource[]>;
  /** Sends a form, or JSON where the document says so. */
  post(path: string, form?: Fields): Promise<Resource>;
  delete(path: string): Promise<void>;
}

export interface Recorder {
  api(product: string): Api;
  /** Sends a request without parameters, which Twilio refuses. */
  refused(route: Route, path: string, refusal: Refusal): Promise<void>;
  /** What was seen of an endpoint; nothing when no call reached it. */
  recording(route: Route): Recording;
}

export function createRecorder(sandbox: SandboxState, operations: ReadonlyMap<string, Operation>): Recorder {
  const recordings = new Map<string, Recording>();
  const routes = sandbox.router.routes().map((route) => ({ ...route, pattern: toPattern(route.template) }));
  const { accountSid, authToken } = sandbox.account;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;

  const recording = (route: Route): Recording => {
    const key = operationKey(route.method, route.product, route.template);
    const existing = recordings.get(key);
    if (existing !== undefined) return existing;
    const created = {
      answers: [],
      errors: [],
      queryFields: new Set<string>(),
      formFields: new Set<string>(),
    };
    recordings.set(key, created);
    return created;
  };
  /** The router chooses the route with the fewest named segments, so this does too. */
  const findRoute = (method: string, product: string, path: string): Route => {
    const matches = routes
      .filter((route) => route.method === method && route.product === product && route.pattern.test(path))
      .toSorted((a, b) => a.template.split(':').length - b.template.split(':').length);
    const [route] = matches;
    if (route === undefined)
      throw new Error(`Failed to call ${method} ${product} ${path}: it is not served.`);
    return route;
  };
  watchParameters(sandbox, ({ method, product, path, part, name }) =>
    recording(findRoute(method, product, path))[part].add(name),
  );

  function api(product: string): Api {
    async function call(method: string, path: string, query: Fields, body?: Fields): Promise<Answer> {
      const route = findRoute(method, product, path);
      const operation = operations.get(operationKey(method, product, route.template));
      const encoding = operation !== undefined && operation.formFields === undefined ? 'json' : 'form';
      const request = { method, product, path, query, encoding, authorization } as const;
      const seen = recording(route);
      for (const name of Object.keys(query)) seen.queryFields.add(name);
      for (const name of Object.keys(body ?? {})) seen.formFields.add(name);
      for (const name of operation?.requiredFields ?? []) {
        const { [name]: _, ...others } = body ?? {};
        const answer = await send(sandbox.url, { ...request, body: others });
        seen.errors.push({ answer, status: 400, cause: `without ${name}` });
      }
      const answer = await send(sandbox.url, { ...request, body });
      if (answer.status >= 300) {
        throw new Error(`Failed to call ${method} ${product} ${path}: ${JSON.stringify(answer.body)}`);
      }
      seen.answers.push(answer);
      return answer;
    }

    return {
      get: async (path, query = {}) => toResource((await call('GET', path, query)).body),
      async list(path, query = {}) {
        const whole = await call('GET', path, query);
        const firstPage = await call('GET', path, { ...query, PageSize: '1' });
        const next = readList(firstPage.body).nextPageUrl;
        if (next !== null) {
          const { pathname, searchParams } = new URL(next);
          await call('GET', pathname, Object.fromEntries(searchParams));
        }
        return readList(whole.body).elements;
      },
      post: async (path, form = {}) => toResource((await call('POST', path, {}, form)).body),
      async delete(path) {
        await call('DELETE', path, {});
      },
    };
  }

  return {
    api,
    recording,
    async refused(route, path, { status, cause, asAccount }) {
      const { method, product } = route;
      const request = { method, product, path, body: method === 'POST' ? {} : undefined };
      const answer = await send(sandbox.url, asAccount ? { ...request, authorization } : request);
      recording(route).errors.push({ answer, status, cause });
    },
  };
}

function toPattern(template: string): RegExp {
  return new RegExp(`^${template.replace(/[.$]/g, '\\$&').replace(/:\w+/g, '[^/]+')}$`);
}
