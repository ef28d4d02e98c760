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
import { buildResponse, type Callback } from './response';
import type { ServiceContext } from './services';

export type TwilioHandler = (
  context: ServiceContext,
  event: TwilioEvent,
  callback: Callback,
) => Promise<void>;

export interface EndpointOptions {
  /** Whether a request without an `Origin` is refused. A browser sends one with every POST. */
  readonly requiresOrigin?: boolean;
}

/** What the use case works with. If no origins are set, no page may call the endpoint. */
interface EndpointServices {
  readonly settings: { readonly allowedOrigins?: readonly string[] | undefined };
}

type CreateServices<Services> = (context: ServiceContext) => Result<Services>;

/**
 * @param name the path of the endpoint's URL, for the log
 * @param createServices reads the settings that the endpoint uses; its failure is the answer
 * @param schema of the request; other fields are dropped
 * @param run the use case; an error that it throws is a bug, except `TwilioCallError` and `LedgerRefusedError`
 */
export function defineEndpoint<
  Services extends EndpointServices,
  Schema extends v.GenericSchema,
  Answer extends { readonly ok: true },
>(
  name: string,
  createServices: CreateServices<Services>,
  schema: Schema,
  run: (services: Services, request: v.InferOutput<Schema>) => Promise<Result<Answer>>,
  { requiresOrigin = false }: EndpointOptions = {},
): TwilioHandler {
  return async (context, received, callback) => {
    // A body with the key `__proto__` sets the prototype of what Twilio's runtime passes. Its own fields count.
    const event = { ...received };
    const startedAt = Date.now();
    const readEvent = (allowedOrigins: readonly string[]) =>
      readRequest(event, schema, { allowedOrigins, requiresOrigin });
    const { answer, status, origin, bug } = await answerRequest(
      () => createServices(context),
      readEvent,
      run,
    ).catch(answerError);
    logRequest({ endpoint: name, event, answer, bug, durationMs: Date.now() - startedAt });

    const cors = origin === undefined ? {} : { 'Access-Control-Allow-Origin': origin, Vary: 'Origin' };
    callback(null, buildResponse(status, answer, cors));
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

async function answerRequest<
  Services extends EndpointServices,
  Schema extends v.GenericSchema,
  Answer extends { readonly ok: true },
>(
  createServices: () => Result<Services>,
  readEvent: (allowedOrigins: readonly string[]) => ReadRequest<v.InferOutput<Schema>>,
  run: (services: Services, request: v.InferOutput<Schema>) => Promise<Result<Answer>>,
): Promise<HttpAnswer<Answer>> {
  const services = createServices();
  if (!services.ok) return refuse(services.failure);
  const { origin, request } = readEvent(services.value.settings.allowedOrigins ?? []);
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
