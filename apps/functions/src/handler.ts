/**
 * From HTTP to a use case and back, the same for every endpoint: origin, input, failure to status, one log line.
 * Nothing of a request but SIDs and the transfer's id is logged: no token, no note, no text.
 */
import {
  FAILURE_STATUS,
  type FailureAnswer,
  fail,
  failureAnswer,
  parseTaskSid,
  type Result,
  type TransferFailure,
} from '@chat-transfer/transfer-core';
import * as v from 'valibot';
import { createServices, type Services } from './services';
import { TwilioCallError } from './twilio/call';
import type { TwilioContext } from './twilio/client';

/** Twilio's response object, a global of its runtime. */
interface TwilioResponse {
  setStatusCode(status: number): unknown;
  setBody(body: object): unknown;
  appendHeader(name: string, value: string): unknown;
}
declare const Twilio: { readonly Response: new () => TwilioResponse };

/** The query, the form or the JSON body, merged by Twilio's runtime. */
interface TwilioEvent {
  readonly request?: { readonly headers?: Readonly<Record<string, string | undefined>> };
  readonly [name: string]: unknown;
}

type Callback = (error: null, response: TwilioResponse) => void;
export type TwilioHandler = (context: TwilioContext, event: TwilioEvent, callback: Callback) => Promise<void>;

/**
 * @param name for the log: the endpoint's URL
 * @param schema of the request; anything else in it is dropped
 * @param run the use case; what it throws is a bug, unless it is a failed call to Twilio
 */
export function endpoint<Schema extends v.GenericSchema, Answer extends { readonly ok: true }>(
  name: string,
  schema: Schema,
  run: (services: Services, request: v.InferOutput<Schema>) => Promise<Result<Answer>>,
): TwilioHandler {
  return async (context, event, callback) => {
    const startedAt = Date.now();
    const { answer, status, origin } = await answerRequest(context, event, schema, run).catch(
      (error: unknown) => refuse(asFailure(error)),
    );
    log(name, event, answer, Date.now() - startedAt);

    const response = new Twilio.Response();
    response.setStatusCode(status);
    response.appendHeader('Content-Type', 'application/json');
    if (origin !== undefined) {
      response.appendHeader('Access-Control-Allow-Origin', origin);
      response.appendHeader('Vary', 'Origin');
    }
    response.setBody(answer);
    callback(null, response);
  };
}

interface Answered<Answer> {
  readonly answer: Answer | FailureAnswer;
  readonly status: number;
  /** The caller's origin, when it is one of ours. */
  readonly origin?: string;
}

async function answerRequest<Schema extends v.GenericSchema, Answer extends { readonly ok: true }>(
  context: TwilioContext,
  event: TwilioEvent,
  schema: Schema,
  run: (services: Services, request: v.InferOutput<Schema>) => Promise<Result<Answer>>,
): Promise<Answered<Answer>> {
  const services = createServices(context);
  if (!services.ok) return refuse(services.failure);

  // A form is sent without a preflight, so the browser would not stop another site's page: we do.
  const origin = event.request?.headers?.origin;
  if (origin !== undefined && !services.value.settings.allowedOrigins.includes(origin)) {
    return refuse({ code: 'origin-not-allowed' });
  }
  const from = origin === undefined ? {} : { origin };

  const request = v.safeParse(schema, event);
  if (!request.success) {
    const problems = request.issues.map((issue) => `${v.getDotPath(issue) ?? 'request'} is not valid`);
    return { ...refuse({ code: 'bad-input', problems: [...new Set(problems)] }), ...from };
  }
  const result = await run(services.value, request.output).catch((error: unknown) => fail(asFailure(error)));
  return result.ok ? { answer: result.value, status: 200, ...from } : { ...refuse(result.failure), ...from };
}

/** What is thrown is a failed call, or a bug: that is logged, and the caller learns no more of it. */
function asFailure(error: unknown): TransferFailure {
  if (error instanceof TwilioCallError) return error.asFailure();
  console.error(error);
  return { code: 'internal' };
}

function refuse(failure: TransferFailure): Answered<never> {
  return { answer: failureAnswer(failure), status: FAILURE_STATUS[failure.code] };
}

function log(
  name: string,
  event: TwilioEvent,
  answer: { readonly ok: boolean } | FailureAnswer,
  durationMs: number,
) {
  const { code: outcome = 'ok', message } = 'code' in answer ? answer : {};
  const what = {
    eventType: textLike(/^[a-z.-]{1,50}$/, event.EventType),
    transferId: textLike(/^[0-9a-f-]{36}$/i, event.transferId),
    taskSid: parseTaskSid(event.taskSid ?? event.TaskSid),
  };
  console.log(JSON.stringify({ endpoint: name, ...what, outcome, message, durationMs }));
}

/** Anything may stand where an id belongs, a token too: what does not look like one is not logged. */
function textLike(shape: RegExp, value: unknown): string | undefined {
  return typeof value === 'string' && shape.test(value) ? value : undefined;
}
