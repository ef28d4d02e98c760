import { describe, expect, it } from 'vitest';
import { aTaskSid, aTransfer, aWorker } from '../../testing';
import {
  buildJoinedNotice,
  buildStartedNotice,
  buildUntakenNotice,
  CHAT_ENDED,
  parseNoticeSubject,
} from './build-notice';

describe('parseNoticeSubject', () => {
  const transfer = aTransfer();

  it('returns the transfer of a notice about a transfer', () => {
    expect(parseNoticeSubject(buildStartedNotice(transfer))).toBe(transfer.id);
    expect(parseNoticeSubject(buildUntakenNotice(transfer, 'unanswered', { isLooking: true }))).toBe(
      transfer.id,
    );
  });

  it('returns the task of a notice about an agent', () => {
    expect(parseNoticeSubject(buildJoinedNotice(aTaskSid(1), aWorker()))).toBe(aTaskSid(1));
  });

  it('returns undefined for a notice about the chat', () => {
    expect(parseNoticeSubject(CHAT_ENDED)).toBeUndefined();
  });
});
