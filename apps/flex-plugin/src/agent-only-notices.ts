/**
 * Notices of a chat whose customer texts. Such a customer receives every message of the conversation as a text. So the
 * functions keep the notices for agents in the conversation's attributes, and post a message only for the kinds that
 * the account has chosen.
 */
import { type Notice, parseAgentNotices, type TextNotice } from '@chat-transfer/transfer-core';
import { isSameNotice } from './repeated-notices';

type AnyNotice = Notice | TextNotice;

/**
 * All notices of a chat, oldest first. The attributes hold the latest ones in order but without dates, so a notice
 * that exists as a message only is older than all of them.
 * @param posted the notices that are messages
 * @param attributes of the conversation
 */
export function mergeNotices(posted: readonly AnyNotice[], attributes: unknown): readonly AnyNotice[] {
  const latest = parseAgentNotices(attributes);
  if (latest.length === 0) return posted;
  return [...posted.filter((notice) => !includesNotice(latest, notice)), ...latest];
}

/** The notices of a chat that are not messages, oldest first. Parameters as in `mergeNotices`. */
export function listAgentOnlyNotices(posted: readonly AnyNotice[], attributes: unknown): readonly Notice[] {
  return parseAgentNotices(attributes).filter((notice) => !includesNotice(posted, notice));
}

function includesNotice(notices: readonly AnyNotice[], notice: AnyNotice): boolean {
  return notices.some((other) => isSameNotice(other, notice));
}
