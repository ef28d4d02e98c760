/** Calls to Twilio that fail, told apart: gone, out of date, already there, or a failure that stops the request. */
import type { TransferFailure } from '@chat-transfer/transfer-core';

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

/** Runs one call; whatever it throws becomes a `TwilioCallError`. */
export async function call<T>(doing: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw translate(doing, error);
  }
}

/** The same, but one of the given HTTP statuses answers `undefined`: 404 for "there is none", 409, 412. */
export async function callUnless<T>(
  statuses: readonly number[],
  doing: string,
  run: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    const failure = translate(doing, error);
    if (failure.status !== undefined && statuses.includes(failure.status)) return undefined;
    throw failure;
  }
}
