import { describe, expect, it } from 'vitest';
import { parseConversationSid, parseQueueSid, parseTaskSid, parseWorkerSid } from './sids';

const digits = '0123456789abcdef0123456789abcdef';

describe.each([
  ['WT', parseTaskSid],
  ['WK', parseWorkerSid],
  ['WQ', parseQueueSid],
  ['CH', parseConversationSid],
] as const)('the parser for %s SIDs', (prefix, parse) => {
  it('accepts SIDs of its own kind only', () => {
    const accepted = ['WT', 'WK', 'WQ', 'CH', 'WR'].filter((other) => parse(other + digits) !== undefined);
    expect(accepted).toEqual([prefix]);
  });

  it.each([
    undefined,
    null,
    7,
    '',
    prefix,
    prefix + digits.slice(1),
    `${prefix}${digits}0`,
    ` ${prefix}${digits}`,
    `${prefix}${digits}\n`,
    prefix + digits.toUpperCase(),
    prefix + digits.replace('0', 'g'),
    [prefix + digits],
  ])('returns undefined for %j', (value) => {
    expect(parse(value)).toBeUndefined();
  });
});
