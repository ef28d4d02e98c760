/** Sets of quirks for suites of tests, which run with each quirk both ways. */
import { DEFAULT_QUIRKS, QUIRK_NAMES, type QuirkName, type Quirks } from './quirks.js';

/** The quirks of these names the other way round than by default. */
export function turnQuirks(names: readonly QuirkName[]): Partial<Quirks> {
  return Object.fromEntries(names.map((name) => [name, !DEFAULT_QUIRKS[name]]));
}

/**
 * Reads the quirks to turn round: `default` (none), `opposite` (all), `random` (each with a chance of one half), or names that are
 * separated by commas. `random` returns numbers from 0 to 1. Throws for an unknown name.
 */
export function readQuirkSet(text: string, random: () => number): readonly QuirkName[] {
  switch (text) {
    case 'default':
      return [];
    case 'opposite':
      return QUIRK_NAMES;
    case 'random':
      return QUIRK_NAMES.filter(() => random() < 0.5);
    default: {
      const names = text.split(',');
      const unknown = names.find((name) => !QUIRK_NAMES.some((known) => known === name));
      if (unknown === undefined) return QUIRK_NAMES.filter((name) => names.includes(name));
      throw new Error(
        `Failed to choose the quirks: "${unknown}" is none. Choose default, opposite, random or some of ${QUIRK_NAMES.join()}.`,
      );
    }
  }
}

/** Such as `default quirks` or `quirks flexMultiTabSupport=true`. */
export function describeQuirks(names: readonly QuirkName[]): string {
  const turned = names.map((name) => `${name}=${!DEFAULT_QUIRKS[name]}`);
  return turned.length === 0 ? 'default quirks' : `quirks ${turned.join()}`;
}
