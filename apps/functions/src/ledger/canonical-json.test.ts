import { describe, expect, it } from 'vitest';
import { toCanonicalJson } from './canonical-json';

describe('toCanonicalJson', () => {
  it('does not depend on the order of keys, at any depth', () => {
    const text = toCanonicalJson({ b: [{ y: 1, x: 2 }], a: { d: 1, c: 2 } });
    expect(text).toBe('{"a":{"c":2,"d":1},"b":[{"x":2,"y":1}]}');
    expect(toCanonicalJson({ a: { c: 2, d: 1 }, b: [{ x: 2, y: 1 }] })).toBe(text);
  });

  it('keeps the order of lists', () => {
    expect(toCanonicalJson({ a: [2, 1] })).not.toBe(toCanonicalJson({ a: [1, 2] }));
  });

  it('has no key whose value is undefined, like the JSON that is stored', () => {
    expect(toCanonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  it('writes a number in one way, however it arrived', () => {
    expect(toCanonicalJson(JSON.parse('{"a":1.0,"b":1E3,"c":-0,"d":1764220000000}'))).toBe(
      '{"a":1,"b":1000,"c":0,"d":1764220000000}',
    );
  });

  it.each(['Zoë', 'Zoe\u0308', '山田太郎', '👩🏽‍💻', 'a"b\\c\n\u2028'])('keeps the text %j', (text) => {
    expect(JSON.parse(toCanonicalJson({ text }))).toEqual({ text });
  });

  it('tells apart two spellings of a letter, because Sync does not change them', () => {
    expect(toCanonicalJson({ name: 'Zoë' })).not.toBe(toCanonicalJson({ name: 'Zoe\u0308' }));
  });

  it('replaces half of a character, which Sync cannot return', () => {
    const half = '👍'.slice(0, 1);
    expect(toCanonicalJson({ [half]: `a${half}b` })).toBe('{"\uFFFD":"a\uFFFDb"}');
    expect(Buffer.from(toCanonicalJson({ a: half }), 'utf8').toString('utf8')).toBe(
      toCanonicalJson({ a: half }),
    );
  });

  it('treats keys that look like numbers or like properties of objects as any other key', () => {
    const data = JSON.parse('{"__proto__":{"b":1,"a":2},"10":1,"9":2,"constructor":3}');
    const reordered = JSON.parse('{"constructor":3,"9":2,"10":1,"__proto__":{"a":2,"b":1}}');
    expect(toCanonicalJson(data)).toBe(toCanonicalJson(reordered));
    expect(toCanonicalJson(data)).toContain('"__proto__":{"a":2,"b":1}');
  });

  it('returns the same text for its own result', () => {
    const data = { b: ['x', { d: 1, c: null }], a: '👍'.slice(1) };
    expect(toCanonicalJson(JSON.parse(toCanonicalJson(data)))).toBe(toCanonicalJson(data));
  });
});
