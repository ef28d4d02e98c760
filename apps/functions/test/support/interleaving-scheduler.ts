/**
 * Time for tests that let several runs meet: it stands still until everybody waits, then jumps to whoever wakes
 * first. Seeded, so that a meeting can be had again.
 */

export type Timeline = ReturnType<typeof createTimeline>;

export function createTimeline(seed: number) {
  const random = seededRandom(seed);
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  let now = 0;

  return {
    /** From 0 to 1. */
    random,
    nowMs: () => now,
    sleep: (ms: number) => new Promise<void>((wake) => sleepers.push({ at: now + ms, wake })),

    /** Lets time pass until nobody waits for it any more. */
    async run(): Promise<void> {
      for (;;) {
        // After every promise that can go on has gone on.
        await new Promise<void>((settled) => setImmediate(settled));
        sleepers.sort((a, b) => a.at - b.at);
        const next = sleepers.shift();
        if (next === undefined) return;
        now = next.at;
        next.wake();
      }
    },
  };
}

/** mulberry32: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
