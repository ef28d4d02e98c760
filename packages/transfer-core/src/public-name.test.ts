import { describe, expect, it } from 'vitest';
import { MAX_NAME_LENGTH, publicNameOf } from './public-name';

describe('publicNameOf', () => {
  it.each<[string, unknown, string]>([
    [
      'prefers the public identity to the full name',
      { public_identity: 'Ally', full_name: 'Alice Archer' },
      'Ally',
    ],
    ['keeps a public identity of several words', { public_identity: ' Team Ally ' }, 'Team Ally'],
    ['returns only the first word of the full name', { full_name: 'Alice Archer' }, 'Alice'],
    ['skips spaces before the first word', { full_name: '  Alice\tArcher' }, 'Alice'],
    ['ignores an empty public identity', { public_identity: ' ', full_name: 'Alice Archer' }, 'Alice'],
    ['returns the fallback without a name', {}, 'Agent'],
    ['returns the fallback for empty names', { public_identity: '', full_name: ' ' }, 'Agent'],
    ['returns the fallback without attributes', undefined, 'Agent'],
    ['returns the fallback for attributes that are not an object', 'Alice', 'Agent'],
    ['ignores a public identity that is not text', { public_identity: null, full_name: 'Alice' }, 'Alice'],
    ['ignores a full name that is not text', { public_identity: 'Ally', full_name: 7 }, 'Ally'],
    ['uses no other key', { email: 'alice@example.com', contact_uri: 'client:alice' }, 'Agent'],
  ])('%s', (_rule, attributes, expected) => {
    expect(publicNameOf(attributes, 'Agent')).toBe(expected);
  });

  it('cuts a name to the maximum length in a notice', () => {
    const long = 'x'.repeat(MAX_NAME_LENGTH + 1);
    expect(publicNameOf({ public_identity: long }, 'Agent')).toHaveLength(MAX_NAME_LENGTH);
    expect(publicNameOf({}, long)).toHaveLength(MAX_NAME_LENGTH);
  });
});
