/** What all endpoints share: reads the request, runs the use case, answers with a status, logs one line. */
import {
  FAILURE_STATUS,
  type FailureAnswer,
  failureAnswer,
  type Result,
  type TransferFailure,
} from '@chat-transfer/transfer-core';
import type * as v from 'valibot';
import { LedgerRefusedError } from '../ledger/ledger-refused';
import { logRequest } from '../log';
import { TwilioCallError } from '../twilio/call';
import { type ReadRequest, readRequest, type TwilioEvent } from './read-request';
import { createServices, type ServiceContext, type Services } from './services';

/** Twilio's response object. Twilio's runtime defines it as a global. */
interface TwilioResponse {
  setStatusCode(status: number): unknown;
  setBody(body: object): unknown;
  appendHeader(name: string, value: string): unknown;
}
declare const Twilio: { readonly Response: new () => TwilioResponse };

type Callback = (error: null, response: TwilioResponse) => void;
export type TwilioHandler = (
  context: ServiceContext,
  event: TwilioEvent,
  callback: Callback,
) => Promise<void>;

export interface EndpointOptions {
  /** Whether a request without an `Origin` is refused. A browser sends one with every POST. */
  readonly requiresOrigin?: boolean;
}

/**
 * @param name the path of the endpoint's URL, for the log
 * @param schema of the request; other fields are dropped
 * @param run the use case; an error that it throws is a bug, except `TwilioCallError` and `LedgerRefusedError`
 */
export function defineEndpoint<Schema extends v.GenericSchema, Answer extends { readonly ok: true }>(
  name: string,
  schema: Schema,
  run: (services: Services, request: v.InferOutput<Schema>) => Promise<Result<Answer>>,
  { requiresOrigin = false }: EndpointOptions = {},
): TwilioHandler {
  return async (context, event, callback) => {
    const startedAt = Date.now();
    const readEvent = (allowedOrigins: readonly string[]) =>
      readRequest(event, schema, { allowedOrigins, requiresOrigin });
    const { answer, status, origin, bug } = await answerRequest(context, readEvent, run).catch(answerError);
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

interface HttpAnswer<Answer> {
  readonly answer: Answer | FailureAnswer;
  readonly status: number;
  /** The caller's origin, if it is allowed. */
  readonly origin?: string | undefined;
  /** An unexpected error, for the log. The caller gets only the code `internal`. */
  readonly bug?: unknown;
}

async function answerRequest<Schema extends v.GenericSchema, Answer extends { readonly ok: true }>(
  context: ServiceContext,
  readEvent: (allowedOrigins: readonly string[]) => ReadRequest<v.InferOutput<Schema>>,
  run: (services: Services, request: v.InferOutput<Schema>) => Promise<Result<Answer>>,
): Promise<HttpAnswer<Answer>> {
  const services = createServices(context);
  if (!services.ok) return refuse(services.failure);
  const { origin, request } = readEvent(services.value.settings.allowedOrigins);
  if (!request.ok) return { ...refuse(request.failure), origin };
  try {
    const result = await run(services.value, request.value);
    return { ...(result.ok ? { answer: result.value, status: 200 } : refuse(result.failure)), origin };
  } catch (error) {
    return { ...answerError(error), origin };
  }
}

function answerError(error: unknown): HttpAnswer<never> {
  if (error instanceof LedgerRefusedError) return refuse(error.failure);
  return error instanceof TwilioCallError
    ? refuse(error.asFailure())
    : { ...refuse({ code: 'internal' }), bug: error };
}

function refuse(failure: TransferFailure): HttpAnswer<never> {
  return { answer: failureAnswer(failure), status: FAILURE_STATUS[failure.code] };
}
