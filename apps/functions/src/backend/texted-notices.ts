/**
 * Which notices a customer gets who reads by text, on SMS or WhatsApp, where every message is one more text. By default
 * none: how a chat is handed on is no business of theirs, and texts cost money.
 */
import { isTexting, NOTICE_KINDS, type NoticeKind } from '@chat-transfer/transfer-core';
import * as v from 'valibot';
import type { Conversation } from './backend';

/** Flex's word for a channel → the kinds of notices that are sent there: `{"sms":["transfer-accepted","chat-ended"]}`. */
export const TextedNoticesSchema = v.record(v.string(), v.array(v.picklist(NOTICE_KINDS)));
export type TextedNotices = v.InferOutput<typeof TextedNoticesSchema>;

export function isToldToCustomer(
  texted: TextedNotices,
  conversation: Conversation,
  kind: NoticeKind,
): boolean {
  if (!isTexting(conversation)) return true;
  return texted[conversation.channelType ?? '']?.includes(kind) ?? false;
}
