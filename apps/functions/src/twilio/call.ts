/**
 * Calls to Twilio. A call that fails throws a `TwilioCallError`. Transient failures are retried here.
 * Statuses that the caller expects, such as 404 or 412, become `undefined`.
 */
import { fail, type Result, type TransferFailure } from '@chat-transfer/transfer-core';
import { backoffMs } from '../backoff';
import type { Budget } from './budget';
import { UnansweredWriteError } from './request-client';

/**
 * `transient`: the same call may succeed later, and may have succeeded already. `refused`: Twilio answers the
 * same call the same way each time. Twilio repeats every refusal (4xx) except 408 and 429.
 */
export type CallFailureKind = 'transient' | 'refused';

/** A call that Twilio refused or did not answer. `doing` completes "Failed to …". */
export class TwilioCallError extends Error {
  override readonly name = 'TwilioCallError';

  constructor(
    readonly doing: string,
    /** HTTP status; `undefined` when there was no answer. */
    readonly status: number | undefined,
    /** Twilio's error code, such as 20404. */
    readonly twilioCode: number | undefined,
    cause: unknown,
  ) {
    super(`Failed to ${doing}: Twilio answered ${status ?? 'nothing'}${twilioCode ? `/${twilioCode}` : ''}`, {
      cause,
    });
  }

  get kind(): CallFailureKind {
    const { status = 500 } = this;
    const isRefused = status >= 400 && status < 500 && status !== 408 && status !== 429;
    return isRefused ? 'refused' : 'transient';
  }

  /** Whether the call is a write that was given up while it ran: Twilio may still process it. */
  get mayStillLand(): boolean {
    return this.cause instanceof UnansweredWriteError;
  }

  asFailure(): TransferFailure {
    return {
      code: 'twilio-failed',
      doing: this.doing,
      ...(this.status === undefined ? {} : { status: this.status }),
      ...(this.twilioCode === undefined ? {} : { twilioCode: this.twilioCode }),
    };
  }
}

/** The failure of a call to Twilio. Any other error is a bug and is thrown again. */
export function failOrRethrow(error: unknown): Result<never> {
  if (error instanceof TwilioCallError) return fail(error.asFailure());
  throw error;
}

interface RestFailure {
  readonly status?: unknown;
  readonly code?: unknown;
}

function translate(doing: string, error: unknown): TwilioCallError {
  if (error instanceof TwilioCallError) return error;
  const { status, code }: RestFailure = typeof error === 'object' && error !== null ? error : {};
  return new TwilioCallError(
    doing,
    typeof status === 'number' ? status : undefined,
    typeof code === 'number' ? code : undefined,
    error,
  );
}

const MAX_ATTEMPTS = 3;
const BACKOFF = { firstMs: 200 };
/**
 * After 429. Twilio counts the rate of a call by the second, down to three a second for some lists, so the waits of
 * all attempts must add up to more than one: they are 1.05 to 2.1 s.
 */
const RATE_LIMIT_BACKOFF = { firstMs: 700 };

export interface Calls {
  /** Runs a call that may run twice without harm. Retries transient failures; throws only `TwilioCallError`. */
  readonly call: <T>(doing: string, run: () => Promise<T>) => Promise<T>;
  /** `call` that returns `undefined` for the given HTTP statuses. */
  readonly callAllowing: <T>(
    statuses: readonly number[],
    doing: string,
    run: () => Promise<T>,
  ) => Promise<T | undefined>;
  /**
   * Runs a call that creates something each time Twilio processes it. It is retried only after 429, because
   * then Twilio did not process it (https://www.twilio.com/docs/api/errors/20429). After any other transient
   * failure the caller must look first whether the call succeeded.
   */
  readonly callOnce: <T>(doing: string, run: () => Promise<T>) => Promise<T>;
  /** Runs a read that the caller can do without: one attempt, and `undefined` when it fails. */
  readonly callOptional: <T>(doing: string, run: () => Promise<T>) => Promise<T | undefined>;
}

export interface CallPorts {
  readonly sleep: (ms: number) => Promise<void>;
  readonly budget: Pick<Budget, 'allowsCall'>;
}

/** The calls of one request. No retry begins when its budget is over. */
export function createCalls({ sleep, budget }: CallPorts): Calls {
  async function retry<T>(
    doing: string,
    run: () => Promise<T>,
    mayRetry: (error: TwilioCallError) => boolean,
  ): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      let waitMs: number;
      try {
        return await run();
      } catch (error) {
        const failure = translate(doing, error);
        waitMs = backoffMs(attempt, failure.status === 429 ? RATE_LIMIT_BACKOFF : BACKOFF);
        if (attempt === MAX_ATTEMPTS || !mayRetry(failure) || !budget.allowsCall(waitMs)) throw failure;
      }
      await sleep(waitMs);
    }
  }

  const call: Calls['call'] = (doing, run) => retry(doing, run, ({ kind }) => kind === 'transient');
  return {
    call,
    callAllowing: (statuses, doing, run) => allowStatus(statuses, call(doing, run)),
    callOnce: (doing, run) => retry(doing, run, ({ status }) => status === 429),
    callOptional: (doing, run) => retry(doing, run, () => false).catch(() => undefined),
  };
}

/** The refusal of a call; `undefined` when it succeeds. Throws any other failure. */
export async function findRefusal(running: Promise<unknown>): Promise<TwilioCallError | undefined> {
  try {
    await running;
    return undefined;
  } catch (error) {
    if (!(error instanceof TwilioCallError) || error.kind !== 'refused') throw error;
    return error;
  }
}

/**
 * Runs a change that another caller may have made first. A refusal does not say why (20001, 20404 and 409 have many causes),
 * so `isDone` reads whether there is nothing left to change. Throws the refusal if there is. Returns whether this call made
 * the change.
 */
export async function changeUnlessDone(
  running: Promise<unknown>,
  isDone: () => Promise<boolean>,
): Promise<boolean> {
  const refusal = await findRefusal(running);
  if (refusal !== undefined && !(await isDone())) throw refusal;
  return refusal === undefined;
}

/**
 * The answer of a read; `undefined` when it answers 404 and `isGone` confirms that what it reads from does not exist. Throws
 * any other failure.
 */
export async function readUnlessGone<T>(
  running: Promise<T>,
  isGone: () => Promise<boolean>,
): Promise<T | undefined> {
  try {
    return await running;
  } catch (error) {
    const isMissing = error instanceof TwilioCallError && error.status === 404;
    if (!isMissing || !(await isGone())) throw error;
    return undefined;
  }
}

/** `undefined` when a call fails with one of the given HTTP statuses, such as 404 for "there is none". */
export async function allowStatus<T>(
  statuses: readonly number[],
  running: Promise<T>,
): Promise<T | undefined> {
  try {
    return await running;
  } catch (error) {
    const isAllowed = error instanceof TwilioCallError && statuses.includes(error.status ?? 0);
    if (!isAllowed) throw error;
    return undefined;
  }
}
