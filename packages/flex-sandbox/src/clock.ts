/**
 * The sandbox's time. Everything that waits (reservation timeouts, token expiry, TTLs) waits on this
 * clock, so that a test can move hours ahead without sleeping. It runs with real time plus an offset.
 */

/** A pending timer; pass it to `Clock.cancel`. */
export interface Timer {
  readonly dueAtMs: number;
  readonly run: () => void;
}

export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Calls `run` once, `delayMs` from now. Never keeps the process alive. */
  after(delayMs: number, run: () => void): Timer;
  cancel(timer: Timer | undefined): void;
  /** Moves time ahead and runs, in order, everything that falls due on the way. */
  advance(byMs: number): void;
  /** Drops every timer. The clock stays readable. */
  stop(): void;
}

/** The longest delay that Node's setTimeout takes; anything longer fires at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** `startAtMs` fixes the first reading (default: the real time). */
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

/** Dates as Twilio's REST APIs write them: ISO 8601 in UTC, whole seconds. */
export function isoSeconds(atMs: number): string {
  return isoMilliseconds(atMs).replace(/\.\d{3}Z$/, 'Z');
}

/** Dates as Twilio writes them to its SDKs and to Flex: ISO 8601 in UTC, with milliseconds. */
export function isoMilliseconds(atMs: number): string {
  return new Date(atMs).toISOString();
}
