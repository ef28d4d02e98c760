/**
 * Calls the functions. What may be sent again is sent again by itself, with the same body: a start carries the
 * id of its click, so a repeated one starts nothing new, and cancelling, leaving or completing twice does no harm.
 *
 * Knows nothing of Flex; the token is read anew for every try, because Flex refreshes it while the page is open.
 */
import {
  type CancelTransferAnswer,
  type CancelTransferRequest,
  ENDPOINTS,
  encodeRequest,
  parseFailureAnswer,
  type StartTransferAnswer,
  type StartTransferRequest,
  type TaskAnswer,
  type TaskRequest,
} from '@chat-transfer/transfer-core';
import type { RequestFailure } from './failure-notification';

export interface TransferApiPorts {
  readonly functionsUrl: string;
  /** The agent's Flex token of the moment; `undefined` when signed out. */
  readonly readToken: () => string | undefined;
  /** Resolves when there is another token than this one, or none is to be expected. */
  readonly waitForNextToken: (token: string) => Promise<void>;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly sleep: (ms: number) => Promise<void>;
  /** From 0 to 1. */
  readonly random: () => number;
}

export type ApiResult<Answer> =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly failure: RequestFailure };

export interface TransferApi {
  startTransfer(request: Omit<StartTransferRequest, 'token'>): Promise<ApiResult<StartTransferAnswer>>;
  cancelTransfer(request: Omit<CancelTransferRequest, 'token'>): Promise<ApiResult<CancelTransferAnswer>>;
  leaveConversation(request: Omit<TaskRequest, 'token'>): Promise<ApiResult<TaskAnswer>>;
  completeTask(request: Omit<TaskRequest, 'token'>): Promise<ApiResult<TaskAnswer>>;
}

const MOST_TRIES = 3;
/** Twilio ends a function after 10 s; a try that takes longer has lost its answer. */
const TRY_TIMEOUT_MS = 12_000;
/** The wait before the second try; the one before the third is three times as long. */
const SHORTEST_WAIT_MS = 300;

/** How long to wait after `failedTries`: 300–600 ms, then 900–1800 ms, so that pages do not return in step. */
export function waitBeforeRetryMs(failedTries: number, random: number): number {
  return SHORTEST_WAIT_MS * 3 ** (failedTries - 1) * (1 + random);
}

export function createTransferApi(ports: TransferApiPorts): TransferApi {
  const { startTransfer, cancelTransfer, leaveConversation, completeTask } = ENDPOINTS;
  return {
    startTransfer: (request) => ask(ports, { path: startTransfer, request, readAnswer: readStartAnswer }),
    cancelTransfer: (request) => ask(ports, { path: cancelTransfer, request, readAnswer: readCancelAnswer }),
    leaveConversation: (request) =>
      ask(ports, { path: leaveConversation, request, readAnswer: readTaskAnswer }),
    completeTask: (request) => ask(ports, { path: completeTask, request, readAnswer: readTaskAnswer }),
  };
}

interface Call<Answer> {
  readonly path: string;
  readonly request: Readonly<Record<string, string | undefined>>;
  readonly readAnswer: (body: unknown) => Answer | undefined;
}

type Try<Answer> =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly failure: RequestFailure; readonly retryable: boolean };

async function ask<Answer>(ports: TransferApiPorts, call: Call<Answer>): Promise<ApiResult<Answer>> {
  let mayRenew = true;
  for (let tries = 1; ; tries += 1) {
    const token = ports.readToken();
    const result = await tryOnce(ports, call, token);
    if (result.ok) return result;

    const { failure, retryable } = result;
    if (failure.code === 'token-expired' && token !== undefined && mayRenew) {
      // A computer that slept wakes up with an old token, which Flex replaces within seconds.
      mayRenew = false;
      await ports.waitForNextToken(token);
      if (ports.readToken() === token) return { ok: false, failure };
      continue;
    }
    if (!retryable || tries >= MOST_TRIES) return { ok: false, failure };
    await ports.sleep(waitBeforeRetryMs(tries, ports.random()));
  }
}

async function tryOnce<Answer>(
  { functionsUrl, fetch }: TransferApiPorts,
  { path, request, readAnswer }: Call<Answer>,
  token: string | undefined,
): Promise<Try<Answer>> {
  if (!token) {
    const message = `Failed to call ${path}: nobody is signed in.`;
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
      signal: AbortSignal.timeout(TRY_TIMEOUT_MS),
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
  const answer = response.ok ? readAnswer(body) : undefined;
  if (answer !== undefined) return { ok: true, answer };
  // Not the functions' own words: a proxy's page, or no such function.
  return unreachable(
    path,
    `the answer was HTTP ${response.status} without our JSON`,
    mayPass(response.status),
  );
}

function unreachable(path: string, why: string, retryable: boolean): Try<never> {
  const message = `Failed to call ${path}: ${why}. Check functions_url and the functions' ALLOWED_ORIGINS.`;
  return { ok: false, failure: { code: 'unreachable', message }, retryable };
}

function mayPass(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isSuccess(body: unknown): body is Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null && 'ok' in body && body.ok === true;
}

function readStartAnswer(body: unknown): StartTransferAnswer | undefined {
  if (!isSuccess(body)) return undefined;
  const { transferId, transferTaskSid, released } = body;
  if (typeof transferId !== 'string' || typeof transferTaskSid !== 'string') return undefined;
  return { ok: true, transferId, transferTaskSid, released: released === true };
}

function readCancelAnswer(body: unknown): CancelTransferAnswer | undefined {
  if (!isSuccess(body)) return undefined;
  const { transferId, state } = body;
  if (typeof transferId !== 'string' || (state !== 'cancelled' && state !== 'returned')) return undefined;
  return { ok: true, transferId, state };
}

function readTaskAnswer(body: unknown): TaskAnswer | undefined {
  if (!isSuccess(body)) return undefined;
  const { conversation } = body;
  return conversation === 'open' || conversation === 'ended' ? { ok: true, conversation } : undefined;
}
