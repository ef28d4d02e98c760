/**
 * From HTTP to a use case and back, the same for every endpoint: origin, input, failure to status, one log line.
 * Nothing of a request but SIDs and the transfer's id is logged: no token, no note, no text.
 */
import {
  FAILURE_TRAITS,
  type FailureAnswer,
  fail,
  failureAnswer,
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
    const { answer, status, origin } = await answerRequest(context, event, schema, run).catch(asBug);
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
  const result = await run(services.value, request.output).catch(translate);
  return result.ok ? { answer: result.value, status: 200, ...from } : { ...refuse(result.failure), ...from };
}

function asBug(error: unknown): Answered<never> {
  console.error(error);
  return refuse({ code: 'internal' });
}

function refuse(failure: TransferFailure): { answer: FailureAnswer; status: number } {
  return { answer: failureAnswer(failure), status: FAILURE_TRAITS[failure.code].httpStatus };
}

function translate(error: unknown): Result<never> {
  if (error instanceof TwilioCallError) {
    const { doing, status, twilioCode } = error;
    return fail({
      code: 'twilio-failed',
      doing,
      ...(status === undefined ? {} : { status }),
      ...(twilioCode === undefined ? {} : { twilioCode }),
    });
  }
  throw error;
}

function log(
  name: string,
  event: TwilioEvent,
  answer: { readonly ok: boolean } | FailureAnswer,
  durationMs: number,
) {
  const { transferId, taskSid = event.TaskSid, EventType: eventType } = event;
  const outcome = 'code' in answer ? answer.code : 'ok';
  console.log(JSON.stringify({ endpoint: name, eventType, transferId, taskSid, outcome, durationMs }));
}
