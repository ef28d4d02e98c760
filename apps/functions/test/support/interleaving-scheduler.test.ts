import { beforeEach, describe, expect, it } from 'vitest';
import { byLatency, byOrder, createInterleavingScheduler, IN_ORDER } from './interleaving-scheduler';
import { createRandom } from './seeded-random';
import { createVirtualClock, type VirtualClock } from './virtual-clock';

describe('runInterleaved', () => {
  let clock: VirtualClock;
  let scheduler: ReturnType<typeof createInterleavingScheduler>;
  let calls: string[];
  beforeEach(() => {
    clock = createVirtualClock();
    scheduler = createInterleavingScheduler({ clock });
    calls = [];
  });

  /** A run that makes three calls one after another. */
  const makeCalls = (name: string) => async () => {
    for (const nth of [1, 2, 3]) await scheduler.runCall(async () => calls.push(`${name}${nth}`));
    return name;
  };

  it('makes the calls in the order in which they are issued', async () => {
    const names = await scheduler.runInterleaved(IN_ORDER, [makeCalls('a'), makeCalls('b')]);
    expect(names).toEqual(['a', 'b']);
    expect(calls).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3']);
  });

  it('makes the calls in the order of the plan', async () => {
    await scheduler.runInterleaved(byOrder([1]), [makeCalls('a'), makeCalls('b')]);
    expect(calls).toEqual(['b1', 'b2', 'b3', 'a1', 'a2', 'a3']);
  });

  it('makes the calls in another order with other latencies, and in the same one with the same', async () => {
    const orders = [];
    for (const seed of [1, 2, 3, 1]) {
      calls = [];
      await scheduler.runInterleaved(byLatency(seed, createRandom(seed), 80), [
        makeCalls('a'),
        makeCalls('b'),
      ]);
      orders.push(calls.join());
    }
    expect(orders[3]).toBe(orders[0]);
    expect(new Set(orders).size).toBeGreaterThan(1);
  });

  it('moves the clock to the time of the next step only', async () => {
    const times = await scheduler.runInterleaved(IN_ORDER, [
      async () => {
        await scheduler.sleep(300);
        return clock.nowMs();
      },
      async () => {
        await scheduler.sleep(100);
        return clock.nowMs();
      },
    ]);
    expect(times).toEqual([300, 100]);
  });

  it('ends only when the calls have ended that a run does not wait for', async () => {
    await scheduler.runInterleaved(IN_ORDER, [
      async () => {
        void makeCalls('late')();
      },
    ]);
    expect(calls).toEqual(['late1', 'late2', 'late3']);
  });

  it('rejects when a run rejects', async () => {
    const run = scheduler.runInterleaved(IN_ORDER, [
      makeCalls('a'),
      () => Promise.reject(new Error('broken')),
    ]);
    await expect(run).rejects.toThrow('broken');
    expect(scheduler.isRunning()).toBe(false);
  });
});
