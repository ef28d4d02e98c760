/** Random numbers that are the same in every run with the same seed. */

/** Numbers from 0 to 1, as `Math.random`. mulberry32: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Seeds `Math.random`, which the functions use for their backoff. Returns a function that restores the original. */
export function seedRandom(seed: number): () => void {
  const { random } = Math;
  Math.random = createRandom(seed);
  return () => Object.assign(Math, { random });
}

/** The items in random order. */
export function shuffle<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
