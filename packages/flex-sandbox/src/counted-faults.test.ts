import { describe, expect, it } from 'vitest';
import { consumeFault } from './counted-faults.js';

const twice = { name: 'twice', times: 2 };
const always = { name: 'always', times: null };

describe('consumeFault', () => {
  it('counts down the first fault that matches, and removes it after its last case', () => {
    const first = consumeFault([twice, always], () => true);
    expect(first).toEqual({ found: twice, left: [{ ...twice, times: 1 }, always] });
    expect(consumeFault(first.left, () => true)).toEqual({ found: { ...twice, times: 1 }, left: [always] });
  });

  it('keeps a fault that affects all cases', () => {
    expect(consumeFault([always], () => true)).toEqual({ found: always, left: [always] });
  });

  it('keeps all faults when none matches', () => {
    expect(consumeFault([twice, always], () => false)).toEqual({ found: undefined, left: [twice, always] });
  });
});
