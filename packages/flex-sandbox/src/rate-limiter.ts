/**
 * Counts requests on the sandbox's clock. Twilio does not process a request that it refuses for its rate, so a
 * refused one does not count: https://www.twilio.com/docs/api/errors/20429
 */
import type { Clock } from './clock.js';

/** At most `requests` in any period of `windowMs`. */
export interface Rate {
  readonly requests: number;
  readonly windowMs: number;
}

/** Returns a function that counts a request for `key`, or returns false when the rate does not allow it. */
export function createRateLimiter(clock: Clock, { requests, windowMs }: Rate): (key: string) => boolean {
  const timesByKey = new Map<string, number[]>();
  return (key) => {
    const nowMs = clock.nowMs();
    const times = (timesByKey.get(key) ?? []).filter((atMs) => nowMs - atMs < windowMs);
    timesByKey.set(key, times);
    if (times.length >= requests) return false;
    times.push(nowMs);
    return true;
  };
}
