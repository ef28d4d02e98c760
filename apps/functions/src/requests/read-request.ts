/**
 * Checks of a request before its use case runs: the origin is allowed, the body is a form or JSON, and the
 * fields fit the schema. The use case must still check the fields' claims against Twilio.
 */
import { fail, type Result, succeed, type TransferFailure } from '@chat-transfer/transfer-core';
import * as v from 'valibot';

/** `request`, the query and the body, merged by Twilio's runtime in this order; later ones win. */
export type TwilioEvent = Readonly<Record<string, unknown>>;

export interface ReadRequest<Request> {
  /** The caller's origin, if it is allowed. Absent outside browsers. */
  readonly origin?: string;
  readonly request: Result<Request>;
}

/** The fields that identify a caller. A request without one gets this code instead of `bad-input`. */
const CREDENTIALS = { token: 'token-invalid', session: 'session-invalid' } as const;

/** Links and images on other pages send no body. Their fields would be in the URL, which proxies log. */
const ACCEPTED_CONTENT_TYPE = /^application\/(x-www-form-urlencoded|json)\b/i;

interface OriginRules {
  readonly allowedOrigins: readonly string[];
  /** Whether a caller outside a browser, which sends no origin, is refused. */
  readonly requiresOrigin: boolean;
}

export function readRequest<Schema extends v.GenericSchema>(
  event: TwilioEvent,
  schema: Schema,
  { allowedOrigins, requiresOrigin }: OriginRules,
): ReadRequest<v.InferOutput<Schema>> {
  const headers = parseHeaders(event);
  if (headers === undefined) return badInput('no field may be named request');
  // Browsers send a form without a preflight, so this check is all that stops a page of another site.
  const { origin, 'content-type': contentType } = headers;
  const isAllowed = origin === undefined ? !requiresOrigin : allowedOrigins.includes(origin);
  if (!isAllowed) {
    return { request: fail({ code: 'origin-not-allowed' }) };
  }
  const allowed = origin === undefined ? {} : { origin };
  if (contentType === undefined || !ACCEPTED_CONTENT_TYPE.test(contentType)) {
    return { ...badInput('it is not a form sent by POST'), ...allowed };
  }
  const request = v.safeParse(schema, event);
  return {
    ...allowed,
    request: request.success ? succeed(request.output) : fail(buildFailure(event, request.issues)),
  };
}

const RequestSchema = v.object({
  headers: v.object({ origin: v.optional(v.string()), 'content-type': v.optional(v.string()) }),
});

/**
 * `undefined` when a field named `request` has replaced the headers. A field that imitates them is harmless:
 * the answer allows the origin that the field names, so browsers hide the answer from the page that sent it.
 */
function parseHeaders(event: TwilioEvent) {
  const request = v.safeParse(RequestSchema, event.request);
  return request.success ? request.output.headers : undefined;
}

function buildFailure(event: TwilioEvent, issues: readonly v.BaseIssue<unknown>[]): TransferFailure {
  const fields = new Set(issues.flatMap(listFields));
  for (const [field, code] of Object.entries(CREDENTIALS)) {
    if (fields.has(field) && (event[field] === undefined || event[field] === '')) return { code };
  }
  return { code: 'bad-input', problems: [...fields].map((field) => `${field} is not valid`) };
}

/** The fields that an issue is about. For a request with several shapes, the fields of every shape. */
function listFields(issue: v.BaseIssue<unknown>): readonly string[] {
  const field = v.getDotPath(issue);
  return field !== null ? [field] : (issue.issues?.flatMap(listFields) ?? ['request']);
}

function badInput(problem: string): { readonly request: Result<never> } {
  return { request: fail({ code: 'bad-input', problems: [problem] }) };
}
