/** Chooses what runs in the sample tier. `scripts/test.mjs` sets the variables; without them, all runs. */

import { type QuirkName, readQuirkSet } from '@chat-transfer/flex-sandbox';

export const isSample = process.env.TEST_TIER === 'sample';
const seed = Number(process.env.TEST_SEED ?? 0);

/** Returns both values; in the sample tier only one, which the given bit (0 to 31) of the seed chooses. */
export function sampleOne<Value>(values: readonly [Value, Value], bit: number): readonly Value[] {
  return isSample ? [(seed >>> bit) & 1 ? values[1] : values[0]] : values;
}

/** The quirks of Twilio that `TEST_QUIRKS` turns round, as in the suites of the functions; `undefined` without it. */
export const chosenQuirks: readonly QuirkName[] | undefined =
  process.env.TEST_QUIRKS === undefined ? undefined : readQuirkSet(process.env.TEST_QUIRKS, createBits());

/** The quirks that journeys run with beside the default ones: all the other way round, or random ones in the sample tier. */
export const otherQuirks: readonly QuirkName[] = readQuirkSet(isSample ? 'random' : 'opposite', createBits());

/** Returns 0 or 1 at every call: the next bit of the seed. */
function createBits(): () => number {
  let bit = 0;
  return () => {
    bit += 1;
    return (seed >>> bit) & 1;
  };
}
