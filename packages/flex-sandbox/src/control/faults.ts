/**
 * Fault injection: the next requests that match a fault are delayed, refused or dropped. Faults apply before and after
 * an endpoint runs and never change what it does.
 */
import { badRequest } from '../api-error.js';
import { type ApiRequest, type Params, text } from '../router.js';
import { describeCaller } from './requests.js';

export interface Fault {
  readonly id: number;
  readonly method?: string;
  /** Regular expressions; an absent one matches everything. `path` is percent-encoded and has no query. */
  readonly host?: string;
  readonly path?: string;
  /** `account`, `anonymous`, `user` (every user), or one user, such as `user:alice`. */
  readonly caller?: string;
  /** How many more requests the fault hits; `null` means all. */
  readonly times: number | null;
  /** Waits before the endpoint runs. */
  readonly delayMs?: number;
  /** The status and the Twilio error code of the answer. */
  readonly status?: number;
  readonly code?: number;
  readonly message?: string;
  /** Answers with `status` instead of running the endpoint (`before`, the default), or after running it (`after`). */
  readonly refuse?: 'before' | 'after';
  /** Closes the connection without an answer, `before` or `after` the endpoint runs. */
  readonly drop?: 'before' | 'after';
}

export type FaultInput = Omit<Fault, 'id' | 'times'> & { readonly times?: number | null };

export interface Faults {
  /** Adds a fault. `times` defaults to 1. Throws 400/20001 for a fault without effect or with an invalid pattern. */
  add(fault: FaultInput): Fault;
  /** The faults that hit this request. Decrements the `times` of each. */
  consume(request: Omit<ApiRequest, 'segments'>): readonly Fault[];
  list(): readonly Fault[];
  remove(id: number): void;
  clear(): void;
}

interface ActiveFault {
  fault: Fault;
  readonly matches: (request: Omit<ApiRequest, 'segments'>) => boolean;
}

export function createFaults(): Faults {
  let active: ActiveFault[] = [];
  let count = 0;

  return {
    add(input) {
      if (input.delayMs === undefined && input.status === undefined && input.drop === undefined) {
        throw badRequest('A fault needs at least one of delayMs, status and drop');
      }
      if (input.refuse !== undefined && input.status === undefined) {
        throw badRequest('A fault that refuses needs a status');
      }
      const fault: Fault = { ...input, times: input.times === undefined ? 1 : input.times, id: ++count };
      active.push({ fault, matches: createMatcher(fault) });
      return fault;
    },
    consume(request) {
      const hits = active.filter((entry) => entry.matches(request));
      for (const entry of hits) {
        const { times } = entry.fault;
        if (times !== null) entry.fault = { ...entry.fault, times: times - 1 };
      }
      active = active.filter(({ fault }) => fault.times === null || fault.times > 0);
      return hits.map(({ fault }) => fault);
    },
    list: () => active.map(({ fault }) => fault),
    remove(id) {
      active = active.filter(({ fault }) => fault.id !== id);
    },
    clear() {
      active = [];
    },
  };
}

function createMatcher({ method, host, path, caller }: Fault): ActiveFault['matches'] {
  const matchesText = (source: string | undefined, name: string) => {
    if (source === undefined) return () => true;
    try {
      const pattern = new RegExp(source);
      return (value: string) => pattern.test(value);
    } catch (cause) {
      throw badRequest(`${name} is not a valid regular expression: ${String(cause)}`);
    }
  };
  const hostMatches = matchesText(host, 'host');
  const pathMatches = matchesText(path, 'path');
  return (request) =>
    (method === undefined || method.toUpperCase() === request.method) &&
    hostMatches(request.host) &&
    pathMatches(request.path) &&
    (caller === undefined || caller === request.caller.kind || caller === describeCaller(request.caller));
}

/** Parses a JSON body. Throws 400/20001 when a member has an invalid type or value. */
export function parseFault(body: Params): FaultInput {
  const parseNumber = (name: string): number | undefined => {
    const value = text(body, name);
    if (value === undefined) return undefined;
    if (!Number.isFinite(Number(value))) throw badRequest(`${name} must be a number`);
    return Number(value);
  };
  const parseMoment = (name: string): 'before' | 'after' | undefined => {
    const value = text(body, name);
    if (value === undefined || value === 'before' || value === 'after') return value;
    throw badRequest(`${name} must be before or after`);
  };
  const times = parseNumber('times');
  if (times !== undefined && !(times >= 1))
    throw badRequest('times must be at least 1, or null for all requests');
  const all = {
    method: text(body, 'method'),
    host: text(body, 'host'),
    path: text(body, 'path'),
    caller: text(body, 'caller'),
    times: body.times === null ? null : times,
    delayMs: parseNumber('delayMs'),
    status: parseNumber('status'),
    code: parseNumber('code'),
    message: text(body, 'message'),
    refuse: parseMoment('refuse'),
    drop: parseMoment('drop'),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
