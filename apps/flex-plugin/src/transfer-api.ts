/**
 * Calls the functions and retries transient failures with the same body. A retry is safe: a start carries the id of
 * its click, so it starts no second transfer, and cancelling, leaving or completing twice changes nothing.
 *
 * This file does not use Flex. It reads the token for every attempt, because Flex refreshes it while the page is open.
 */
import {
  type CancelTransferAnswer,
  type CancelTransferRequest,
  ENDPOINTS,
  encodeRequest,
  parseCancelTransferAnswer,
  parseFailureAnswer,
  parseJson,
  parseReadNoteAnswer,
  parseStartTransferAnswer,
  parseSweepAnswer,
  parseTaskAnswer,
  type ReadNoteAnswer,
  type ReadNoteRequest,
  type StartTransferAnswer,
  type StartTransferForm,
  type SweepAnswer,
  type TaskAnswer,
  type TaskRequest,
} from '@chat-transfer/transfer-core';
import type { RequestFailure } from './failure-notification';

export interface TransferApiPorts {
  readonly functionsUrl: string;
  /** The agent's current Flex token; `undefined` if they are signed out. */
  readonly readToken: () => string | undefined;
  /** Resolves when Flex has replaced `token`, or has had the time to do so. */
  readonly waitForNextToken: (token: string) => Promise<void>;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly sleep: (ms: number) => Promise<void>;
  /** Returns a number from 0 to 1. */
  readonly random: () => number;
}

export type ApiResult<Answer> =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly failure: RequestFailure };

export interface TransferApi {
  startTransfer(request: Omit<StartTransferForm, 'token'>): Promise<ApiResult<StartTransferAnswer>>;
  cancelTransfer(request: Omit<CancelTransferRequest, 'token'>): Promise<ApiResult<CancelTransferAnswer>>;
  readNote(request: Omit<ReadNoteRequest, 'token'>): Promise<ApiResult<ReadNoteAnswer>>;
  leaveConversation(request: Omit<TaskRequest, 'token'>): Promise<ApiResult<TaskAnswer>>;
  completeTask(request: Omit<TaskRequest, 'token'>): Promise<ApiResult<TaskAnswer>>;
  /** Sends one request, without a retry. */
  sweep(): Promise<ApiResult<SweepAnswer>>;
}

const MAX_ATTEMPTS = 3;
/** Twilio stops a function after 10 s, so no answer comes after that. */
const ATTEMPT_TIMEOUT_MS = 12_000;
/** The shortest wait before the second attempt. The wait before the third is three times as long. */
const MIN_WAIT_MS = 300;

/** How long to wait: 300–600 ms, then 900–1800 ms. The random part keeps pages from retrying at the same time. */
export function waitBeforeRetryMs(failedAttempts: number, random: number): number {
  return MIN_WAIT_MS * 3 ** (failedAttempts - 1) * (1 + random);
}

export function createTransferApi(ports: TransferApiPorts): TransferApi {
  const { startTransfer, cancelTransfer, readNote, leaveConversation, completeTask, sweep } = ENDPOINTS;
  return {
    startTransfer: (request) =>
      send(ports, { path: startTransfer, request, parseAnswer: parseStartTransferAnswer }),
    cancelTransfer: (request) =>
      send(ports, { path: cancelTransfer, request, parseAnswer: parseCancelTransferAnswer }),
    readNote: (request) => send(ports, { path: readNote, request, parseAnswer: parseReadNoteAnswer }),
    leaveConversation: (request) =>
      send(ports, { path: leaveConversation, request, parseAnswer: parseTaskAnswer }),
    completeTask: (request) => send(ports, { path: completeTask, request, parseAnswer: parseTaskAnswer }),
    sweep: () =>
      sendOnce(ports, { path: sweep, request: {}, parseAnswer: parseSweepAnswer }, ports.readToken()),
  };
}

interface Call<Answer> {
  readonly path: string;
  readonly request: Readonly<Record<string, string | undefined>>;
  readonly parseAnswer: (body: unknown) => Answer | undefined;
}

type Attempt<Answer> =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly failure: RequestFailure; readonly retryable: boolean };

async function send<Answer>(ports: TransferApiPorts, call: Call<Answer>): Promise<ApiResult<Answer>> {
  let mayWaitForToken = true;
  for (let attempts = 1; ; attempts += 1) {
    const token = ports.readToken();
    const result = await sendOnce(ports, call, token);
    if (result.ok) return result;

    const { failure, retryable } = result;
    if (failure.code === 'token-expired' && token !== undefined && mayWaitForToken) {
      // While a computer sleeps, its token expires. After that, Flex replaces it within about 20 s.
      mayWaitForToken = false;
      await ports.waitForNextToken(token);
      if (ports.readToken() === token) return { ok: false, failure };
      continue;
    }
    if (!retryable || attempts >= MAX_ATTEMPTS) return { ok: false, failure };
    await ports.sleep(waitBeforeRetryMs(attempts, ports.random()));
  }
}

async function sendOnce<Answer>(
  { functionsUrl, fetch }: TransferApiPorts,
  { path, request, parseAnswer }: Call<Answer>,
  token: string | undefined,
): Promise<Attempt<Answer>> {
  if (!token) {
    const message = `Failed to call ${path}: no agent is signed in. Sign in to Flex.`;
    return { ok: false, failure: { code: 'token-invalid', message }, retryable: false };
  }

  let response: Response;
  let body: unknown;
  try {
    response = await fetch(`${functionsUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      credentials: 'omit',
      body: encodeRequest({ ...request, token }),
      signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS),
    });
    body = parseJson(await response.text());
  } catch (cause) {
    return unreachable(path, `${cause}`, true);
  }

  const failed = parseFailureAnswer(body);
  if (failed !== undefined) {
    const { retryable, ok, ...failure } = failed;
    return { ok, failure, retryable };
  }
  const answer = response.ok ? parseAnswer(body) : undefined;
  if (answer !== undefined) return { ok: true, answer };
  // The answer is not from the functions: it is a proxy's page, or the function does not exist.
  return unreachable(
    path,
    `the answer was HTTP ${response.status} without the functions' JSON`,
    isTransientStatus(response.status),
  );
}

function unreachable(path: string, why: string, retryable: boolean): Attempt<never> {
  const message = `Failed to call ${path}: ${why}. Check functions_url and the functions' ALLOWED_ORIGINS.`;
  return { ok: false, failure: { code: 'unreachable', message }, retryable };
}

function isTransientStatus(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}
