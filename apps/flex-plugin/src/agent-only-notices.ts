/**
 * Notices of a chat whose customer texts. They would be texts like any other, so the functions keep them for the agents
 * instead, in the conversation's attributes, and send the customer those that the account chose.
 */
import { type Notice, parseAgentNotices, type TextNotice } from '@chat-transfer/transfer-core';

type AnyNotice = Notice | TextNotice;

/**
 * All notices of a chat, oldest first. What is kept has no dates but an order; what only a message tells is older.
 * @param told those that are messages
 * @param attributes of the conversation
 */
export function mergeNotices(told: readonly AnyNotice[], attributes: unknown): readonly AnyNotice[] {
  const kept = parseAgentNotices(attributes);
  return kept.length === 0 ? told : [...told.filter((notice) => !isAmong(kept, notice)), ...kept];
}

/** Those of a chat that only its agents see, oldest first. */
export function listAgentOnlyNotices(told: readonly AnyNotice[], attributes: unknown): readonly Notice[] {
  return parseAgentNotices(attributes).filter((notice) => !isAmong(told, notice));
}

function isAmong(notices: readonly AnyNotice[], notice: AnyNotice): boolean {
  return notice.kind !== 'text' && notices.some((one) => one.kind !== 'text' && one.id === notice.id);
}
