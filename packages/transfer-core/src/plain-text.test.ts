import { describe, expect, it } from 'vitest';
import { cleanName, cleanText } from './plain-text';

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
});

describe('cleanName', () => {
  it('puts a name on one line', () => {
    expect(cleanName('  Robin\n\tde  la\u0000 Cruz ')).toBe('Robin de la Cruz');
  });

  it('returns an empty text for a name of invisible characters', () => {
    expect(cleanName('\u0000\u202E \n')).toBe('');
  });
});
