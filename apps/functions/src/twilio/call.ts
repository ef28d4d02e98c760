/** Calls to Twilio that fail, told apart: gone, out of date, already there, or a failure that stops the request. */
import { fail, type Result, type TransferFailure } from '@chat-transfer/transfer-core';

/** A call that Twilio refused or that got no answer. `doing` completes "Failed to …". */
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

  /** Whether Twilio said no: the same call will be refused again. Anything else may have been bad luck. */
  get isRefusal(): boolean {
    const { status = 500 } = this;
    return status >= 400 && status < 500 && status !== 408 && status !== 429;
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

/** A failed call is an answer; anything else is a bug. */
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

/** Tries of one call within a request, and the longest wait before the second one; it doubles from then on. */
const TRIES = 3;
const FIRST_WAIT_MS = 200;

/** Tries again what may have been bad luck, after waits that differ, so that functions do not come back all at once. */
async function tryAgain<T>(
  doing: string,
  run: () => Promise<T>,
  isWorthIt: (error: TwilioCallError) => boolean,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await run();
    } catch (error) {
      const failure = translate(doing, error);
      if (tries === TRIES || !isWorthIt(failure)) throw failure;
    }
    const longestMs = FIRST_WAIT_MS * 2 ** (tries - 1);
    await new Promise((resume) => setTimeout(resume, longestMs * (0.5 + Math.random() / 2)));
  }
}

/** Runs a call that may run twice without harm; whatever it throws in the end is a `TwilioCallError`. */
export function call<T>(doing: string, run: () => Promise<T>): Promise<T> {
  return tryAgain(doing, run, (error) => !error.isRefusal);
}

/**
 * Runs a call that makes something each time. Only what Twilio says it did not process is tried again (429:
 * https://www.twilio.com/docs/api/errors/20429); whether another failure got through must be looked at first.
 */
export function callOnce<T>(doing: string, run: () => Promise<T>): Promise<T> {
  return tryAgain(doing, run, ({ status }) => status === 429);
}

/** Lets one of the given HTTP statuses be `undefined`: 404 for "there is none", 409, 412. */
export async function allowStatus<T>(
  statuses: readonly number[],
  running: Promise<T>,
): Promise<T | undefined> {
  try {
    return await running;
  } catch (error) {
    const isOne = error instanceof TwilioCallError && statuses.includes(error.status ?? 0);
    if (!isOne) throw error;
    return undefined;
  }
}

/** `call`, but one of the given HTTP statuses answers `undefined`. */
export function callAllowing<T>(
  statuses: readonly number[],
  doing: string,
  run: () => Promise<T>,
): Promise<T | undefined> {
  return allowStatus(statuses, call(doing, run));
}
