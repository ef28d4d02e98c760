/**
 * Lets several runs meet: each call to Twilio and each wait of theirs stands still until it is let through, one at a
 * time, in an order that the test chooses. The same order gives the same meeting.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Line } from '../support/loopback-client';

interface Runner {
  /** How many calls it is still let through before it dies. */
  callsLeft: number;
  isDead: boolean;
  die: () => void;
}

interface Waiting {
  readonly runner: Runner;
  readonly isCall: boolean;
  /** Lets it go on; ends when it has. */
  readonly pass: () => Promise<unknown>;
}

export interface Meeting {
  /** Which of those who wait goes next; round and round. */
  readonly order: readonly number[];
  /** The first run dies after so many calls, as a function does that is killed. */
  readonly diesAfter?: number | undefined;
}

export type Turnstile = ReturnType<typeof createTurnstile>;

/** `advance` moves time on. */
export function createTurnstile(advance: (ms: number) => void) {
  const runners = new AsyncLocalStorage<Runner>();
  /** What falls due at Twilio while a run waits is no part of the run. */
  const outside = AsyncLocalStorage.snapshot();
  let waiting: Waiting[] = [];

  const wait = <T>(runner: Runner, isCall: boolean, run: () => Promise<T>): Promise<T> =>
    new Promise((answered, failed) => {
      const pass = () => run().then(answered, failed);
      waiting.push({ runner, isCall, pass });
    });

  const line: Line = (_options, pass) => {
    const runner = runners.getStore();
    return runner === undefined ? pass() : wait(runner, true, pass);
  };

  const sleep = async (ms: number): Promise<void> => {
    const runner = runners.getStore();
    const skip = async () => outside(() => advance(Math.ceil(ms)));
    return runner === undefined ? skip() : wait(runner, false, skip);
  };

  /** Runs all; the answer of one that died is `undefined`. */
  async function meet<T>(
    runs: ReadonlyArray<() => Promise<T>>,
    { order, diesAfter }: Meeting,
  ): Promise<ReadonlyArray<T | undefined>> {
    let underWay = runs.length;
    const all = runs.map((run, index) => {
      const callsLeft = index === 0 ? (diesAfter ?? Infinity) : Infinity;
      const runner: Runner = { callsLeft, isDead: false, die: () => undefined };
      const death = new Promise<undefined>((died) => {
        runner.die = () => {
          runner.isDead = true;
          died(undefined);
        };
      });
      return Promise.race([runners.run(runner, run), death]).finally(() => {
        underWay -= 1;
      });
    });
    for (let turn = 0; underWay > 0; turn += 1) {
      await everybodyWaits();
      waiting = waiting.filter(({ runner }) => !runner.isDead);
      const [next] = waiting.splice((order[turn % order.length] ?? 0) % Math.max(waiting.length, 1), 1);
      if (next === undefined) continue;
      if (next.isCall && next.runner.callsLeft === 0) next.runner.die();
      else {
        if (next.isCall) next.runner.callsLeft -= 1;
        await next.pass();
      }
    }
    waiting = [];
    return Promise.all(all);
  }

  return { line, sleep, meet };
}

/** Until every promise that can go on has gone on. */
async function everybodyWaits(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise<void>((next) => setImmediate(next));
}
