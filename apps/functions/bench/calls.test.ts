import { describe, expect, it } from 'vitest';
import { depthOf, depthTo, type Interval, median } from './calls';

const interval = (startMs: number, endMs: number): Interval => ({ startMs, endMs });

describe('depthOf', () => {
  it('is nothing without calls', () => {
    expect(depthOf([])).toBe(0);
  });

  it('counts calls side by side once, however many there are', () => {
    expect(depthOf([interval(0, 60), interval(0, 61), interval(5, 90)])).toBe(1);
  });

  it('counts each call that waits for the one before', () => {
    expect(depthOf([interval(0, 60), interval(60, 120), interval(121, 180)])).toBe(3);
  });

  it('takes the longest of several lanes', () => {
    const reads = [interval(0, 60), interval(0, 65)];
    const oneLane = [interval(66, 130)];
    const otherLane = [interval(66, 90), interval(90, 110), interval(112, 125)];
    expect(depthOf([...reads, ...oneLane, ...otherLane])).toBe(4);
  });

  it('does not chain calls that overlap, even by little', () => {
    expect(depthOf([interval(0, 60), interval(59, 120)])).toBe(1);
  });

  it('does not depend on the order in which calls were written down', () => {
    expect(depthOf([interval(121, 180), interval(0, 60), interval(60, 120)])).toBe(3);
  });

  it('chains through a short call that a long one would hide', () => {
    expect(depthOf([interval(0, 100), interval(0, 10), interval(20, 30), interval(40, 50)])).toBe(3);
  });
});

describe('depthTo', () => {
  it('leaves out what goes on beside the call and after it', () => {
    const notice = interval(120, 180);
    const calls = [interval(0, 60), interval(60, 119), notice, interval(120, 170), interval(180, 240)];
    expect(depthTo(calls, notice)).toBe(3);
  });

  it('is one for a call that waits for no other', () => {
    expect(depthTo([interval(0, 60), interval(0, 70)], interval(0, 60))).toBe(1);
  });
});

describe('median', () => {
  it('is not moved by one slow run', () => {
    expect(median([241, 250, 9_000, 240, 243])).toBe(243);
  });

  it('lies between the middle two of an even number', () => {
    expect(median([1, 2, 4, 100])).toBe(3);
  });
});
