import { describe, expect, it } from 'vitest';
import { MAX_NAME_LENGTH, publicNameOf } from './public-name';

describe('publicNameOf', () => {
  it.each<[string, unknown, string]>([
    ['prefers the public identity', { public_identity: 'Ally', full_name: 'Alice Archer' }, 'Ally'],
    ['keeps a public identity of several words', { public_identity: ' Team Ally ' }, 'Team Ally'],
    ['takes only the first word of the full name', { full_name: 'Alice Archer' }, 'Alice'],
    ['finds the first word behind spaces', { full_name: '  Alice\tArcher' }, 'Alice'],
    ['takes an empty public identity for none', { public_identity: ' ', full_name: 'Alice Archer' }, 'Alice'],
    ['falls back when there is no name', {}, 'Agent'],
    ['falls back when all names are empty', { public_identity: '', full_name: ' ' }, 'Agent'],
    ['falls back when there are no attributes', undefined, 'Agent'],
    ['falls back on attributes that are not an object', 'Alice', 'Agent'],
    [
      'takes a public identity that is not text for none',
      { public_identity: null, full_name: 'Alice' },
      'Alice',
    ],
    ['takes a full name that is not text for none', { public_identity: 'Ally', full_name: 7 }, 'Ally'],
    ['never uses another key', { email: 'alice@example.com', contact_uri: 'client:alice' }, 'Agent'],
  ])('%s', (_rule, attributes, expected) => {
    expect(publicNameOf(attributes, 'Agent')).toBe(expected);
  });

  it('cuts a name to what a notice may hold', () => {
    const long = 'x'.repeat(MAX_NAME_LENGTH + 1);
    expect(publicNameOf({ public_identity: long }, 'Agent')).toHaveLength(MAX_NAME_LENGTH);
    expect(publicNameOf({}, long)).toHaveLength(MAX_NAME_LENGTH);
  });
});
