import { describe, expect, it } from 'vitest';
import { everyFailure } from '../testing';
import { describeFailure, FAILURE_STATUS, isRetryable, type TransferFailure } from './failure';

describe('every failure', () => {
  it('has an example in everyFailure', () => {
    expect(everyFailure().map(({ code }) => code)).toEqual(Object.keys(FAILURE_STATUS));
  });

  it.each(everyFailure())('has an HTTP error status: $code', ({ code }) => {
    const httpStatus = FAILURE_STATUS[code];
    expect(httpStatus).toBeGreaterThanOrEqual(400);
    expect(httpStatus).toBeLessThan(600);
  });

  it.each(everyFailure())('is described in whole sentences: $code', (failure) => {
    const description = describeFailure(failure);
    expect(description).toMatch(/^Failed to .+\.$/);
    expect(description).not.toMatch(/undefined|null|NaN|\[object/);
  });

  it('is permanent, except for joining, busy, start-pending and twilio-failed', () => {
    const codes = everyFailure()
      .filter(isRetryable)
      .map(({ code }) => code);
    expect([...new Set(codes)]).toEqual(['joining', 'busy', 'start-pending', 'twilio-failed']);
  });
});

describe('isRetryable, for a failed call to Twilio', () => {
  it.each([undefined, 408, 412, 429, 500, 503])('is true after status %s', (status) => {
    expect(
      isRetryable({ code: 'twilio-failed', doing: 'x', ...(status === undefined ? {} : { status }) }),
    ).toBe(true);
  });

  it.each([400, 401, 403, 404])('is false after status %s', (status) => {
    expect(isRetryable({ code: 'twilio-failed', doing: 'x', status })).toBe(false);
  });
});

describe('describeFailure', () => {
  it.each<[TransferFailure, string]>([
    [{ code: 'bad-input', problems: ['taskSid is missing', 'mode is unknown'] }, 'taskSid is missing; mode'],
    [{ code: 'not-a-chat', taskSid: 'WT1' }, 'WT1'],
    [{ code: 'target-not-found', targetSid: 'WQ1' }, 'WQ1'],
    [{ code: 'target-in-chat', name: 'Bob' }, 'Bob is in this chat'],
    [
      { code: 'target-unavailable', name: 'Bob' },
      'Bob is in an activity in which TaskRouter offers no tasks',
    ],
    [{ code: 'target-at-capacity', name: 'Bob' }, 'Bob has no capacity left'],
    [{ code: 'queue-without-rule', queueSid: 'WQ1' }, 'transfer to WQ1'],
    [
      { code: 'transfer-open', startedBy: 'Alice', startedAt: 0 },
      'Alice started a transfer of this chat at 1970-01-01T00:00:00.000Z',
    ],
    [{ code: 'transfer-id-reused', transferId: 'the-id' }, 'the-id'],
    [{ code: 'transfer-accepted', name: 'Bob' }, 'Bob accepted it first'],
    [{ code: 'transfer-accepted' }, 'another agent accepted it first'],
    [{ code: 'transfer-over', state: 'abandoned' }, 'ended (abandoned)'],
    [{ code: 'not-configured', setting: 'WORKSPACE_SID' }, 'WORKSPACE_SID'],
    [{ code: 'ledger-service-unsafe', reason: 'default-service' }, 'default Sync service'],
    [{ code: 'ledger-service-unsafe', reason: 'acl-off' }, 'has ACLs off'],
    [{ code: 'ledger-newer', version: 3 }, 'format 3'],
    [{ code: 'twilio-failed', doing: 'make the task', status: 429, twilioCode: 20429 }, 'answered 429/20429'],
    [
      { code: 'twilio-failed', doing: 'make the task', status: 500 },
      'Failed to make the task: Twilio answered 500.',
    ],
    [{ code: 'twilio-failed', doing: 'make the task' }, 'Twilio answered nothing'],
  ])('states the facts of %j', (failure, fact) => {
    expect(describeFailure(failure)).toContain(fact);
  });
});
