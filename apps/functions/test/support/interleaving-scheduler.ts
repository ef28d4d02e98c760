/**
 * Interleaves several runs of functions in an order that the test controls. Every call to Twilio and every wait is a
 * step. One step goes on at a time, and only the scheduler moves the virtual clock, so the same plan gives the same
 * interleaving.
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

interface Step {
  readonly dueAtMs: number;
  readonly resume: () => void;
}

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

  /** Waits on the virtual clock. */
  const sleep = (ms: number): Promise<void> =>
    new Promise((resume) => {
      const step = { dueAtMs: clock.nowMs() + Math.ceil(ms), resume };
      waiting = [...waiting, step].sort((a, b) => a.dueAtMs - b.dueAtMs);
    });

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

  /** Lets one waiting step go on. Returns whether there was one. */
  async function runNextStep(): Promise<boolean> {
    await untilQuiet();
    if (waiting.length === 0) return false;
    const index = plan.pickNext(waiting.length);
    const step = waiting[index];
    waiting = waiting.filter((_, at) => at !== index);
    if (step !== undefined) {
      clock.advance(Math.max(step.dueAtMs - clock.nowMs(), 0));
      step.resume();
    }
    return true;
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
      while ((await runNextStep()) || !haveEnded);
      return await all;
    } finally {
      plan = defaultPlan;
      isRunning = false;
      waiting = [];
      restoreRandom?.();
    }
  }

  const intercept: CallInterceptor = (_call, forward) => (isRunning ? runCall(forward) : forward());

  return {
    sleep,
    runCall,
    runUntilIdle,
    runInterleaved,
    /** Schedules the calls during `runInterleaved`. */
    intercept,
    isRunning: () => isRunning,
  };
}
