import { describe, expect, it } from 'vitest';
import { parseJson } from './parse';

describe('parseJson', () => {
  it('returns the value of a JSON text', () => {
    expect(parseJson('{"ok":true}')).toEqual({ ok: true });
    expect(parseJson('7')).toBe(7);
  });

  it.each(['', '{ok', '<html>Bad gateway</html>', 'undefined'])('returns undefined for %j', (text) => {
    expect(parseJson(text)).toBeUndefined();
  });
});
