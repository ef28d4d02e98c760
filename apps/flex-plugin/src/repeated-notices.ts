/**
 * Finds messages that repeat a notice: a post whose answer was lost may arrive after it was repeated. Only the first message
 * of a notice counts. An earlier page of the chat may load later, so the first loaded message can change.
 */
import type { Notice, TextNotice } from '@chat-transfer/transfer-core';

type AnyNotice = Notice | TextNotice;

/** A notice and its position in the conversation. */
export interface PostedNotice {
  readonly index: number;
  readonly notice: AnyNotice;
}

/** Returns the notices without those that repeat one with a lower index, in the same order. */
export function withoutRepeats(posted: readonly PostedNotice[]): readonly PostedNotice[] {
  const firstIndexes = new Map<string, number>();
  for (const { index, notice } of posted) {
    if (notice.kind === 'text') continue;
    firstIndexes.set(notice.id, Math.min(index, firstIndexes.get(notice.id) ?? index));
  }
  return posted.filter(
    ({ index, notice }) => notice.kind === 'text' || firstIndexes.get(notice.id) === index,
  );
}

/** Whether both are the same notice. Notices of the original feature have no id, so each is one of its own. */
export function isSameNotice(notice: AnyNotice, other: AnyNotice): boolean {
  return notice.kind !== 'text' && other.kind !== 'text' && notice.id === other.id;
}
