import { FAILURE_STATUS, type FailureCode } from '@chat-transfer/transfer-core';
import { describe, expect, it } from 'vitest';
import { describeFailureToAgent, FAILURE_STRINGS, type RequestFailure } from './failure-notification';
import { EN } from './strings/en';

const codes: readonly RequestFailure['code'][] = [
  ...(Object.keys(FAILURE_STATUS) as FailureCode[]),
  'unreachable',
  'target-unsupported',
];

/** The text with its placeholders filled in, as Flex does it. */
function renderText(failure: RequestFailure): string {
  const open = failure.code === 'transfer-open' ? { startedBy: 'Alice', startedAt: 1_790_000_000_000 } : {};
  const { string, facts } = describeFailureToAgent({ ...open, ...failure }, 'en-GB');
  const values: Record<string, string> = { ...facts, outcome: EN.ChatTransferNotTransferred };
  return EN[string].replace(/\{\{(\w+)\}\}/g, (_, key: string) => values[key] ?? '');
}

describe('describeFailureToAgent', () => {
  it.each(codes)('says what did not happen and what to do for %s', (code) => {
    const text = renderText({ code, message: '' });
    expect(text).toMatch(/^The chat was not transferred\. \S.{10,}\.$/);
    expect(text).not.toMatch(/\{|\}|undefined/);
  });

  it('says who started the open transfer, and when', () => {
    const startedAt = new Date(2026, 10, 22, 14, 5).getTime();
    const text = renderText({ code: 'transfer-open', message: '', startedBy: 'Carol', startedAt });
    expect(text).toContain('Carol started a transfer at 14:05');
  });

  it('says who accepted the transfer before it was cancelled, if that is known', () => {
    const failure = { code: 'transfer-accepted', message: '' } as const;
    expect(renderText({ ...failure, name: 'Bob' })).toContain('Bob has already accepted it');
    expect(renderText(failure)).toContain('Another agent has already accepted it');
  });

  it.each(['not-configured', 'queue-without-rule'] as const)(
    'shows the code for a supervisor if the agent can do nothing: %s',
    (code) => {
      expect(renderText({ code, message: '' })).toContain(code);
    },
  );

  it('suggests trying again only if that may help', () => {
    const mayHelp: readonly FailureCode[] = ['joining', 'busy', 'twilio-failed'];
    for (const code of Object.keys(FAILURE_STATUS) as FailureCode[]) {
      const suggestsRetry = /try again/i.test(renderText({ code, message: '' }));
      expect([code, suggestsRetry]).toEqual([code, mayHelp.includes(code)]);
    }
  });

  it('never shows the message for developers', () => {
    const { string, facts } = describeFailureToAgent({ code: 'internal', message: 'secret detail' });
    expect(JSON.stringify([EN[string], facts])).not.toContain('secret');
  });

  it('returns only texts that FAILURE_STRINGS lists, so that all are registered with Flex', () => {
    for (const code of codes) {
      expect(FAILURE_STRINGS).toContain(describeFailureToAgent({ code, message: '' }).string);
      expect(FAILURE_STRINGS).toContain(describeFailureToAgent({ code, message: '', name: 'Bob' }).string);
    }
  });
});
