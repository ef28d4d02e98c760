/** Time on the functions' host. Tests replace it. */

export interface Clock {
  /** Milliseconds since 1970, by the host's clock. */
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Calls `run` after `ms`. Returns a function that prevents it. */
  readonly startTimer: (ms: number, run: () => void) => () => void;
}

export const hostClock: Clock = {
  nowMs: Date.now,
  sleep: (ms) => new Promise((resume) => setTimeout(resume, ms)),
  startTimer(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
