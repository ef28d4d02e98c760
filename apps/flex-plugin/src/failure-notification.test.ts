import { FAILURE_STATUS, type FailureCode } from '@chat-transfer/transfer-core';
import { describe, expect, it } from 'vitest';
import { describeFailureToAgent, FAILURE_STRINGS, type RequestFailure } from './failure-notification';
import { EN } from './strings/en';

const codes: readonly RequestFailure['code'][] = [
  ...(Object.keys(FAILURE_STATUS) as FailureCode[]),
  'unreachable',
  'target-unsupported',
];

/** The text as Flex would fill it in. */
function textFor(failure: RequestFailure): string {
  const open = failure.code === 'transfer-open' ? { startedBy: 'Alice', startedAt: 1_790_000_000_000 } : {};
  const { string, facts } = describeFailureToAgent({ ...open, ...failure }, 'en-GB');
  const values: Record<string, string> = { ...facts, outcome: EN.ChatTransferNotTransferred };
  return EN[string].replace(/\{\{(\w+)\}\}/g, (_, key: string) => values[key] ?? '');
}

describe('describeFailureToAgent', () => {
  it.each(codes)('says what did not happen, and what to do, for %s', (code) => {
    const text = textFor({ code, message: '' });
    expect(text).toMatch(/^The chat was not transferred\. \S.{10,}\.$/);
    expect(text).not.toMatch(/\{|\}|undefined/);
  });

  it('says who started the transfer that is in the way, and when', () => {
    const startedAt = new Date(2026, 10, 22, 14, 5).getTime();
    const text = textFor({ code: 'transfer-open', message: '', startedBy: 'Carol', startedAt });
    expect(text).toContain('Carol started a transfer at 14:05');
  });

  it('says who was faster than the cancellation, as far as that is known', () => {
    const failure = { code: 'transfer-accepted', message: '' } as const;
    expect(textFor({ ...failure, name: 'Bob' })).toContain('Bob has accepted it already');
    expect(textFor(failure)).toContain('Somebody has accepted it already');
  });

  it('gives a supervisor the code where the agent can do nothing', () => {
    expect(textFor({ code: 'not-configured', message: '' })).toContain('not-configured');
  });

  it('asks for another try only where one may help', () => {
    const mayHelp: readonly FailureCode[] = ['busy', 'twilio-failed'];
    for (const code of Object.keys(FAILURE_STATUS) as FailureCode[]) {
      const asksAgain = /try again/i.test(textFor({ code, message: '' }));
      expect([code, asksAgain]).toEqual([code, mayHelp.includes(code)]);
    }
  });

  it('never shows the text for developers', () => {
    const { string, facts } = describeFailureToAgent({ code: 'internal', message: 'secret detail' });
    expect(JSON.stringify([EN[string], facts])).not.toContain('secret');
  });

  it('lists every text it may answer, so that Flex knows them all beforehand', () => {
    for (const code of codes) {
      expect(FAILURE_STRINGS).toContain(describeFailureToAgent({ code, message: '' }).string);
      expect(FAILURE_STRINGS).toContain(describeFailureToAgent({ code, message: '', name: 'Bob' }).string);
    }
  });
});
