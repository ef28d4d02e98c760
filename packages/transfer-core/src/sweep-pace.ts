/** How often a page asks the functions for a sweep. The functions say when; the page varies it and slows down on failures. */

/** The shortest and the longest wait, whatever the functions say. */
const MIN_WAIT_MS = 2_000;
const MAX_WAIT_MS = 10 * 60_000;
/** The wait after the first failure. It doubles with every further failure. */
const FAILURE_WAIT_MS = 60_000;

/** What the last request of the page gave. */
export type SweepOutcome =
  | { readonly ok: true; readonly nextInMs: number }
  /** `failures`: how many requests have failed in a row, from 1. */
  | { readonly ok: false; readonly failures: number };

/**
 * How long a page waits before its next request, in milliseconds: up to a quarter less or more than planned, so that pages
 * that were opened together do not ask together.
 * @param random from 0 to 1
 */
export function waitBeforeSweepMs(outcome: SweepOutcome, random: number): number {
  const planned = outcome.ok ? outcome.nextInMs : FAILURE_WAIT_MS * 2 ** (outcome.failures - 1);
  return Math.min(Math.max(planned, MIN_WAIT_MS), MAX_WAIT_MS) * (0.75 + random / 2);
}
