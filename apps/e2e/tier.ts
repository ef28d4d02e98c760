/** Chooses what runs in the sample tier. `scripts/test.mjs` sets the variables; without them, all runs. */

const isSample = process.env.TEST_TIER === 'sample';
const seed = Number(process.env.TEST_SEED ?? 0);

/** Returns both values; in the sample tier only one, which the given bit (0 to 31) of the seed chooses. */
export function sampleOne<Value>(values: readonly [Value, Value], bit: number): readonly Value[] {
  return isSample ? [(seed >>> bit) & 1 ? values[1] : values[0]] : values;
}
