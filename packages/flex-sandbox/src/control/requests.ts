/**
 * The log of API requests, over HTTP and twilsock: caller, endpoint, time and outcome.
 * Requests for pages and control endpoints are not logged.
 */
import { parseJsonObjectOrEmpty } from '../json.js';
import { type ApiRequest, type Caller, getProduct } from '../router.js';

export interface RequestRecord {
  readonly id: number;
  readonly startMs: number;
  /** Absent while the request is pending. */
  readonly endMs?: number;
  /** `account`, `anonymous`, or a user, such as `user:alice`. */
  readonly caller: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** Method and path in the envelope of an event bridge request, such as `GET Workspaces/WS…/Workers`. */
  readonly wrapped?: string;
  /** Absent while the request is pending and when the connection was dropped. */
  readonly status?: number;
  /** Whether no endpoint of the sandbox matches the request. */
  readonly unknownEndpoint: boolean;
  /** A description of the applied faults. */
  readonly fault?: string;
}

type RequestOutcome = Pick<RequestRecord, 'status' | 'unknownEndpoint' | 'fault'>;

export interface RequestLog {
  /** Logs the start of a request. Call the returned function when the request has ended. */
  begin(request: Omit<ApiRequest, 'segments'>): (outcome: RequestOutcome) => void;
  /** Oldest first. */
  list(): readonly RequestRecord[];
  clear(): void;
}

/** Limits the memory of a long demo. Tests read only the last few hundred records. */
const MAX_RECORDS = 5_000;

export function createRequestLog(nowMs: () => number): RequestLog {
  let records: RequestRecord[] = [];
  let lastId = 0;

  return {
    begin({ caller, method, host, path, rawBody }) {
      const wrapped = describeEnvelope(host, rawBody);
      const record: RequestRecord = {
        id: ++lastId,
        startMs: nowMs(),
        caller: describeCaller(caller),
        method,
        host,
        path,
        ...(wrapped === undefined ? {} : { wrapped }),
        unknownEndpoint: false,
      };
      records.push(record);
      if (records.length > MAX_RECORDS) records = records.slice(-MAX_RECORDS / 2);
      return (outcome) => {
        const index = records.indexOf(record);
        if (index >= 0) records[index] = { ...record, ...outcome, endMs: nowMs() };
      };
    },
    list: () => records,
    clear() {
      records = [];
    },
  };
}

function describeEnvelope(host: string, rawBody: Buffer): string | undefined {
  if (getProduct(host) !== 'event-bridge') return undefined;
  const { method, url } = parseJsonObjectOrEmpty(rawBody.toString('utf8'));
  return url === undefined ? undefined : `${method} ${url}`;
}

/** `account`, `anonymous`, or a user, such as `user:alice`. */
export function describeCaller(caller: Caller): string {
  return caller.kind === 'user' ? `user:${caller.identity}` : caller.kind;
}
