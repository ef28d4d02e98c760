/**
 * Calls the functions that start, repair and end a chat. The contract in transfer-core defines the requests and the
 * answers. No call throws, and none is retried: starting a chat twice would create two chats.
 */
import {
  ENDPOINTS,
  type EndWebchatRequest,
  encodeRequest,
  type FailureAnswer,
  fail,
  parseEndWebchatAnswer,
  parseFailureAnswer,
  parseJson,
  parseStartWebchatAnswer,
  parseSweepAnswer,
  type Result,
  type StartWebchatAnswer,
  type StartWebchatRequest,
  type SweepAnswer,
  succeed,
} from '@chat-transfer/transfer-core';

/** A function that has been idle takes several seconds to start. */
const TIMEOUT_MS = 20_000;

export type ApiFailure =
  /** No answer: no network, a wrong URL, a timeout, or an origin that the functions do not allow. */
  | { readonly code: 'unreachable' }
  /** The answer does not follow the contract, so it may come from another server. */
  | { readonly code: 'invalid-answer'; readonly httpStatus: number }
  | { readonly code: 'refused'; readonly answer: FailureAnswer };

export interface WebchatApi {
  start(request: StartWebchatRequest): Promise<Result<StartWebchatAnswer, ApiFailure>>;
  end(request: EndWebchatRequest): Promise<Result<void, ApiFailure>>;
  /** Asks the functions to repair the chat of this session. */
  sweep(request: EndWebchatRequest): Promise<Result<SweepAnswer, ApiFailure>>;
}

/** @param functionsUrl without a trailing slash; empty for the page's own origin */
export function createWebchatApi(functionsUrl: string): WebchatApi {
  return {
    start: (request) => post(`${functionsUrl}${ENDPOINTS.startWebchat}`, request, parseStartWebchatAnswer),
    async end(request) {
      const ended = await post(`${functionsUrl}${ENDPOINTS.endWebchat}`, request, parseEndWebchatAnswer);
      return ended.ok ? succeed(undefined) : ended;
    },
    sweep: (request) => post(`${functionsUrl}${ENDPOINTS.sweep}`, request, parseSweepAnswer),
  };
}

/** Posts a form, which needs no CORS preflight. A JSON request would, which costs another round trip. */
async function post<Answer>(
  url: string,
  request: Readonly<Record<string, string | undefined>>,
  parseAnswer: (body: unknown) => Answer | undefined,
): Promise<Result<Answer, ApiFailure>> {
  let httpStatus: number;
  let body: unknown;
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams(encodeRequest(request)),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    httpStatus = response.status;
    body = parseJson(await response.text());
  } catch (error) {
    console.warn(`Failed to call ${url}:`, error);
    return fail({ code: 'unreachable' });
  }
  const answer = parseAnswer(body);
  if (answer !== undefined) return succeed(answer);
  const refusal = parseFailureAnswer(body);
  return fail(refusal ? { code: 'refused', answer: refusal } : { code: 'invalid-answer', httpStatus });
}
