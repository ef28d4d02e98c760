/**
 * The log of API requests, over HTTP and inside twilsock alike: who asked what, when, and what came of it.
 * Pages of the sandbox and its control endpoints are not in it.
 */
import type { ApiRequest, Caller } from '../router.js';

export interface RequestRecord {
  readonly id: number;
  readonly startMs: number;
  /** Absent while the request is under way. */
  readonly endMs?: number;
  /** `account`, `anonymous`, or the identity of a user as `user:alice`. */
  readonly caller: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** What the caller got; absent while under way and when the answer was dropped. */
  readonly status?: number;
  /** Nobody in the sandbox knows this endpoint. */
  readonly unknownEndpoint: boolean;
  /** The fault that was applied. */
  readonly fault?: string;
}

type RequestOutcome = Pick<RequestRecord, 'status' | 'unknownEndpoint' | 'fault'>;

export interface RequestLog {
  /** Writes a request down; call the answer once it has ended. */
  begin(request: Omit<ApiRequest, 'segments'>): (outcome: RequestOutcome) => void;
  /** Oldest first. */
  list(): readonly RequestRecord[];
  clear(): void;
}

/** A long demo must not fill the memory; a test looks at the last few hundred. */
const MAX_RECORDS = 5_000;

export function createRequestLog(nowMs: () => number): RequestLog {
  let records: RequestRecord[] = [];
  let count = 0;

  return {
    begin({ caller, method, host, path }) {
      const begun: RequestRecord = {
        id: ++count,
        startMs: nowMs(),
        caller: describeCaller(caller),
        method,
        host,
        path,
        unknownEndpoint: false,
      };
      records.push(begun);
      if (records.length > MAX_RECORDS) records = records.slice(-MAX_RECORDS / 2);
      return (outcome) => {
        const at = records.indexOf(begun);
        if (at >= 0) records[at] = { ...begun, ...outcome, endMs: nowMs() };
      };
    },
    list: () => records,
    clear() {
      records = [];
    },
  };
}

export function describeCaller(caller: Caller): string {
  return caller.kind === 'user' ? `user:${caller.identity}` : caller.kind;
}
