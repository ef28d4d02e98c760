/** Chooses what runs in the sample tier. `scripts/test.mjs` sets the variables; without them, all runs. */

import { createHash } from 'node:crypto';
import { type QuirkName, readQuirkSet } from '@chat-transfer/flex-sandbox';

const isSample = process.env.TEST_TIER === 'sample';
const seed = Number(process.env.TEST_SEED ?? 0);

/** Returns both values; in the sample tier only one, which the seed chooses, for each name on its own. */
export function sampleOne<Value>(values: readonly [Value, Value], name: string): readonly Value[] {
  return isSample ? [sampleKey(name) < 0 ? values[1] : values[0]] : values;
}

/** Returns all items; in the sample tier a quarter of them, which the seed chooses, in the same order. */
export function sampleQuarter(items: readonly string[]): readonly string[] {
  if (!isSample) return items;
  const byKey = [...items].sort((a, b) => sampleKey(a) - sampleKey(b));
  const chosen = byKey.slice(0, Math.ceil(items.length / 4));
  return items.filter((item) => chosen.includes(item));
}

/** A signed 32-bit number that is the same for the same item and seed. */
const sampleKey = (item: string): number =>
  createHash('sha256').update(`${seed} ${item}`).digest().readInt32BE();

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
