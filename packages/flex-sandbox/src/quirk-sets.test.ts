import { expect, it } from 'vitest';
import { describeQuirks, readQuirkSet, turnQuirks } from './quirk-sets.js';
import { DEFAULT_QUIRKS, QUIRK_NAMES } from './quirks.js';

const never = () => 1;

it('reads none, all, some by chance, and names', () => {
  const numbers = QUIRK_NAMES.map((_, index) => index / QUIRK_NAMES.length);
  expect(readQuirkSet('default', never)).toEqual([]);
  expect(readQuirkSet('opposite', never)).toEqual(QUIRK_NAMES);
  expect(readQuirkSet('random', () => numbers.shift() ?? 1)).toEqual(
    QUIRK_NAMES.slice(0, Math.ceil(QUIRK_NAMES.length / 2)),
  );
  expect(readQuirkSet('flexMultiTabSupport,pushesFollowReplies', never)).toEqual([
    'pushesFollowReplies',
    'flexMultiTabSupport',
  ]);
});

it('refuses an unknown name', () => {
  expect(() => readQuirkSet('flexMultiTabSupport,other', never)).toThrow('"other" is none');
});

it('turns every quirk round', () => {
  const opposite = turnQuirks(QUIRK_NAMES);
  for (const name of QUIRK_NAMES) expect(opposite[name]).toBe(!DEFAULT_QUIRKS[name]);
});

it('describes a set', () => {
  expect(describeQuirks([])).toBe('default quirks');
  expect(describeQuirks(['flexMultiTabSupport'])).toBe('quirks flexMultiTabSupport=true');
});
