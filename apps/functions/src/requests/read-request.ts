/**
 * What a request is before anything is done for it: from a page we answer, sent as we read it, with what the endpoint
 * needs in it. Nothing here is believed that Twilio does not confirm later.
 */
import { fail, type Result, succeed, type TransferFailure } from '@chat-transfer/transfer-core';
import * as v from 'valibot';

/** `request`, then the query, then the form or the JSON body over it: merged by Twilio's runtime. */
export type TwilioEvent = Readonly<Record<string, unknown>>;

interface ReadRequest<Request> {
  /** The caller's origin, when it is one of ours; absent outside browsers. */
  readonly origin?: string;
  readonly request: Result<Request>;
}

/** Fields by which a caller says who they are: without one they are unknown, not mistaken. */
const CREDENTIALS = { token: 'token-invalid', session: 'session-invalid' } as const;

/** A link or a picture on another page sends neither, and its fields would end up in the logs of proxies. */
const READABLE = /^application\/(x-www-form-urlencoded|json)\b/i;

export function readRequest<Schema extends v.GenericSchema>(
  event: TwilioEvent,
  schema: Schema,
  allowedOrigins: readonly string[],
): ReadRequest<v.InferOutput<Schema>> {
  const headers = headersOf(event);
  if (headers === undefined) return badInput('no field may be named request');
  // A form is sent without a preflight, so the browser would not stop another site's page: we do.
  const { origin, 'content-type': contentType } = headers;
  if (origin !== undefined && !allowedOrigins.includes(origin)) {
    return { request: fail({ code: 'origin-not-allowed' }) };
  }
  const from = origin === undefined ? {} : { origin };
  if (contentType === undefined || !READABLE.test(contentType)) {
    return { ...badInput('it is not a form sent by POST'), ...from };
  }
  const request = v.safeParse(schema, event);
  return {
    ...from,
    request: request.success ? succeed(request.output) : fail(problemOf(event, request.issues)),
  };
}

const RequestSchema = v.object({
  headers: v.object({ origin: v.optional(v.string()), 'content-type': v.optional(v.string()) }),
});

/**
 * `undefined` when a field named `request` has taken their place. One that imitates them opens nothing: the answer is
 * then for the page it names, and the browser keeps it from the page that asked.
 */
function headersOf(event: TwilioEvent) {
  const request = v.safeParse(RequestSchema, event.request);
  return request.success ? request.output.headers : undefined;
}

function problemOf(event: TwilioEvent, issues: readonly v.BaseIssue<unknown>[]): TransferFailure {
  const fields = new Set(issues.flatMap(fieldsOf));
  for (const [field, code] of Object.entries(CREDENTIALS)) {
    if (fields.has(field) && (event[field] === undefined || event[field] === '')) return { code };
  }
  return { code: 'bad-input', problems: [...fields].map((field) => `${field} is not valid`) };
}

/** The fields an issue is about; of several shapes a request may have, those of all. */
function fieldsOf(issue: v.BaseIssue<unknown>): readonly string[] {
  const field = v.getDotPath(issue);
  return field !== null ? [field] : (issue.issues?.flatMap(fieldsOf) ?? ['request']);
}

function badInput(problem: string): { readonly request: Result<never> } {
  return { request: fail({ code: 'bad-input', problems: [problem] }) };
}
