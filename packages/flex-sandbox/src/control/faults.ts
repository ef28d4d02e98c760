/**
 * Fault injection: delays, refuses, drops or never answers the next requests that match a fault. Faults act before or after
 * an endpoint runs and never change what the endpoint does.
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
  /** `account`, `anonymous`, `user` (every user) or one user, such as `user:alice`. */
  readonly caller?: string;
  /** How many more requests the fault affects; `null` means all. */
  readonly times: number | null;
  /** How long to wait before the endpoint runs. */
  readonly delayMs?: number;
  /** The HTTP status of the response. Refuses the request. */
  readonly status?: number;
  /** The Twilio error code of the response; default 20000 + `status`. */
  readonly code?: number;
  readonly message?: string;
  /** Whether to refuse `before` (default) or `after` the endpoint runs. Requires `status`. */
  readonly refuse?: 'before' | 'after';
  /** Closes the connection without a response, `before` or `after` the endpoint runs. */
  readonly drop?: 'before' | 'after';
  /**
   * Never answers, `before` or `after` the endpoint runs. The connection closes, without a response, when the
   * fault is removed and at a reset. A request that hangs `before` never takes effect.
   */
  readonly hang?: 'before' | 'after';
}

export type FaultInput = Omit<Fault, 'id' | 'times'> & { readonly times?: number | null };

export interface Faults {
  /** Adds a fault; `times` defaults to 1. Throws 400/20001 for a bad pattern or a fault without effect. */
  add(fault: FaultInput): Fault;
  /** Returns the faults that match this request and decrements the `times` of each. */
  consume(request: Omit<ApiRequest, 'segments'>): readonly Fault[];
  /** Resolves when this fault is removed, also when it affects no more requests. */
  waitForRemoval(id: number): Promise<void>;
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
  let waiting: Array<{ readonly id: number; readonly resume: () => void }> = [];
  let lastId = 0;
  const release = (isReleased: (id: number) => boolean) => {
    const released = waiting.filter(({ id }) => isReleased(id));
    waiting = waiting.filter(({ id }) => !isReleased(id));
    for (const { resume } of released) resume();
  };

  return {
    add(input) {
      const { delayMs, status, drop, hang } = input;
      if ([delayMs, status, drop, hang].every((effect) => effect === undefined)) {
        throw badRequest('A fault needs at least one of delayMs, status, drop and hang');
      }
      if (input.refuse !== undefined && status === undefined) {
        throw badRequest('A fault that refuses needs a status');
      }
      const fault: Fault = { ...input, times: input.times === undefined ? 1 : input.times, id: ++lastId };
      active.push({ fault, matches: createMatcher(fault) });
      return fault;
    },
    consume(request) {
      const matchingEntries = active.filter((entry) => entry.matches(request));
      for (const entry of matchingEntries) {
        const { times } = entry.fault;
        if (times !== null) entry.fault = { ...entry.fault, times: times - 1 };
      }
      active = active.filter(({ fault }) => fault.times === null || fault.times > 0);
      return matchingEntries.map(({ fault }) => fault);
    },
    waitForRemoval: (id) => new Promise((resume) => waiting.push({ id, resume })),
    list: () => active.map(({ fault }) => fault),
    remove(id) {
      active = active.filter(({ fault }) => fault.id !== id);
      release((waitingId) => waitingId === id);
    },
    clear() {
      active = [];
      release(() => true);
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
  const parsePosition = (name: string): 'before' | 'after' | undefined => {
    const value = text(body, name);
    if (value === undefined || value === 'before' || value === 'after') return value;
    throw badRequest(`${name} must be before or after`);
  };
  const parseHang = () => (text(body, 'hang') === 'true' ? 'before' : parsePosition('hang'));
  const times = parseNumber('times');
  if (times !== undefined && !(times >= 1))
    throw badRequest('times must be at least 1, or null for all requests');
  const members = {
    method: text(body, 'method'),
    host: text(body, 'host'),
    path: text(body, 'path'),
    caller: text(body, 'caller'),
    times: body.times === null ? null : times,
    delayMs: parseNumber('delayMs'),
    status: parseNumber('status'),
    code: parseNumber('code'),
    message: text(body, 'message'),
    refuse: parsePosition('refuse'),
    drop: parsePosition('drop'),
    hang: parseHang(),
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
