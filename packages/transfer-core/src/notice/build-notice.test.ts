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

  it('is the transfer, for whatever becomes of it', () => {
    expect(parseNoticeSubject(buildStartedNotice(transfer))).toBe(transfer.id);
    expect(parseNoticeSubject(buildUntakenNotice(transfer, 'unanswered', { isLooking: true }))).toBe(
      transfer.id,
    );
  });

  it('is the task by which an agent came', () => {
    expect(parseNoticeSubject(buildJoinedNotice(aTaskSid(1), aWorker()))).toBe(aTaskSid(1));
  });

  it('is nothing for what concerns the chat as a whole', () => {
    expect(parseNoticeSubject(CHAT_ENDED)).toBeUndefined();
  });
});
