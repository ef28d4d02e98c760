/** The chat messages that carry notices, on both backends. */
import {
  describeNotice,
  NOTICE_AUTHOR,
  type Notice,
  type NoticeSource,
  noticeAttributes,
  parseNotice,
} from '@chat-transfer/transfer-core';
import type { NewMessage } from '../twilio/messages';

export const toMessage = (notice: Notice): NewMessage => ({
  author: NOTICE_AUTHOR,
  body: describeNotice(notice),
  attributes: JSON.stringify(noticeAttributes(notice)),
});

/** Whether a message carries this notice. */
export function carriesNotice(message: NoticeSource, { id }: Notice): boolean {
  const notice = parseNotice(message);
  return notice !== undefined && notice.kind !== 'text' && notice.id === id;
}
