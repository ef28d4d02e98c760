import { describe, expect, it } from 'vitest';
import { describeFailure, FAILURE_TRAITS, type FailureCode, type TransferFailure } from './failure';
import { everyFailure } from './testing';

describe('every failure', () => {
  it('has an example here', () => {
    expect(everyFailure().map(({ code }) => code)).toEqual(Object.keys(FAILURE_TRAITS));
  });

  it.each(everyFailure())('$code has an error status', ({ code }) => {
    const { httpStatus } = FAILURE_TRAITS[code];
    expect(httpStatus).toBeGreaterThanOrEqual(400);
    expect(httpStatus).toBeLessThan(600);
  });

  it.each(everyFailure())('$code says what failed, in whole words', (failure) => {
    const description = describeFailure(failure);
    expect(description).toMatch(/^Failed (to|for) .+\.$/);
    expect(description).not.toMatch(/undefined|null|NaN|\[object/);
  });

  it('may succeed when sent again only where somebody else stood in the way', () => {
    const codes = Object.keys(FAILURE_TRAITS) as FailureCode[];
    expect(codes.filter((code) => FAILURE_TRAITS[code].retryable)).toEqual(['busy', 'twilio-failed']);
  });
});

describe('describeFailure', () => {
  it.each<[TransferFailure, string]>([
    [{ code: 'bad-input', problems: ['taskSid is missing', 'mode is unknown'] }, 'taskSid is missing; mode'],
    [{ code: 'not-a-chat', taskSid: 'WT1' }, 'WT1'],
    [{ code: 'target-not-found', targetSid: 'WQ1' }, 'WQ1'],
    [{ code: 'target-in-chat', name: 'Bob' }, 'Bob takes part'],
    [
      { code: 'transfer-open', startedBy: 'Alice', startedAt: 0 },
      'Alice started a transfer of this chat at 1970-01-01T00:00:00.000Z',
    ],
    [{ code: 'transfer-id-reused', transferId: 'the-id' }, 'the-id'],
    [{ code: 'not-configured', setting: 'WORKSPACE_SID' }, 'WORKSPACE_SID'],
    [{ code: 'twilio-failed', doing: 'make the task', status: 429, twilioCode: 20429 }, 'answered 429/20429'],
    [
      { code: 'twilio-failed', doing: 'make the task', status: 500 },
      'Failed to make the task: Twilio answered 500.',
    ],
    [{ code: 'twilio-failed', doing: 'make the task' }, 'Twilio answered nothing'],
  ])('names the facts of %j', (failure, fact) => {
    expect(describeFailure(failure)).toContain(fact);
  });
});
