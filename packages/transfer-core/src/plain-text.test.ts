import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanName, cleanText, cutName, MAX_NAME_LENGTH } from './plain-text';

/** Texts in which no character can be seen. */
const INVISIBLE_TEXTS: ReadonlyArray<readonly [string, string]> = [
  ['control characters', '\u0000\u001B\u007F'],
  ['direction marks', '\u202E\u2066\u200F'],
  ['spaces of every kind', ' \u00A0\u2003\u3000\u202F'],
  ['line breaks of every kind', '\n\r\u0085\u2028\u2029'],
  ['zero-width characters', '\u200B\u200C\u200D\u2060\uFEFF'],
  ['soft hyphens', '\u00AD\u00AD'],
  ['Hangul fillers', '\u115F\u1160\u3164\uFFA0'],
  ['blank braille patterns', '\u2800\u2800'],
  ['a null notehead', '\u{1D159}'],
  ['variation selectors', '\uFE0F\uFE00\u{E0100}'],
  ['tags', '\u{E0041}\u{E0042}\u{E007F}'],
  ['combining marks without a letter', '\u0301\u0308'],
  ['Mongolian and Khmer marks without a letter', '\u180E\u17B4\u17B5'],
  ['lone surrogates', '\uD83D \uDE00'],
  ['noncharacters', '\uFFFE\uFFFF\u{1FFFE}'],
];

describe('cleanText', () => {
  it('keeps markup, line breaks and tabs', () => {
    const note = '<b>Wants</b> a refund\n\t& "soon"';
    expect(cleanText(note)).toBe(note);
  });

  it('replaces every kind of line break by \\n', () => {
    expect(cleanText('a\r\nb\rc\u2028d\fe')).toBe('a\nb\nc\nd\ne');
  });

  it.each([
    ['NUL', 'a\u0000b'],
    ['a terminal escape', 'a\u001Bb'],
    ['a right-to-left override', 'a\u202Eb'],
    ['an isolate without an end', 'a\u2067b'],
    ['half of a surrogate pair', 'a\uD83Db'],
  ])('removes %s', (_what, text) => {
    expect(cleanText(text)).toBe('ab');
  });

  it('keeps direction marks for one place, joiners and surrogate pairs, which scripts and emoji need', () => {
    for (const text of ['שלום\u200F!', 'می\u200Cخواهم', '👩\u200D💻']) expect(cleanText(text)).toBe(text);
  });

  it.each(INVISIBLE_TEXTS)('returns an empty text for %s', (_what, text) => {
    expect(cleanText(text)).toBe('');
  });
});

describe('cleanName', () => {
  it('puts a name on one line', () => {
    expect(cleanName('  Robin\n\tde  la\u0000 Cruz ')).toBe('Robin de la Cruz');
  });

  it.each(INVISIBLE_TEXTS)('returns an empty text for %s', (_what, text) => {
    expect(cleanName(text)).toBe('');
  });

  it.each(INVISIBLE_TEXTS)('removes %s before, after and inside a name', (_what, text) => {
    expect(cleanName(`${text} Robin`)).toBe('Robin');
    expect(cleanName(`Robin ${text}`)).toBe('Robin');
    expect(cleanName(`Robin ${text} Cruz`)).toBe('Robin Cruz');
  });

  it.each([
    ['zero-width characters', 'Ro\u200Bb\uFEFFin', 'Robin'],
    ['joiners between Latin letters', 'Ro\u200Db\u200Cin', 'Robin'],
    ['direction marks', 'Ro\u200Fbi\u202En', 'Robin'],
    ['tags that carry hidden text', 'Robin\u{E0048}\u{E0069}', 'Robin'],
    ['variation selectors after a letter', 'Robin\uFE0F\u{E0101}', 'Robin'],
  ])('removes %s', (_what, text, expected) => {
    expect(cleanName(text)).toBe(expected);
  });

  it('replaces symbols that look like a space', () => {
    expect(cleanName('Robin\u3164\u2800Cruz')).toBe('Robin Cruz');
  });

  it.each([
    ['joiners in a Persian name', 'علی\u200Cرضا'],
    ['joiners in a Sinhala name', 'ශ්\u200Dරී'],
    ['composed emoji', 'Robin 👩🏽\u200D💻❤\uFE0F\u200D🔥'],
    ['variants of ideographs', '葛\u{E0100}城'],
    ['apostrophes, hyphens and full stops', 'Dr. Mary-Jane O’Neill'],
    ['scripts that read from right to left', 'שרה'],
    ['marks on letters', 'नोरा'],
  ])('keeps %s', (_what, name) => {
    expect(cleanName(name)).toBe(name);
  });

  it('writes the same name with the same characters', () => {
    expect(cleanName('Zoe\u0308')).toBe(cleanName('Zo\u00EB'));
  });

  it('changes nothing when it is applied again', () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...INVISIBLE_TEXTS.join('').split(''), 'a', 'ی', '👩', '字', ' ') }),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        const cleaned = cleanName(text);
        expect(cleanName(cleaned)).toBe(cleaned);
        expect(cleanText(cleaned)).toBe(cleaned);
      }),
    );
  });
});

describe('cutName', () => {
  const filled = (count: number) => 'x'.repeat(MAX_NAME_LENGTH - count);

  it('returns a name that is short enough unchanged', () => {
    expect(cutName(filled(0))).toBe(filled(0));
  });

  it.each([
    ['half of a surrogate pair', `${filled(1)}🌸`, filled(1)],
    ['a space', `${filled(1)} and more`, filled(1)],
    ['a joiner without the letter after it', `${filled(2)}ی\u200Cر`, `${filled(2)}ی`],
  ])('leaves no %s at the end', (_what, name, expected) => {
    expect(cutName(name)).toBe(expected);
  });
});
