/**
 * The sandbox's time: real time plus an offset. Reservation timeouts, token expiry and TTLs use this clock, so a
 * test can advance it by hours without sleeping. Also formats times as Twilio writes them.
 */

/** A pending timer; pass it to `Clock.cancel`. */
export interface Timer {
  readonly dueAtMs: number;
  readonly run: () => void;
}

export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Calls `run` once, after `delayMs`. The timer does not keep the process alive. */
  after(delayMs: number, run: () => void): Timer;
  cancel(timer: Timer | undefined): void;
  /** Advances the time and runs every timer that becomes due, in order of due time. */
  advance(byMs: number): void;
  /** Cancels every timer. `nowMs` keeps working. */
  stop(): void;
}

/** The longest delay of Node's setTimeout. A longer one fires at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** `startAtMs` is the time at creation (default: the real time). */
export function createClock(startAtMs: number = Date.now()): Clock {
  let offsetMs = startAtMs - Date.now();
  const timers = new Set<Timer>();
  let wakeUp: NodeJS.Timeout | undefined;

  const nowMs = () => Date.now() + offsetMs;

  const findNext = (): Timer | undefined => {
    let first: Timer | undefined;
    for (const timer of timers) if (first === undefined || timer.dueAtMs < first.dueAtMs) first = timer;
    return first;
  };

  const schedule = () => {
    clearTimeout(wakeUp);
    const first = findNext();
    if (first === undefined) return;
    const delayMs = Math.min(Math.max(first.dueAtMs - nowMs(), 0), LONGEST_TIMEOUT_MS);
    wakeUp = setTimeout(() => {
      runDue(nowMs());
      schedule();
    }, delayMs);
    wakeUp.unref();
  };

  const runDue = (untilMs: number) => {
    for (let first = findNext(); first !== undefined && first.dueAtMs <= untilMs; first = findNext()) {
      timers.delete(first);
      first.run();
    }
  };

  return {
    nowMs,
    after(delayMs, run) {
      const timer: Timer = { dueAtMs: nowMs() + delayMs, run };
      timers.add(timer);
      schedule();
      return timer;
    },
    cancel(timer) {
      if (timer !== undefined && timers.delete(timer)) schedule();
    },
    advance(byMs) {
      const untilMs = nowMs() + byMs;
      for (let first = findNext(); first !== undefined && first.dueAtMs <= untilMs; first = findNext()) {
        offsetMs += Math.max(first.dueAtMs - nowMs(), 0);
        timers.delete(first);
        first.run();
      }
      offsetMs += Math.max(untilMs - nowMs(), 0);
      schedule();
    },
    stop() {
      timers.clear();
      clearTimeout(wakeUp);
    },
  };
}

/** A date as Twilio's REST APIs write it: ISO 8601 in UTC, whole seconds. */
export function isoSeconds(atMs: number): string {
  return isoMilliseconds(atMs).replace(/\.\d{3}Z$/, 'Z');
}

/** A date as Twilio sends it to its SDKs and to Flex: ISO 8601 in UTC, with milliseconds. */
export function isoMilliseconds(atMs: number): string {
  return new Date(atMs).toISOString();
}
