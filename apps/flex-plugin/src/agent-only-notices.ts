/**
 * Notices of a chat whose customer texts. That customer would receive every message of the conversation as a text. So
 * the functions keep the notices for agents in the conversation's attributes, and post a message only for the kinds
 * that the account has chosen.
 */
import { type Notice, parseAgentNotices, type TextNotice } from '@chat-transfer/transfer-core';

type AnyNotice = Notice | TextNotice;

/**
 * All notices of a chat, oldest first. The attributes hold the latest ones in order but without dates, so a notice
 * that exists as a message only is older than all of them.
 * @param posted the notices that are messages
 * @param attributes of the conversation
 */
export function mergeNotices(posted: readonly AnyNotice[], attributes: unknown): readonly AnyNotice[] {
  const kept = parseAgentNotices(attributes);
  return kept.length === 0 ? posted : [...posted.filter((notice) => !includesNotice(kept, notice)), ...kept];
}

/** The notices of a chat that are not messages, oldest first. Parameters as in `mergeNotices`. */
export function listAgentOnlyNotices(posted: readonly AnyNotice[], attributes: unknown): readonly Notice[] {
  return parseAgentNotices(attributes).filter((notice) => !includesNotice(posted, notice));
}

function includesNotice(notices: readonly AnyNotice[], notice: AnyNotice): boolean {
  return notice.kind !== 'text' && notices.some((other) => other.kind !== 'text' && other.id === notice.id);
}
