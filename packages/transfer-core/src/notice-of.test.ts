import { describe, expect, it } from 'vitest';
import { CHAT_ENDED, joinedNotice, parseNoticeSubject, startedNotice, untakenNotice } from './notice-of';
import { aTaskSid, aTransfer, aWorker } from './testing';

describe('parseNoticeSubject', () => {
  const transfer = aTransfer();

  it('is the transfer, for whatever becomes of it', () => {
    expect(parseNoticeSubject(startedNotice(transfer))).toBe(transfer.id);
    expect(parseNoticeSubject(untakenNotice(transfer, 'unanswered', true))).toBe(transfer.id);
  });

  it('is the task by which an agent came', () => {
    expect(parseNoticeSubject(joinedNotice(aTaskSid(1), aWorker()))).toBe(aTaskSid(1));
  });

  it('is nothing for what concerns the chat as a whole', () => {
    expect(parseNoticeSubject(CHAT_ENDED)).toBeUndefined();
  });
});
