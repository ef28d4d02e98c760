import { describe, expect, it } from 'vitest';
import { cleanName, cleanText } from './plain-text';

describe('cleanText', () => {
  it('keeps markup, lines and tabs, which are text', () => {
    const note = '<b>Wants</b> a refund\n\t& "soon"';
    expect(cleanText(note)).toBe(note);
  });

  it('makes every line break the same one', () => {
    expect(cleanText('a\r\nb\rc\u2028d\fe')).toBe('a\nb\nc\nd\ne');
  });

  it.each([
    ['NUL', 'a\u0000b'],
    ['an escape that colours a terminal', 'a\u001Bb'],
    ['a right-to-left override', 'a\u202Eb'],
    ['an isolate that is never closed', 'a\u2067b'],
    ['half of a surrogate pair', 'a\uD83Db'],
  ])('takes out %s', (_what, text) => {
    expect(cleanText(text)).toBe('ab');
  });

  it('keeps what scripts and emoji need: the marks for one place, the joiners, whole pairs', () => {
    for (const text of ['שלום\u200F!', 'می\u200Cخواهم', '👩\u200D💻']) expect(cleanText(text)).toBe(text);
  });
});

describe('cleanName', () => {
  it('puts a name on one line', () => {
    expect(cleanName('  Robin\n\tde  la\u0000 Cruz ')).toBe('Robin de la Cruz');
  });

  it('leaves nothing of a name that nobody could see', () => {
    expect(cleanName('\u0000\u202E \n')).toBe('');
  });
});
