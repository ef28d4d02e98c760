import { describe, expect, it } from 'vitest';
import { aConversationSid, aTaskSid, aTransfer, aWorker } from '../../testing';
import type { WorkerRef } from '../transfer';
import {
  buildJoinedNotice,
  buildLeftNotice,
  buildStartedNotice,
  buildUntakenNotice,
  CHAT_ENDED,
  parseNoticeSubject,
} from './build-notice';
import { collectAuthorNames, findAuthorName } from './introduction';

const chat = { conversationSid: aConversationSid(1) };

describe('a notice that introduces an agent', () => {
  const alice = { ...aWorker(1), identity: 'alice_40example_2Ecom' };
  const noticesOf = (agent: WorkerRef, { conversationSid } = chat) => [
    buildJoinedNotice({ conversationSid }, aTaskSid(1), agent),
    buildLeftNotice({ conversationSid }, aTaskSid(1), agent),
    buildStartedNotice({ conversationSid }, aTransfer({ from: agent })),
  ];

  it.each(noticesOf(alice))('holds the key of the agent and not their identity: $kind', (notice) => {
    const names = collectAuthorNames([notice]);
    expect(findAuthorName(names, chat.conversationSid, alice.identity)).toBe('Alice');
    expect(JSON.stringify(notice)).not.toContain('40example');
  });

  it('holds another key in another chat and for another agent', () => {
    const other = { conversationSid: aConversationSid(2) };
    const keys = [noticesOf(alice), noticesOf(alice, other), noticesOf(aWorker(2))].map((notices) => [
      ...collectAuthorNames(notices).keys(),
    ]);
    expect(keys.map(({ length }) => length)).toEqual([1, 1, 1]);
    expect(new Set(keys.flat()).size).toBe(3);
  });
});

describe('parseNoticeSubject', () => {
  const transfer = aTransfer();

  it('returns the transfer of a notice about a transfer', () => {
    expect(parseNoticeSubject(buildStartedNotice(chat, transfer))).toBe(transfer.id);
    expect(parseNoticeSubject(buildUntakenNotice(transfer, 'unanswered', { isLooking: true }))).toBe(
      transfer.id,
    );
  });

  it('returns the task of a notice about an agent', () => {
    expect(parseNoticeSubject(buildJoinedNotice(chat, aTaskSid(1), aWorker()))).toBe(aTaskSid(1));
  });

  it('returns undefined for a notice about the chat', () => {
    expect(parseNoticeSubject(CHAT_ENDED)).toBeUndefined();
  });
});
