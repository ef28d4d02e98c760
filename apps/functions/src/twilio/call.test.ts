import { describe, expect, it } from 'vitest';
import { createCalls } from './call';

/** Calls whose waits are recorded instead of slept. */
function recordWaits(allowsCall = () => true) {
  const waitsMs: number[] = [];
  const calls = createCalls({
    sleep: async (ms) => {
      waitsMs.push(ms);
    },
    budget: { allowsCall },
  });
  return { ...calls, totalWaitMs: () => waitsMs.reduce((sum, ms) => sum + ms, 0), waitsMs };
}

const answering = (status: number) => async () => {
  throw Object.assign(new Error('refused'), { status });
};

describe('a call that Twilio refuses for its rate', () => {
  it.each(['call', 'callOnce'] as const)('is retried after more than a second in all: %s', async (name) => {
    for (let run = 0; run < 50; run += 1) {
      const calls = recordWaits();
      await expect(calls[name]('read', answering(429))).rejects.toMatchObject({ status: 429 });
      expect(calls.waitsMs).toHaveLength(2);
      expect(calls.totalWaitMs()).toBeGreaterThan(1_000);
      expect(calls.totalWaitMs()).toBeLessThan(2_200);
    }
  });

  it('fails at once when the budget of the request does not allow the wait', async () => {
    const calls = recordWaits(() => false);
    await expect(calls.call('read', answering(429))).rejects.toMatchObject({ status: 429 });
    expect(calls.waitsMs).toEqual([]);
  });
});

describe('a call that fails otherwise', () => {
  it('is retried within 0.6 s', async () => {
    const calls = recordWaits();
    await expect(calls.call('read', answering(503))).rejects.toMatchObject({ status: 503 });
    expect(calls.waitsMs).toHaveLength(2);
    expect(calls.totalWaitMs()).toBeLessThanOrEqual(600);
  });
});
