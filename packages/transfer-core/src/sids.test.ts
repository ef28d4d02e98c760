import { describe, expect, it } from 'vitest';
import { parseConversationSid, parseQueueSid, parseTaskSid, parseWorkerSid } from './sids';

const digits = '0123456789abcdef0123456789abcdef';

describe.each([
  ['WT', parseTaskSid],
  ['WK', parseWorkerSid],
  ['WQ', parseQueueSid],
  ['CH', parseConversationSid],
] as const)('the parser of %s…', (prefix, parse) => {
  it('takes its own SIDs only', () => {
    const taken = ['WT', 'WK', 'WQ', 'CH', 'WR'].filter((other) => parse(other + digits) !== undefined);
    expect(taken).toEqual([prefix]);
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
  ])('does not take %j', (value) => {
    expect(parse(value)).toBeUndefined();
  });
});
