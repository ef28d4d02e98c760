/**
 * One table of all HTTP endpoints, for requests of every transport: REST from a server, fetch from a page, or
 * a request tunnelled in a twilsock frame. Also reads the parameters of requests.
 *
 * An endpoint belongs to the first label of its host (`taskrouter`, `aim`), so that regional hosts such as
 * `aim.ie1.twilio.com` reach the same handler.
 */
import { ApiError, badRequest, notFound } from './api-error.js';
import { asJsonObject } from './json.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Form fields, query fields or JSON members. A repeated field becomes an array. */
export type Params = Record<string, unknown>;

/** The sender of a request, identified before the handler runs. Handlers check the rights they require. */
export interface Caller {
  /** `account`: Basic auth with the auth token or an API key. `user`: a Flex or chat token. */
  readonly kind: 'anonymous' | 'account' | 'user';
  readonly identity?: string;
  readonly workerSid?: string;
  readonly roles?: readonly string[];
  /** The raw token of a `user`. */
  readonly token?: string;
}

/** A twilsock connection, as endpoints use it: to push to the client that sent the request. */
export interface PushConnection {
  readonly identity: string;
  /** The caller of the latest token. A new token may change the roles. */
  readonly caller: Caller;
  notify(messageType: string, payload: unknown): void;
  onClose(listener: () => void): void;
}

export interface ApiRequest {
  readonly method: Method;
  /** The Twilio host of the request, such as `taskrouter.twilio.com`. */
  readonly host: string;
  /** The path on that host, percent-encoded, without the query. */
  readonly path: string;
  /** Values of the template's named segments, decoded. */
  readonly segments: Readonly<Record<string, string>>;
  readonly query: Params;
  /** The parsed body: form fields or a JSON object; `{}` when there is none. */
  readonly body: Params;
  readonly rawBody: Buffer;
  /** Names are in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly caller: Caller;
  /** The product that the client of a tunnelled request names, such as `ip_messaging`. */
  readonly product?: string;
  /** The connection that carried a tunnelled request; absent for plain HTTP. */
  readonly connection?: PushConnection;
}

export interface ApiReply {
  /** Default 200. */
  readonly status?: number;
  /** Sent as JSON. A Buffer is sent unchanged (set `content-type`). Omit for an empty body. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Runs when the reply has been sent, for pushes that must arrive after it. */
  readonly afterReply?: () => void;
  /** True when no endpoint matches the request in an event bridge envelope. */
  readonly unknownEndpoint?: boolean;
}

export type Handler = (request: ApiRequest) => ApiReply | Promise<ApiReply>;

export interface Route {
  readonly method: Method;
  /** First label of the host, such as `flex-api`. */
  readonly product: string;
  /** Such as `/v1/Workspaces/:workspace/Tasks`. A `:name` matches one segment, some only with a SID. */
  readonly template: string;
}

interface CompiledRoute extends Route {
  readonly pattern: RegExp;
  readonly handler: Handler;
}

export interface Router {
  /** Adds an endpoint. Throws when the product already has this method and template. */
  on(method: Method, product: string, template: string, handler: Handler): void;
  /**
   * Runs the handler of a request. An unknown endpoint gets Twilio's 404. An `ApiError` of the handler
   * becomes the status and body of the reply. Other errors are thrown.
   */
  dispatch(request: Omit<ApiRequest, 'segments'>): Promise<ApiReply & { readonly unknownEndpoint: boolean }>;
  routes(): readonly Route[];
}

/** The first label of a host: `aim.us1.twilio.com` → `aim`. */
export function getProduct(host: string): string {
  return host.split('.')[0] ?? host;
}

/** Decodes a path segment. Returns an invalid one unchanged: twilio-chat sends identities unencoded. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/**
 * The prefix of the SIDs that a named segment accepts, by the end of the template up to it. Another word there
 * is the name of an endpoint that the sandbox does not have, such as `Workers/Unknown`. A segment that is not
 * listed also accepts names.
 */
const SID_PREFIXES: ReadonlyArray<readonly [templateEnd: string, prefix: string]> = [
  ['/Accounts/:account', 'AC'],
  ['/Workspaces/:workspace', 'WS'],
  ['/Activities/:activity', 'WA'],
  ['/TaskQueues/:queue', 'WQ'],
  ['/Workflows/:workflow', 'WW'],
  ['/Workers/:worker', 'WK'],
  ['/Tasks/:task', 'WT'],
  ['/Reservations/:reservation', 'WR'],
  ['/Transfers/:transfer', 'TT'],
  ['/Events/:event', 'EV'],
  ['/Interactions/:interaction', 'KD'],
  ['/Interactions/:interaction/Channels/:channel', 'UO'],
  ['/Invites/:invite', 'KG'],
  ['/Participants/:participant', 'UT'],
  ['/Instances/:instance', 'GO'],
  ['/FlexFlows/:flow', 'FO'],
  ['/v1/Channels/:channel', 'CH'],
  ['/WebChannels/:channel', 'CH'],
  ['/Messages/:message', 'IM'],
  ['/Media/:media', 'ME'],
];

function compileTemplate(template: string): RegExp {
  const source = template.replace(/[.$]/g, '\\$&').replace(/:(\w+)/g, (segment, name, offset) => {
    const upToSegment = template.slice(0, offset + segment.length);
    const prefix = SID_PREFIXES.find(([end]) => upToSegment.endsWith(end))?.[1];
    return `(?<${name}>${prefix === undefined ? '[^/]+' : `${prefix}[0-9a-fA-F]{32}`})`;
  });
  return new RegExp(`^${source}$`);
}

export function createRouter(): Router {
  const byProduct = new Map<string, CompiledRoute[]>();

  return {
    on(method, product, template, handler) {
      const routes = byProduct.get(product) ?? [];
      if (routes.some((route) => route.method === method && route.template === template)) {
        throw new Error(
          `Failed to add ${method} ${product} ${template}: this endpoint exists. Remove one of the two.`,
        );
      }
      // Fewest named segments first: a literal segment takes precedence, whatever the order of registration.
      routes.push({ method, product, template, pattern: compileTemplate(template), handler });
      routes.sort((a, b) => countNamedSegments(a.template) - countNamedSegments(b.template));
      byProduct.set(product, routes);
    },

    async dispatch(request) {
      const routes = byProduct.get(getProduct(request.host)) ?? [];
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
      const error = notFound(request.path);
      return { status: error.status, body: error.toBody(), unknownEndpoint: true };
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
    const previous = params[name];
    params[name] = previous === undefined ? value : [previous, value].flat();
  }
  return params;
}

/** Parses a body of JSON or form fields; `{}` for other types. Throws 400/20001 for invalid JSON. */
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

/** A parameter as text; `undefined` when it is absent. A repeated parameter has its first value. */
export function text(params: Params, name: string): string | undefined {
  const value = params[name];
  const first = Array.isArray(value) ? value[0] : value;
  return first === undefined || first === null ? undefined : String(first);
}

/** A required parameter as text. Throws 400/20001 when it is absent or empty. */
export function requireText(params: Params, name: string): string {
  const value = text(params, name);
  if (value === undefined || value === '') {
    throw badRequest(`Missing required parameter ${name} in the post body`);
  }
  return value;
}

/** A boolean parameter: `true`, `1` and `yes` count as true, in any case. */
export function flag(params: Params, name: string): boolean | undefined {
  const value = text(params, name);
  return value === undefined ? undefined : ['true', '1', 'yes'].includes(value.toLowerCase());
}

/** All values of a parameter. A repeated parameter and a value with commas have several. */
export function list(params: Params, name: string): string[] | undefined {
  const value = params[name];
  if (value === undefined) return undefined;
  return [value].flat().flatMap((element) => String(element).split(','));
}
