/** How far a chat counts as read. Notices wait for no answer; whatever a person wrote stays unread until it is seen. */

/** A message as far as it matters here; `index` is its place in the conversation. */
export interface LoadedMessage {
  readonly index: number;
  readonly isNotice: boolean;
}

/**
 * Whether everything unread before `index` is known to be a notice. A message that is not loaded may be the
 * customer's, so it counts as one.
 * @param lastReadIndex `null` when nothing has been read yet
 */
export function mayMarkAsRead(
  index: number,
  lastReadIndex: number | null,
  messages: readonly LoadedMessage[],
): boolean {
  const first = (lastReadIndex ?? -1) + 1;
  const notices = messages.filter(
    (message) => message.isNotice && message.index >= first && message.index < index,
  );
  return notices.length === index - first;
}
