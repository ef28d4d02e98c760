/**
 * Twilio's time: the host's clock, corrected by the `Date` header of Twilio's answers. All runs share it, so
 * two hosts agree on when a claim ends although their clocks differ.
 *
 * An answer tells that Twilio's clock was between `Date` and one second later, at some moment between the
 * call and its answer. Every answer narrows the range of the difference between the two clocks. The
 * correction is the smallest one in that range: a host whose clock is right is not corrected.
 *
 * Twilio's real time differs from the result by less than 1 s plus the duration of the fastest call.
 */

/** `Date` has no fraction of a second: https://httpwg.org/specs/rfc9110.html#http.date */
const RESOLUTION_MS = 1_000;

export interface TwilioTime {
  /**
   * Milliseconds since 1970. Before the first answer it is the host's time. After it, it never runs
   * backwards.
   */
  readonly nowMs: () => number;
  /** @param date the header as Twilio sent it; anything else is ignored @param sentAt host's time of the call */
  readonly observe: (date: unknown, sentAt: number) => void;
}

export function createTwilioTime(hostNowMs: () => number): TwilioTime {
  /** Of Twilio's clock minus the host's. */
  let range = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };
  let latest = Number.NEGATIVE_INFINITY;

  return {
    nowMs() {
      const now = hostNowMs() + Math.min(Math.max(0, range.min), range.max);
      if (!Number.isFinite(range.min)) return now;
      latest = Math.max(latest, now);
      return latest;
    },
    observe(date, sentAt) {
      const dateMs = typeof date === 'string' ? Date.parse(date) : Number.NaN;
      if (Number.isNaN(dateMs)) return;
      const observed = { min: dateMs - hostNowMs(), max: dateMs + RESOLUTION_MS - sentAt };
      const narrowed = {
        min: Math.max(range.min, observed.min),
        max: Math.min(range.max, observed.max),
      };
      // One of the clocks was set while the request ran, or Twilio's products disagree: the latest answer counts.
      range = narrowed.min <= narrowed.max ? narrowed : observed;
    },
  };
}
