/**
 * Which notices reach a customer by text message (SMS, WhatsApp). By default none: each notice would be one
 * more text, which costs money.
 */
import { isTexting, type NoticeKind, normalizeChannelType } from '@chat-transfer/transfer-core';
import type { TextedNotices } from '../settings';
import type { Conversation } from './backend';

/**
 * Whether a notice of this kind is posted as a message that the customer reads. Always, unless the customer
 * texts.
 */
export function isSentToCustomer(
  texted: TextedNotices,
  conversation: Conversation,
  kind: NoticeKind,
): boolean {
  if (!isTexting(conversation)) return true;
  const type = normalizeChannelType(conversation.channelType ?? '');
  return Object.entries(texted).some(
    ([name, kinds]) => normalizeChannelType(name) === type && kinds.includes(kind),
  );
}
