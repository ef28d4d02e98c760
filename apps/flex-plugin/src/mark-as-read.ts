/** Decides when a new notice is marked as read. Notices need no answer; messages from people stay unread until seen. */

/** A loaded message of a conversation. `index` is its position in the conversation. */
export interface LoadedMessage {
  readonly index: number;
  readonly isNotice: boolean;
}

/**
 * Whether the message at `index` may be marked as read: every unread message before it is a loaded notice. A message that
 * is not loaded may be the customer's.
 * @param lastReadIndex `null` if no message has been read
 */
export function mayMarkAsRead(
  index: number,
  lastReadIndex: number | null,
  messages: readonly LoadedMessage[],
): boolean {
  const firstUnread = (lastReadIndex ?? -1) + 1;
  const unreadNotices = messages.filter(
    (message) => message.isNotice && message.index >= firstUnread && message.index < index,
  );
  return unreadNotices.length === index - firstUnread;
}
