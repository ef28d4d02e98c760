/**
 * The time that one request may take. Twilio stops a function after 10 s, and then its caller gets no answer:
 * https://www.twilio.com/docs/serverless/functions-assets/functions#limitations
 */
import type { Clock } from './clock';

/** A call that is still running at this time of the request is given up. */
const BUDGET_MS = 9_000;
/** Later than this no call begins: it would hardly have the time to succeed. */
const LAST_CALL_AFTER_MS = 8_500;

export interface Budget {
  /** Since the request began, by the host's clock. */
  readonly elapsedMs: () => number;
  /** Until a running call is given up; 0 when the time is over. */
  readonly remainingMs: () => number;
  /** Whether a call that begins after a wait of `waitMs` would begin in time. Default: without a wait. */
  readonly allowsCall: (waitMs?: number) => boolean;
}

/** The budget of a request that begins now. */
export function startBudget({ nowMs }: Pick<Clock, 'nowMs'>): Budget {
  const startedAt = nowMs();
  const elapsedMs = () => nowMs() - startedAt;
  return {
    elapsedMs,
    remainingMs: () => Math.max(BUDGET_MS - elapsedMs(), 0),
    allowsCall: (waitMs = 0) => elapsedMs() + waitMs <= LAST_CALL_AFTER_MS,
  };
}
