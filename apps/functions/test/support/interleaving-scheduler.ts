/**
 * Interleaves several runs of functions in an order that the test controls. Every call to Twilio and every wait is a
 * step. One step goes on at a time, and only the scheduler moves the virtual clock, so the same plan gives the same
 * interleaving.
 *
 * A timer is no step: it fires when the clock reaches its time, or when nothing else can go on.
 */
import type { CallInterceptor } from './direct-transport';
import { seedRandom } from './seeded-random';
import type { VirtualClock } from './virtual-clock';

export interface InterleavingPlan {
  /** The time that a call takes to Twilio, and its answer back. Without it, a call takes no time and waits for its turn only. */
  readonly latencyMs?: () => number;
  /** The index of the step that goes on next, among the waiting steps in the order of their time. */
  readonly pickNext: (waitingSteps: number) => number;
  /** Seeds `Math.random` during the interleaving. */
  readonly seed?: number;
}

/** Every call takes a random time up to `maxLatencyMs` in each direction. */
export function byLatency(seed: number, random: () => number, maxLatencyMs: number): InterleavingPlan {
  return { latencyMs: () => Math.ceil(random() * maxLatencyMs), pickNext: () => 0, seed };
}

/** Calls take no time. `order` says which of the waiting steps goes on next, and is used again from its start when it ends. */
export function byOrder(order: readonly number[]): InterleavingPlan {
  let turn = 0;
  return {
    pickNext(waitingSteps) {
      const next = order[turn % order.length] ?? 0;
      turn += 1;
      return next % waitingSteps;
    },
  };
}

/** Calls take no time and go on in the order in which they were made. */
export const IN_ORDER: InterleavingPlan = byOrder([0]);

/** A waiting step, or a timer. */
interface Step {
  readonly dueAtMs: number;
  readonly resume: () => void;
}

const byTime = (a: Step, b: Step): number => a.dueAtMs - b.dueAtMs;

export interface SchedulerOptions {
  readonly clock: VirtualClock;
  /** Whether no call is being answered at the moment. Default: calls are answered at once. */
  readonly isIdle?: () => boolean;
  /** For waits outside `runInterleaved`. */
  readonly plan?: InterleavingPlan;
}

export type InterleavingScheduler = ReturnType<typeof createInterleavingScheduler>;

/** Turns of the event loop without a call after which nothing but a waiting step can go on. */
const QUIET_TURNS = 2;

export function createInterleavingScheduler({
  clock,
  isIdle = () => true,
  plan: defaultPlan = IN_ORDER,
}: SchedulerOptions) {
  let plan = defaultPlan;
  let isRunning = false;
  /** Sorted by time. */
  let waiting: readonly Step[] = [];
  /** Sorted by time. */
  let timers: readonly Step[] = [];

  /** Waits on the virtual clock. */
  const sleep = (ms: number): Promise<void> =>
    new Promise((resume) => {
      const step = { dueAtMs: clock.nowMs() + Math.ceil(ms), resume };
      waiting = [...waiting, step].sort(byTime);
    });

  /** Calls `run` after `ms`. Returns a function that prevents it. */
  const startTimer = (ms: number, run: () => void): (() => void) => {
    const timer = { dueAtMs: clock.nowMs() + Math.ceil(ms), resume: run };
    timers = [...timers, timer].sort(byTime);
    return () => {
      timers = timers.filter((other) => other !== timer);
    };
  };

  /** Makes a call when its turn comes. */
  async function runCall<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    const { latencyMs } = plan;
    await sleep(latencyMs?.() ?? 0);
    try {
      return await call();
    } finally {
      if (latencyMs !== undefined) await sleep(latencyMs());
    }
  }

  async function untilQuiet(): Promise<void> {
    for (let quietTurns = 0; quietTurns < QUIET_TURNS; ) {
      await new Promise<void>((nextTurn) => setImmediate(nextTurn));
      quietTurns = isIdle() ? quietTurns + 1 : 0;
    }
  }

  /** Moves the clock to the time of the step or timer, and lets it go on. */
  function resume(step: Step): void {
    clock.advance(Math.max(step.dueAtMs - clock.nowMs(), 0));
    step.resume();
  }

  function fireTimer(timer: Step): void {
    timers = timers.filter((other) => other !== timer);
    resume(timer);
  }

  /** Lets one waiting step go on, or an earlier timer. Returns whether a step was waiting. */
  async function runNextStep(): Promise<boolean> {
    await untilQuiet();
    if (waiting.length === 0) return false;
    const step = waiting[plan.pickNext(waiting.length)];
    if (step === undefined) return false;
    const [timer] = timers;
    if (timer !== undefined && timer.dueAtMs < step.dueAtMs) {
      fireTimer(timer);
      return true;
    }
    waiting = waiting.filter((other) => other !== step);
    resume(step);
    return true;
  }

  /** When no step waits: the first timer may let a run go on whose call never returns. */
  function fireFirstTimer(): void {
    const [timer] = timers;
    if (timer !== undefined) fireTimer(timer);
  }

  /** Lets steps go on, one at a time, until none waits. A run whose call never returns does not hold it up. */
  async function runUntilIdle(): Promise<void> {
    const restoreRandom = plan.seed === undefined ? undefined : seedRandom(plan.seed);
    try {
      while (await runNextStep());
    } finally {
      restoreRandom?.();
    }
  }

  /** Runs all at the same time until each has ended and no step waits. Rejects as the first one that rejects. */
  async function runInterleaved<T>(
    interleavingPlan: InterleavingPlan,
    runs: ReadonlyArray<() => Promise<T>>,
  ): Promise<T[]> {
    if (isRunning)
      throw new Error('Failed to interleave runs: others are being interleaved. Await those first.');
    const restoreRandom = interleavingPlan.seed === undefined ? undefined : seedRandom(interleavingPlan.seed);
    plan = interleavingPlan;
    isRunning = true;
    let haveEnded = false;
    const all = Promise.all(runs.map((run) => run())).finally(() => {
      haveEnded = true;
    });
    // Handled below, when no step waits.
    all.catch(() => undefined);
    try {
      for (;;) {
        if (await runNextStep()) continue;
        if (haveEnded) break;
        fireFirstTimer();
      }
      return await all;
    } finally {
      plan = defaultPlan;
      isRunning = false;
      waiting = [];
      timers = [];
      restoreRandom?.();
    }
  }

  const intercept: CallInterceptor = (_call, forward) => (isRunning ? runCall(forward) : forward());

  return {
    sleep,
    startTimer,
    runCall,
    runUntilIdle,
    runInterleaved,
    /** Schedules the calls during `runInterleaved`. */
    intercept,
    isRunning: () => isRunning,
  };
}
