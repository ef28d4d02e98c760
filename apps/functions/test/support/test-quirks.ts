/**
 * Which quirks of Twilio the sandbox has in the suites. `TEST_QUIRKS` is `default`, `opposite` (each quirk the other way round),
 * `random` (chosen by `TEST_SEED`), or the names of the quirks to turn round, separated by commas. Only this file and the vitest
 * configuration read it.
 */
import { QUIRK_NAMES, type QuirkName, readQuirkSet } from '@chat-transfer/flex-sandbox';
import fc from 'fast-check';
import { createSampleRandom } from './test-tier';

const { TEST_QUIRKS = 'default' } = process.env;

/** For a command that repeats a test. */
export const quirksSetting = `TEST_QUIRKS=${TEST_QUIRKS}`;

/** The quirks of a fixture to turn round. Random ones differ between names. */
export const chooseQuirks = (name: string): readonly QuirkName[] =>
  readQuirkSet(TEST_QUIRKS, createSampleRandom(`quirks of ${name}`));

/** The quirks of one run to turn round. */
export const someQuirks: fc.Arbitrary<readonly QuirkName[]> =
  TEST_QUIRKS === 'random' ? fc.subarray([...QUIRK_NAMES]) : fc.constant(chooseQuirks('all runs'));
