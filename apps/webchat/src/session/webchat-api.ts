/**
 * Calls the functions that start and end a chat, typed by their contract. What comes back is checked here, once.
 */
import {
  ENDPOINTS,
  type EndWebchatRequest,
  encodeRequest,
  type FailureAnswer,
  fail,
  parseBackend,
  parseFailureAnswer,
  type Result,
  type StartWebchatAnswer,
  type StartWebchatRequest,
  succeed,
} from '@chat-transfer/transfer-core';

/** Generous: a function that nobody has called for a while takes seconds to wake. */
const DEADLINE_MS = 20_000;

export type ApiFailure =
  /** No answer: no network, a wrong address, an origin that is not listed, or too slow. */
  | { readonly code: 'unreachable' }
  /** An answer that the contract does not know: something else is at that address. */
  | { readonly code: 'not-understood'; readonly httpStatus: number }
  | { readonly code: 'refused'; readonly answer: FailureAnswer };

export interface WebchatApi {
  start(request: StartWebchatRequest): Promise<Result<StartWebchatAnswer, ApiFailure>>;
  end(request: EndWebchatRequest): Promise<Result<void, ApiFailure>>;
}

/** @param functionsUrl without a slash at the end; empty for the page's own origin */
export function createWebchatApi(functionsUrl: string): WebchatApi {
  return {
    async start(request) {
      const answered = await post(`${functionsUrl}${ENDPOINTS.startWebchat}`, request);
      if (!answered.ok) return answered;
      const answer = parseStartAnswer(answered.value.body);
      return answer ? succeed(answer) : fail(refusalOf(answered.value));
    },
    async end(request) {
      const answered = await post(`${functionsUrl}${ENDPOINTS.endWebchat}`, request);
      if (!answered.ok) return answered;
      return isSuccess(answered.value.body) ? succeed(undefined) : fail(refusalOf(answered.value));
    },
  };
}

interface Answered {
  readonly httpStatus: number;
  readonly body: unknown;
}

/** As a form: unlike JSON it needs no preflight, which would cost another round trip. */
async function post(
  url: string,
  request: Readonly<Record<string, string | undefined>>,
): Promise<Result<Answered, ApiFailure>> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams(encodeRequest(request)),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    return succeed({ httpStatus: response.status, body: parseJson(await response.text()) });
  } catch (error) {
    console.warn(`Failed to call ${url}:`, error);
    return fail({ code: 'unreachable' });
  }
}

function refusalOf({ httpStatus, body }: Answered): ApiFailure {
  const answer = parseFailureAnswer(body);
  return answer ? { code: 'refused', answer } : { code: 'not-understood', httpStatus };
}

const isSuccess = (body: unknown): body is { readonly ok: true } =>
  typeof body === 'object' && body !== null && 'ok' in body && body.ok === true;

function parseStartAnswer(body: unknown): StartWebchatAnswer | undefined {
  if (!isSuccess(body)) return undefined;
  const { token, identity, conversationSid, session, ...rest }: Readonly<Record<string, unknown>> = {
    ...body,
  };
  const backend = parseBackend(rest.backend);
  if (!isText(token) || !isText(identity) || !isText(conversationSid)) return undefined;
  if (!isText(session) || backend === undefined) return undefined;
  return { ok: true, token, identity, conversationSid, backend, session };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
