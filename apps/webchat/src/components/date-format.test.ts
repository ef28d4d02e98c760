import { describe, expect, it } from 'vitest';
import { dayLabel } from './date-format';

describe('dayLabel', () => {
  const now = new Date(2026, 2, 1, 0, 30).getTime();

  it('calls the days before by their names', () => {
    expect(dayLabel(new Date(2026, 2, 1, 0, 5).getTime(), now)).toBe('Today');
    expect(dayLabel(new Date(2026, 1, 28, 23, 59).getTime(), now)).toBe('Yesterday');
  });

  it('gives the date of an earlier day', () => {
    expect(dayLabel(new Date(2026, 1, 27, 12).getTime(), now)).toContain('27');
  });
});
