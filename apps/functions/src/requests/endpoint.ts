/** From HTTP to a use case and back, the same for every endpoint: failure to status, answer to page, one log line. */
import {
  FAILURE_STATUS,
  type FailureAnswer,
  failureAnswer,
  type Result,
  type TransferFailure,
} from '@chat-transfer/transfer-core';
import type * as v from 'valibot';
import { logRequest } from '../log';
import { TwilioCallError } from '../twilio/call';
import type { TwilioContext } from '../twilio/client';
import { readRequest, type TwilioEvent } from './read-request';
import { createServices, type Services } from './services';

/** Twilio's response object, a global of its runtime. */
interface TwilioResponse {
  setStatusCode(status: number): unknown;
  setBody(body: object): unknown;
  appendHeader(name: string, value: string): unknown;
}
declare const Twilio: { readonly Response: new () => TwilioResponse };

type Callback = (error: null, response: TwilioResponse) => void;
export type TwilioHandler = (context: TwilioContext, event: TwilioEvent, callback: Callback) => Promise<void>;

/**
 * @param name for the log: the endpoint's URL
 * @param schema of the request; anything else in it is dropped
 * @param run the use case; what it throws is a bug, unless it is a failed call to Twilio
 */
export function defineEndpoint<Schema extends v.GenericSchema, Answer extends { readonly ok: true }>(
  name: string,
  schema: Schema,
  run: (services: Services, request: v.InferOutput<Schema>) => Promise<Result<Answer>>,
): TwilioHandler {
  return async (context, event, callback) => {
    const startedAt = Date.now();
    const { answer, status, origin, bug } = await answerRequest(context, event, schema, run).catch(
      answerError,
    );
    logRequest({ endpoint: name, event, answer, bug, durationMs: Date.now() - startedAt });

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
  readonly origin?: string | undefined;
  /** What was thrown by mistake: the caller learns no more of it than that. */
  readonly bug?: unknown;
}

async function answerRequest<Schema extends v.GenericSchema, Answer extends { readonly ok: true }>(
  context: TwilioContext,
  event: TwilioEvent,
  schema: Schema,
  run: (services: Services, request: v.InferOutput<Schema>) => Promise<Result<Answer>>,
): Promise<Answered<Answer>> {
  const services = createServices(context);
  if (!services.ok) return refuse(services.failure);
  const { origin, request } = readRequest(event, schema, services.value.settings.allowedOrigins);
  if (!request.ok) return { ...refuse(request.failure), origin };
  try {
    const result = await run(services.value, request.value);
    return { ...(result.ok ? { answer: result.value, status: 200 } : refuse(result.failure)), origin };
  } catch (error) {
    return { ...answerError(error), origin };
  }
}

function answerError(error: unknown): Answered<never> {
  return error instanceof TwilioCallError
    ? refuse(error.asFailure())
    : { ...refuse({ code: 'internal' }), bug: error };
}

function refuse(failure: TransferFailure): Answered<never> {
  return { answer: failureAnswer(failure), status: FAILURE_STATUS[failure.code] };
}
