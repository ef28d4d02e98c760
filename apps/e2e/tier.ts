/** Chooses what runs in the sample tier. `scripts/test.mjs` describes the variables; without them, everything runs. */

const isSample = process.env.TEST_TIER === 'sample';
const seed = Number(process.env.TEST_SEED ?? 0);

/** Returns all values, in the sample tier only one: a bit of the seed, 0 to 31, chooses it. */
export function sampleOne<Value>(values: readonly [Value, Value], bit: number): readonly Value[] {
  return isSample ? [(seed >>> bit) & 1 ? values[1] : values[0]] : values;
}
