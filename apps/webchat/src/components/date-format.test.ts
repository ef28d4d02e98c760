import { describe, expect, it } from 'vitest';
import { formatDay } from './date-format';

describe('formatDay', () => {
  const now = new Date(2026, 2, 1, 0, 30).getTime();

  it('returns "Today" or "Yesterday" for the last two days', () => {
    expect(formatDay(new Date(2026, 2, 1, 0, 5).getTime(), now)).toBe('Today');
    expect(formatDay(new Date(2026, 1, 28, 23, 59).getTime(), now)).toBe('Yesterday');
  });

  it('returns the date for an earlier day', () => {
    expect(formatDay(new Date(2026, 1, 27, 12).getTime(), now)).toContain('27');
  });
});
