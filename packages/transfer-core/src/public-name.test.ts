import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanName, MAX_NAME_LENGTH } from './plain-text';
import { publicNameOf } from './public-name';

/** Any text, including control characters, lone surrogates and characters of every script. */
const anyText = fc.string({ unit: 'binary', maxLength: 200 });

describe('publicNameOf', () => {
  it.each<[string, unknown, string]>([
    [
      'prefers the public identity to the full name',
      { public_identity: 'Ally', full_name: 'Alice Archer' },
      'Ally',
    ],
    ['keeps a public identity of several words', { public_identity: ' Team Ally ' }, 'Team Ally'],
    ['ignores an empty public identity', { public_identity: ' ', full_name: 'Alice Archer' }, 'Alice'],
    [
      'ignores a public identity in which nothing is visible',
      { public_identity: '\u3164\u200B\uFE0F', full_name: 'Alice Archer' },
      'Alice',
    ],
    ['returns the fallback without a name', {}, 'Support'],
    ['returns the fallback for empty names', { public_identity: '', full_name: ' ' }, 'Support'],
    ['returns the fallback without attributes', undefined, 'Support'],
    ['returns the fallback for attributes that are not an object', 'Alice', 'Support'],
    [
      'ignores a public identity that is not text',
      { public_identity: null, full_name: 'Alice Archer' },
      'Alice',
    ],
    ['ignores a full name that is not text', { public_identity: 'Ally', full_name: 7 }, 'Ally'],
    ['uses no other key', { email: 'alice@example.com', contact_uri: 'client:alice' }, 'Support'],
  ])('%s', (_rule, attributes, expected) => {
    expect(publicNameOf(attributes, 'Support')).toBe(expected);
  });

  it.each([
    ['two words', 'Nora Nilsen', 'Nora'],
    ['spaces of every kind', '\u00A0Nora\t\u3000Nilsen\n', 'Nora'],
    ['zero-width characters', '\uFEFFNo\u200Bra Nil\u00ADsen', 'Nora'],
    ['letters with accents', 'Søren Ångström', 'Søren'],
    ['accents as marks of their own', 'Zoe\u0308 Quiroga\u0301', 'Zo\u00EB'],
    ['a hyphen in the given name', 'Anne-Marie Dupont', 'Anne-Marie'],
    ['a hyphen in the surname', 'Nora Berg-Hansen', 'Nora'],
    ['an apostrophe in the surname', 'Nora O’Neill', 'Nora'],
    ['a capital inside the surname', 'Ronald McDonald', 'Ronald'],
  ])('returns the given name of a full name with %s', (_what, full_name, expected) => {
    expect(publicNameOf({ full_name }, 'Support')).toBe(expected);
  });

  it.each([
    ['an e-mail address', 'bob.baker@example.com'],
    ['an e-mail address after a name', 'Bob bob.baker@example.com'],
    ['a user name', 'bbaker'],
    ['one word', 'Nora'],
    ['the surname first, with a comma', 'Nilsen, Nora'],
    ['a title', 'Dr. Nora Nilsen'],
    ['a title and a surname', 'Dr Nilsen'],
    ['another title and a surname', 'Frau Müller'],
    ['a surname and a suffix', 'Nilsen Jr'],
    ['a surname of two words', 'Van Dijk'],
    ['an initial first', 'N. Nilsen'],
    ['an initial without a full stop', 'N Nilsen'],
    ['a surname and initials', 'Nilsen NA'],
    ['an initial at the end', 'Nilsen N.'],
    ['a middle initial', 'Nora B. Nilsen'],
    ['three words', 'Maria Carmen Lopez'],
    ['four words', 'Maria del Carmen Lopez'],
    ['a particle', 'Ludwig van Beethoven'],
    ['capitals only', 'NORA NILSEN'],
    ['a surname in capitals first', 'NILSEN Nora'],
    ['small letters only', 'nora nilsen'],
    ['digits', 'Nora Nilsen 2'],
    ['a digit in a word', 'Nora2 Nilsen'],
    ['a part in brackets', 'Nora (Billing)'],
    ['an underscore', 'Nora_Nilsen'],
    ['an apostrophe in the first word', 'O’Neill Nora'],
    ['Japanese, without a space', '山田太郎'],
    ['Japanese, family name first', '山田 太郎'],
    ['Korean, family name first', '김 철수'],
    ['Cyrillic letters, in which lists put the family name first', 'Петрова Анна'],
    ['Greek letters', 'Παπαδόπουλος Γιώργος'],
    ['Arabic letters, in which a given name may have two words', 'عبد الله'],
    ['Hebrew letters', 'שרה כהן'],
    ['a Cyrillic letter between Latin ones', 'N\u043Era Nilsen'],
    ['letters of full width', 'Ｎｏｒａ Ｎｉｌｓｅｎ１'],
    ['mathematical letters', '𝐍𝐨𝐫𝐚 𝐍𝐢𝐥𝐬𝐞𝐧'],
    ['an emoji', 'Nora 🌸'],
    ['text in the reverse direction', '\u202Enesliǹ aroǸ'],
    ['nothing visible', '\u200B\u3164 \u2800'],
  ])('returns the fallback for a full name with %s', (_what, full_name) => {
    expect(publicNameOf({ full_name }, 'Support')).toBe('Support');
  });

  it.each([
    ['an e-mail address', 'bob.baker@example.com'],
    ['an e-mail address with a full-width sign', 'bob.baker＠example.com'],
    ['an e-mail address in a sentence', 'Bob <bob@example.com>'],
    ['an e-mail address as Flex escapes it in an identity', 'bob_2Ebaker_40example_2Ecom'],
    ['a contact address', 'client:bob'],
    ['a phone number', '+47 912 34 567'],
    ['the SID of a worker', `WK${'0123456789abcdef'.repeat(2)}`],
    ['a SID in a sentence', `Agent WK${'0123456789abcdef'.repeat(2)}`],
    ['a UUID', '6f1c2b34-5d6e-4f70-8a9b-0c1d2e3f4a5b'],
  ])('ignores a public identity that is %s', (_what, public_identity) => {
    expect(publicNameOf({ public_identity, full_name: 'Alice Archer' }, 'Support')).toBe('Alice');
    expect(publicNameOf({ public_identity }, 'Support')).toBe('Support');
  });

  it.each(['Agent 4711', 'Team 24/7', 'Al', 'Ms. Baker', '山田', 'Анна', 'Nora 🌸', 'd’Arc'])(
    'keeps the public identity %s',
    (public_identity) => {
      expect(publicNameOf({ public_identity }, 'Support')).toBe(public_identity);
    },
  );

  it('cleans the public identity and the fallback', () => {
    expect(publicNameOf({ public_identity: 'Al\u202Eice\u2028the\u200B\n best' }, 'Support')).toBe(
      'Alice the best',
    );
    expect(publicNameOf({}, ' Sup\u202Eport\n')).toBe('Support');
  });

  it('cuts a name to the maximum length in a notice, between two characters', () => {
    const long = 'x'.repeat(MAX_NAME_LENGTH + 1);
    expect(publicNameOf({ public_identity: long }, 'Support')).toHaveLength(MAX_NAME_LENGTH);
    expect(publicNameOf({}, long)).toHaveLength(MAX_NAME_LENGTH);
    const flowers = `x${'🌸'.repeat(MAX_NAME_LENGTH)}`;
    expect(publicNameOf({ public_identity: flowers }, 'Support')).toBe(flowers.slice(0, MAX_NAME_LENGTH - 1));
  });

  it('returns nothing but one word of Latin letters or the fallback for any full name', () => {
    const nearlyAName = fc
      .tuple(
        fc.constantFrom('Nora', 'NORA', 'N.', 'Nilsen,', 'Dr', '山田', 'nora@x.no', 'Anne-Marie', 'O’Neill'),
        fc.constantFrom(' ', '  ', '\u00A0', '\u200B', '', ', ', '\n'),
        fc.oneof(fc.constantFrom('Nilsen', 'NN', 'van', '2', 'Jr', 'Berg-Hansen'), anyText),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(anyText, nearlyAName), (full_name) => {
        const name = publicNameOf({ full_name }, 'the fallback');
        if (name === 'the fallback') return;
        expect(name).toMatch(/^\p{Lu}[\p{Ll}\p{M}]+([-‐‑]\p{L}[\p{Ll}\p{M}]+)*$/u);
        const [first, , ...others] = cleanName(full_name).split(' ');
        expect([first, others]).toEqual([name, []]);
      }),
    );
  });

  it('returns a clean, visible name of at most the maximum length for any attributes', () => {
    const anyName = fc.oneof(anyText, fc.string({ unit: 'grapheme', maxLength: 200 }), fc.anything());
    fc.assert(
      fc.property(anyName, anyName, (public_identity, full_name) => {
        const name = publicNameOf({ public_identity, full_name }, 'Support');
        expect(name.length).toBeGreaterThan(0);
        expect(name.length).toBeLessThanOrEqual(MAX_NAME_LENGTH);
        expect(name).not.toContain('@');
        expect(cleanName(name)).toBe(name);
      }),
    );
  });
});
