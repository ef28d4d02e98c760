/**
 * The transfer of a chat that waits for an answer, worked out from the notices in it: they say when one starts and what
 * becomes of it, to every page in the chat, and they are still there after a reload.
 */
import {
  type Notice,
  type NoticeParty,
  parseNoticeSubject,
  type TextNotice,
} from '@chat-transfer/transfer-core';

export interface OpenTransfer {
  readonly id: string;
  /** Public name of the agent who started it. */
  readonly from: string;
  readonly to: NoticeParty;
}

type AnyNotice = Notice | TextNotice;

/** @param notices of one chat, oldest first, as far as they are loaded */
export function readOpenTransfer(notices: readonly AnyNotice[]): OpenTransfer | undefined {
  const place = notices.findLastIndex(({ kind }) => kind === 'transfer-started');
  const started = notices[place];
  if (started?.kind !== 'transfer-started') return undefined;
  const id = parseNoticeSubject(started);
  // By order only where nothing else tells: whoever takes it joins, and the notice of that does not name the transfer.
  const isTaken = notices.slice(place + 1).some(({ kind }) => kind === 'agent-joined');
  if (id === undefined || isTaken || notices.some((notice) => isEndOf(id, notice))) return undefined;
  return { id, from: started.from, to: started.to };
}

function isEndOf(transferId: string, notice: AnyNotice): boolean {
  switch (notice.kind) {
    case 'transfer-accepted':
    case 'transfer-declined':
    case 'transfer-unanswered':
    case 'transfer-cancelled':
    case 'transfer-failed':
      return parseNoticeSubject(notice) === transferId;
    case 'customer-left':
    case 'chat-ended':
      return true;
    case 'agent-joined':
    case 'agent-left':
    case 'transfer-started':
    case 'text':
      return false;
  }
}

/**
 * The agent of this page as notices name them, which is how they were called when they joined.
 * @param taskSid of the agent's own task
 */
export function readOwnName(notices: readonly AnyNotice[], taskSid: string): string | undefined {
  const joined = notices.find(
    (notice) => notice.kind === 'agent-joined' && parseNoticeSubject(notice) === taskSid,
  );
  return joined?.kind === 'agent-joined' ? joined.name : undefined;
}

/** A transfer that nobody took although its agent is still in the chat; somebody cancelling it is no news to them. */
export type UntakenTransferNotice = Extract<
  Notice,
  { kind: 'transfer-declined' | 'transfer-unanswered' | 'transfer-failed' }
>;

export function isUntakenTransferNotice(notice: AnyNotice): notice is UntakenTransferNotice {
  const { kind } = notice;
  return kind === 'transfer-declined' || kind === 'transfer-unanswered' || kind === 'transfer-failed';
}

/** Public name of the agent who started the transfer that a notice is about. */
export function findTransferStarter(
  notice: UntakenTransferNotice,
  notices: readonly AnyNotice[],
): string | undefined {
  const id = parseNoticeSubject(notice);
  const started = notices.findLast(
    (one) => one.kind === 'transfer-started' && parseNoticeSubject(one) === id,
  );
  return started?.kind === 'transfer-started' ? started.from : undefined;
}
