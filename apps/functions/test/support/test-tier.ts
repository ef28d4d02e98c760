/**
 * How much of the large suites runs. `TEST_TIER=sample` (the default) runs a sample that `TEST_SEED` chooses;
 * `TEST_TIER=full` runs everything. `FAULT_CELLS` is a regular expression: of the fault matrix, only the cells that it matches
 * run, all of them. Only this file reads these variables.
 */
import { createRandom } from './seeded-random';

/** For suites whose full tier is random too. */
export const FIXED_SEED = 20_261_123;

const { TEST_TIER = 'sample', TEST_SEED = String(FIXED_SEED), FAULT_CELLS } = process.env;

if (TEST_TIER !== 'sample' && TEST_TIER !== 'full') {
  throw new Error(`Failed to choose the tests: TEST_TIER is "${TEST_TIER}". Set it to sample or full.`);
}
/** Chooses the sample. */
export const testSeed = Number(TEST_SEED);
if (!Number.isInteger(testSeed) || testSeed < 0 || testSeed > 0xffff_ffff) {
  throw new Error(
    `Failed to choose the tests: TEST_SEED is "${TEST_SEED}". Set it to a whole number below 2^32.`,
  );
}

/** Only these cells of the fault matrix run. Matches descriptions such as `POST sync Documents #1 503, page open`. */
export const faultCells = FAULT_CELLS === undefined ? undefined : new RegExp(FAULT_CELLS);

export const isSampled = TEST_TIER === 'sample';

/** The value for the tier. */
export const byTier = <T>({ sample, full }: { readonly sample: T; readonly full: T }): T =>
  isSampled ? sample : full;

/** For output and failure messages: what ran, and how to repeat it or run everything. */
export const tierDescription = isSampled
  ? `a sample (TEST_SEED=${testSeed} repeats it, TEST_TIER=full runs everything)`
  : 'everything (TEST_TIER=full)';

/** Seeds for a test that repeats itself: 1, 2, … in the full tier; fewer in a sample, which begin at `TEST_SEED`. */
export function chooseSeeds(count: { readonly sample: number; readonly full: number }): readonly number[] {
  const first = isSampled ? testSeed : 1;
  return Array.from({ length: byTier(count) }, (_, index) => first + index);
}

/** Random numbers of the sample, different for each name. */
export function createSampleRandom(name: string): () => number {
  let hash = testSeed;
  for (const character of name) hash = Math.imul(hash ^ character.charCodeAt(0), 0x0100_0193);
  return createRandom(hash);
}
