import { describe, expect, it } from 'vitest';
import { CHAT_ENDED, joinedNotice, noTakerNotice, startedNotice, subjectOf } from './notice-of';
import { aTaskSid, aTransfer, aWorker } from './testing';

describe('subjectOf', () => {
  const transfer = aTransfer();

  it('is the transfer, for whatever becomes of it', () => {
    expect(subjectOf(startedNotice(transfer))).toBe(transfer.id);
    expect(subjectOf(noTakerNotice(transfer, 'unanswered', true))).toBe(transfer.id);
  });

  it('is the task by which an agent came', () => {
    expect(subjectOf(joinedNotice(aTaskSid(1), aWorker()))).toBe(aTaskSid(1));
  });

  it('is nothing for what concerns the chat as a whole', () => {
    expect(subjectOf(CHAT_ENDED)).toBeUndefined();
  });
});
