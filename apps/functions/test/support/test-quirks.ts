/**
 * Which quirks the sandbox has in the suites. `TEST_QUIRKS` is `default`, `opposite` (each quirk the other way round), `random`
 * (chosen by `TEST_SEED`), or the names of the quirks to turn round, separated by commas. Only this file and the vitest
 * configuration read it.
 */
import { DEFAULT_QUIRKS, QUIRK_NAMES, type QuirkName, type Quirks } from '@chat-transfer/flex-sandbox';
import fc from 'fast-check';
import { createSampleRandom } from './test-tier';

const { TEST_QUIRKS = 'default' } = process.env;

/** For a command that repeats a test. */
export const quirksSetting = `TEST_QUIRKS=${TEST_QUIRKS}`;

/** The quirks of a fixture. Random ones differ between names. */
export function chooseQuirks(name: string): Partial<Quirks> {
  if (TEST_QUIRKS !== 'random') return turn(fixedNames());
  const random = createSampleRandom(`quirks of ${name}`);
  return turn(QUIRK_NAMES.filter(() => random() < 0.5));
}

/** The quirks of one run, as the names of those that are not as by default. */
export const someQuirkNames: fc.Arbitrary<readonly QuirkName[]> =
  TEST_QUIRKS === 'random' ? fc.subarray([...QUIRK_NAMES]) : fc.constant(fixedNames());

/** The quirks by name are the other way round than by default. */
export function turn(names: readonly QuirkName[]): Partial<Quirks> {
  return Object.fromEntries(names.map((name) => [name, !DEFAULT_QUIRKS[name]]));
}

/** For output and failure messages. */
export function describeQuirks(quirks: Partial<Quirks>): string {
  const turned = QUIRK_NAMES.filter(
    (name) => quirks[name] !== undefined && quirks[name] !== DEFAULT_QUIRKS[name],
  );
  return turned.length === 0 ? 'default quirks' : `quirks ${turned.join()}`;
}

function fixedNames(): readonly QuirkName[] {
  if (TEST_QUIRKS === 'default') return [];
  if (TEST_QUIRKS === 'opposite') return QUIRK_NAMES;
  const names = TEST_QUIRKS.split(',');
  const unknown = names.find((name) => !QUIRK_NAMES.some((known) => known === name));
  if (unknown === undefined) return QUIRK_NAMES.filter((name) => names.includes(name));
  throw new Error(
    `Failed to choose the quirks: "${unknown}" in TEST_QUIRKS is none. Set it to default, opposite, random or some of ${QUIRK_NAMES.join()}.`,
  );
}
