import { describe, expect, it } from 'vitest';
import { checkEnvironment } from './check-environment';

describe('checkEnvironment', () => {
  it('accepts a value of 450 bytes', () => {
    expect(
      checkEnvironment({ QUEUE_PUBLIC_LABELS: 'x'.repeat(450), ALLOWED_ORIGINS: undefined }),
    ).toBeUndefined();
  });

  it('names each variable whose value is longer, and its size in bytes of UTF-8', () => {
    const problem = checkEnvironment({
      QUEUE_PUBLIC_LABELS: 'é'.repeat(226),
      ALLOWED_ORIGINS: 'x'.repeat(500),
      LEDGER_SECRET: 'short',
    });
    expect(problem).toBe(
      'Twilio accepts at most 450 bytes for a variable, but ALLOWED_ORIGINS has 500, QUEUE_PUBLIC_LABELS has 452',
    );
  });

  it('names the longest variables when all together are over 3 KB with what Twilio adds', () => {
    const variables = Object.fromEntries(
      Array.from({ length: 6 }, (_, index) => [`VALUE_${index}`, 'x'.repeat(440 + index)]),
    );
    expect(checkEnvironment(variables)).toBeUndefined();
    expect(checkEnvironment({ ...variables, ONE_MORE: 'x'.repeat(100) })).toMatch(
      /^all variables together have \d+ bytes .*3072 \(error 82006\).*VALUE_5 has 445, VALUE_4 has 444, VALUE_3 has 443$/,
    );
  });

  it('tells no value', () => {
    expect(checkEnvironment({ LEDGER_SECRET: 'secret'.repeat(100) })).not.toContain('secret');
  });
});
