/**
 * One table of every HTTP endpoint the sandbox answers, whichever way the request came in: REST from
 * a server, fetch from a page, or tunnelled inside a twilsock frame.
 *
 * An endpoint belongs to a host by its first label (`taskrouter`, `aim`), so that regional hosts such as
 * `aim.ie1.twilio.com` meet the same handler.
 */
import { ApiError, badRequest, notFound } from './api-error.js';
import { asJsonObject } from './json.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Form fields, query fields or JSON members. A repeated field becomes an array. */
export type Params = Record<string, unknown>;

/** Who sends the request, worked out before a handler runs. Handlers check what they need. */
export interface Caller {
  /** `account`: Basic auth with the auth token or an API key. `user`: a Flex or chat token. */
  readonly kind: 'anonymous' | 'account' | 'user';
  readonly identity?: string;
  readonly workerSid?: string;
  readonly roles?: readonly string[];
  /** The raw token of a `user`. */
  readonly token?: string;
}

/** A twilsock connection, as the endpoints behind it use it: to push to the client that asks. */
export interface PushConnection {
  readonly identity: string;
  /** Who is behind it now; a new token may change the roles. */
  readonly caller: Caller;
  notify(messageType: string, payload: unknown): void;
  onClose(listener: () => void): void;
}

export interface ApiRequest {
  readonly method: Method;
  /** The Twilio host the caller meant, such as `taskrouter.twilio.com`. */
  readonly host: string;
  /** Path on that host, still percent-encoded, without the query. */
  readonly path: string;
  /** Named segments of the route's template, decoded. */
  readonly segments: Readonly<Record<string, string>>;
  readonly query: Params;
  /** The parsed body: form fields or a JSON object; `{}` when there is none. */
  readonly body: Params;
  readonly rawBody: Buffer;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly caller: Caller;
  /** Where the request was tunnelled; absent for plain HTTP. */
  readonly connection?: PushConnection;
}

export interface ApiReply {
  /** Default 200. */
  readonly status?: number;
  /** Sent as JSON; a Buffer is sent as it is (set `content-type`). Omit for an empty body. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Runs once the reply is on its way, for pushes that must not overtake it. */
  readonly afterReply?: () => void;
  /** What was asked for inside the request, as in the event bridge's envelopes, is nothing that anybody knows. */
  readonly unknownEndpoint?: boolean;
}

export type Handler = (request: ApiRequest) => ApiReply | Promise<ApiReply>;

export interface Route {
  readonly method: Method;
  /** First label of the host, such as `flex-api`. */
  readonly product: string;
  /** `/v1/Workspaces/:workspace/Tasks`; a `:name` matches one segment. */
  readonly template: string;
}

interface CompiledRoute extends Route {
  readonly pattern: RegExp;
  readonly handler: Handler;
}

export interface Router {
  /** Adds an endpoint. A template that is already taken for this method and product is a bug and throws. */
  on(method: Method, product: string, template: string, handler: Handler): void;
  /** Answers a request. Unknown ones get Twilio's 404; `ApiError` becomes its body; anything else is thrown. */
  dispatch(request: Omit<ApiRequest, 'segments'>): Promise<ApiReply & { readonly unknownEndpoint: boolean }>;
  routes(): readonly Route[];
}

/** First label of a host: `aim.us1.twilio.com` → `aim`. */
function productOf(host: string): string {
  return host.split('.')[0] ?? host;
}

/** Decodes a path segment; a lone `%` (twilio-chat does not encode identities) is left as it is. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function compileTemplate(template: string): RegExp {
  const source = template.replace(/[.$]/g, '\\$&').replace(/:(\w+)/g, '(?<$1>[^/]+)');
  return new RegExp(`^${source}$`);
}

export function createRouter(): Router {
  const byProduct = new Map<string, CompiledRoute[]>();

  return {
    on(method, product, template, handler) {
      const routes = byProduct.get(product) ?? [];
      if (routes.some((route) => route.method === method && route.template === template)) {
        throw new Error(`Failed to add ${method} ${product} ${template}: it is already there.`);
      }
      // A literal segment wins over a named one, whatever the order of registration.
      routes.push({ method, product, template, pattern: compileTemplate(template), handler });
      routes.sort((a, b) => countNamedSegments(a.template) - countNamedSegments(b.template));
      byProduct.set(product, routes);
    },

    async dispatch(request) {
      const routes = byProduct.get(productOf(request.host)) ?? [];
      for (const route of routes) {
        if (route.method !== request.method) continue;
        const match = route.pattern.exec(request.path);
        if (match === null) continue;
        const segments = Object.fromEntries(
          Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeSegment(value)]),
        );
        try {
          return { unknownEndpoint: false, ...(await route.handler({ ...request, segments })) };
        } catch (error) {
          if (error instanceof ApiError)
            return { status: error.status, body: error.toBody(), unknownEndpoint: false };
          throw error;
        }
      }
      const miss = notFound(request.path);
      return { status: miss.status, body: miss.toBody(), unknownEndpoint: true };
    },

    routes: () =>
      [...byProduct.values()].flat().map(({ method, product, template }) => ({ method, product, template })),
  };
}

const countNamedSegments = (template: string) => template.split(':').length;

/** Fields of a form body or a query string; a repeated name becomes an array. */
export function parseForm(text: string): Params {
  const params: Params = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const before = params[name];
    params[name] = before === undefined ? value : [before, value].flat();
  }
  return params;
}

/** A body by its content type. Throws 400/20001 when JSON is asked for and is not there. */
export function parseBody(raw: Buffer, contentType: string | undefined): Params {
  if (raw.length === 0) return {};
  const type = contentType ?? '';
  if (type.includes('json')) {
    try {
      return asJsonObject(JSON.parse(raw.toString('utf8'))) ?? {};
    } catch {
      throw badRequest('The request body is not valid JSON');
    }
  }
  return type === '' || type.includes('form-urlencoded') ? parseForm(raw.toString('utf8')) : {};
}

/** A string parameter; `undefined` when it is absent. Numbers and booleans are read as text. */
export function text(params: Params, name: string): string | undefined {
  const value = params[name];
  const first = Array.isArray(value) ? value[0] : value;
  return first === undefined || first === null ? undefined : String(first);
}

/** A required string parameter, or 400/20001 in Twilio's words. */
export function requireText(params: Params, name: string): string {
  const value = text(params, name);
  if (value === undefined || value === '') {
    throw badRequest(`Missing required parameter ${name} in the post body`);
  }
  return value;
}

/** A boolean parameter as Twilio reads it: true, 'true', '1', 'yes'. */
export function flag(params: Params, name: string): boolean | undefined {
  const value = text(params, name);
  return value === undefined ? undefined : ['true', '1', 'yes'].includes(value.toLowerCase());
}

/** All values of a repeatable parameter; comma lists are split. */
export function list(params: Params, name: string): string[] | undefined {
  const value = params[name];
  if (value === undefined) return undefined;
  return [value].flat().flatMap((entry) => String(entry).split(','));
}
