import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isSupportedFlex, OLDEST_FLEX } from './flex-version';

describe('isSupportedFlex', () => {
  it.each(['2.13.0', '2.13.2', '2.14.0', '2.17.1', '3.0.0', '2.13.0-beta.1', '10.0.0'])(
    'returns true for %s',
    (version) => {
      expect(isSupportedFlex(version)).toBe(true);
    },
  );

  it.each(['2.12.9', '2.9.0', '2.2.0', '1.34.0', '1.99.99', '2.12.0-beta.1'])(
    'returns false for %s',
    (version) => {
      expect(isSupportedFlex(version)).toBe(false);
    },
  );

  it.each([undefined, null, '', 'next', '2', {}])(
    'returns true for %j, because it is not certainly older',
    (version) => {
      expect(isSupportedFlex(version)).toBe(true);
    },
  );

  it('agrees with peerDependencies', () => {
    const { peerDependencies } = JSON.parse(
      readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
    );
    expect(peerDependencies['@twilio/flex-ui']).toBe(`>=${OLDEST_FLEX}`);
  });
});
