/** The chat messages that carry notices, on both backends. */
import {
  describeNotice,
  NOTICE_AUTHOR,
  type Notice,
  noticeAttributes,
  parseNotice,
} from '@chat-transfer/transfer-core';
import type { ChatMessage, NewMessage } from '../twilio/messages';
import type { PostedNotices } from './backend';

export const toMessage = (notice: Notice): NewMessage => ({
  author: NOTICE_AUTHOR,
  body: describeNotice(notice),
  attributes: JSON.stringify(noticeAttributes(notice)),
});

/** Finds the notices that messages carry. @param messages newest first */
export function collectPostedNotices(messages: readonly ChatMessage[]): PostedNotices {
  const ids = new Set<string>();
  const duplicates = new Map<string, string[]>();
  for (const message of messages.toReversed()) {
    const notice = parseNotice(message);
    if (notice === undefined || notice.kind === 'text') continue;
    if (ids.has(notice.id)) duplicates.set(notice.id, [...(duplicates.get(notice.id) ?? []), message.sid]);
    ids.add(notice.id);
  }
  return { ids, duplicates };
}
