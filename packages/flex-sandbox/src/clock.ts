/**
 * The sandbox's time: real time plus an offset. Reservation timeouts, token expiry and TTLs use this clock,
 * so a test can advance it by hours without sleeping. Also formats times as Twilio writes them.
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
  /** The sandbox's time minus the real one, in milliseconds. `advance` changes it. */
  offsetMs(): number;
  /** Calls `listener` after every `advance`. */
  onAdvance(listener: () => void): void;
  /** Cancels every timer. `nowMs` keeps working. */
  stop(): void;
}

/** Node's `setTimeout` runs a callback at once when its delay is longer. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** `startAtMs` is the time at creation (default: the real time). */
export function createClock(startAtMs: number = Date.now()): Clock {
  let offsetMs = startAtMs - Date.now();
  const timers = new Set<Timer>();
  const advanceListeners: Array<() => void> = [];
  let wakeUp: NodeJS.Timeout | undefined;

  const nowMs = () => Date.now() + offsetMs;

  const findNextTimer = (): Timer | undefined => {
    let first: Timer | undefined;
    for (const timer of timers) if (first === undefined || timer.dueAtMs < first.dueAtMs) first = timer;
    return first;
  };

  const schedule = () => {
    clearTimeout(wakeUp);
    const next = findNextTimer();
    if (next === undefined) return;
    const delayMs = Math.min(Math.max(next.dueAtMs - nowMs(), 0), LONGEST_TIMEOUT_MS);
    wakeUp = setTimeout(() => {
      runDueTimers(nowMs());
      schedule();
    }, delayMs);
    wakeUp.unref();
  };

  const runDueTimers = (untilMs: number) => {
    for (let next = findNextTimer(); next !== undefined && next.dueAtMs <= untilMs; next = findNextTimer()) {
      timers.delete(next);
      next.run();
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
      for (
        let next = findNextTimer();
        next !== undefined && next.dueAtMs <= untilMs;
        next = findNextTimer()
      ) {
        offsetMs += Math.max(next.dueAtMs - nowMs(), 0);
        timers.delete(next);
        next.run();
      }
      offsetMs += Math.max(untilMs - nowMs(), 0);
      schedule();
      for (const listener of advanceListeners) listener();
    },
    offsetMs: () => offsetMs,
    onAdvance: (listener) => advanceListeners.push(listener),
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

/** A date as HTTP headers have it, whole seconds: https://httpwg.org/specs/rfc9110.html#field.date */
export function httpDate(atMs: number): string {
  return new Date(atMs).toUTCString();
}
