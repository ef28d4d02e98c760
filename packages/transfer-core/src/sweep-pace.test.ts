import { describe, expect, it } from 'vitest';
import { type SweepOutcome, waitBeforeSweepMs } from './sweep-pace';

const MINUTE = 60_000;

describe('waitBeforeSweepMs', () => {
  it.each<[string, SweepOutcome, number]>([
    ['follows the functions', { ok: true, nextInMs: MINUTE }, MINUTE],
    ['is two seconds at least', { ok: true, nextInMs: 0 }, 2_000],
    ['is ten minutes at most', { ok: true, nextInMs: 60 * MINUTE }, 10 * MINUTE],
    ['is a minute after a failure', { ok: false, failures: 1 }, MINUTE],
    ['doubles with every further failure', { ok: false, failures: 3 }, 4 * MINUTE],
    ['is ten minutes after many failures', { ok: false, failures: 2_000 }, 10 * MINUTE],
  ])('%s', (_, outcome, waitMs) => {
    expect(waitBeforeSweepMs(outcome, 0.5)).toBe(waitMs);
    expect(waitBeforeSweepMs(outcome, 0)).toBe(waitMs * 0.75);
    expect(waitBeforeSweepMs(outcome, 1)).toBe(waitMs * 1.25);
  });
});
