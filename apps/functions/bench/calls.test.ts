import { describe, expect, it } from 'vitest';
import { depthOf, depthTo, type Interval, median } from './calls';

const interval = (startMs: number, endMs: number): Interval => ({ startMs, endMs });

describe('depthOf', () => {
  it('is 0 without calls', () => {
    expect(depthOf([])).toBe(0);
  });

  it('counts calls side by side once', () => {
    expect(depthOf([interval(0, 60), interval(0, 61), interval(5, 90)])).toBe(1);
  });

  it('counts every call that waits for the one before', () => {
    expect(depthOf([interval(0, 60), interval(60, 120), interval(121, 180)])).toBe(3);
  });

  it('is that of the longest chain', () => {
    const reads = [interval(0, 60), interval(0, 65)];
    const shortChain = [interval(66, 130)];
    const longChain = [interval(66, 90), interval(90, 110), interval(112, 125)];
    expect(depthOf([...reads, ...shortChain, ...longChain])).toBe(4);
  });

  it('does not chain calls that overlap by 1 ms', () => {
    expect(depthOf([interval(0, 60), interval(59, 120)])).toBe(1);
  });

  it('does not depend on the order of the list', () => {
    expect(depthOf([interval(121, 180), interval(0, 60), interval(60, 120)])).toBe(3);
  });

  it('chains short calls beside a long one', () => {
    expect(depthOf([interval(0, 100), interval(0, 10), interval(20, 30), interval(40, 50)])).toBe(3);
  });
});

describe('depthTo', () => {
  it('leaves out calls beside the given one and after it', () => {
    const notice = interval(120, 180);
    const calls = [interval(0, 60), interval(60, 119), notice, interval(120, 170), interval(180, 240)];
    expect(depthTo(calls, notice)).toBe(3);
  });

  it('is 1 for a call that waits for no other', () => {
    expect(depthTo([interval(0, 60), interval(0, 70)], interval(0, 60))).toBe(1);
  });
});

describe('median', () => {
  it('ignores one slow run', () => {
    expect(median([241, 250, 9_000, 240, 243])).toBe(243);
  });

  it('is the mean of the two middle values of an even number', () => {
    expect(median([1, 2, 4, 100])).toBe(3);
  });
});
