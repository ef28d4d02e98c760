/**
 * Faults on demand: the next requests that match are delayed, refused or lost. A fault says nothing about what an
 * endpoint does; it sits in front of all of them.
 */
import { badRequest } from '../api-error.js';
import { type ApiRequest, type Params, text } from '../router.js';
import { describeCaller } from './requests.js';

export interface Fault {
  readonly id: number;
  readonly method?: string;
  /** Regular expressions; absent matches everything. `path` is still percent-encoded and has no query. */
  readonly host?: string;
  readonly path?: string;
  /** `account`, `anonymous`, `user`, or one user as `user:alice`. */
  readonly caller?: string;
  /** How many requests are still to be hit; `null` for all of them. */
  readonly times: number | null;
  /** Waits before anything else happens. */
  readonly delayMs?: number;
  /** Answers with this status and Twilio error code. */
  readonly status?: number;
  readonly code?: number;
  readonly message?: string;
  /** Answers with `status` instead of running the endpoint, or `after` its effect has happened. Default `before`. */
  readonly refuse?: 'before' | 'after';
  /** Closes the connection without an answer: `before` the endpoint runs, or `after`, when its effect has happened. */
  readonly drop?: 'before' | 'after';
}

export type FaultInput = Omit<Fault, 'id' | 'times'> & { readonly times?: number | null };

export interface Faults {
  /** Throws 400/20001 for a fault that does nothing or has a broken pattern. `times` defaults to 1. */
  add(fault: FaultInput): Fault;
  /** The faults that hit this request, one `times` used up on each. */
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
      active.push({ fault, matches: matcher(fault) });
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

function matcher({ method, host, path, caller }: Fault): ActiveFault['matches'] {
  const matchesText = (source: string | undefined, name: string) => {
    if (source === undefined) return () => true;
    try {
      const pattern = new RegExp(source);
      return (value: string) => pattern.test(value);
    } catch (cause) {
      throw badRequest(`${name} is not a regular expression: ${String(cause)}`);
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

/** A fault out of a JSON body. Throws 400/20001 when a member has another type than it should. */
export function parseFault(body: Params): FaultInput {
  const number = (name: string): number | undefined => {
    const value = text(body, name);
    if (value === undefined) return undefined;
    if (!Number.isFinite(Number(value))) throw badRequest(`${name} must be a number`);
    return Number(value);
  };
  const moment = (name: string): 'before' | 'after' | undefined => {
    const value = text(body, name);
    if (value === undefined || value === 'before' || value === 'after') return value;
    throw badRequest(`${name} is before or after`);
  };
  const times = number('times');
  if (times !== undefined && !(times >= 1)) throw badRequest('times is at least 1, or null for ever');
  const all = {
    method: text(body, 'method'),
    host: text(body, 'host'),
    path: text(body, 'path'),
    caller: text(body, 'caller'),
    times: body.times === null ? null : times,
    delayMs: number('delayMs'),
    status: number('status'),
    code: number('code'),
    message: text(body, 'message'),
    refuse: moment('refuse'),
    drop: moment('drop'),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
