/**
 * Reads the open transfer of a chat, which is waiting for an answer, from the chat's notices. Notices report the start
 * and the end of each transfer, and the page of every agent in the chat has them, also after a reload.
 */
import {
  type Notice,
  type NoticeParty,
  parseNoticeSubject,
  type TextNotice,
} from '@chat-transfer/transfer-core';

type StartedNotice = Extract<Notice, { kind: 'transfer-started' }>;

export interface OpenTransfer {
  readonly id: string;
  readonly to: NoticeParty;
  /** Holds the public name and the key of the agent who started it. */
  readonly started: StartedNotice;
}

type AnyNotice = Notice | TextNotice;

/** @param notices the loaded notices of one chat, oldest first */
export function readOpenTransfer(notices: readonly AnyNotice[]): OpenTransfer | undefined {
  const startIndex = notices.findLastIndex(({ kind }) => kind === 'transfer-started');
  const started = notices[startIndex];
  if (started?.kind !== 'transfer-started') return undefined;
  const id = parseNoticeSubject(started);
  // An `agent-joined` notice does not name the transfer. Only its position says that the agent accepted the transfer.
  const isAccepted = notices.slice(startIndex + 1).some(({ kind }) => kind === 'agent-joined');
  if (id === undefined || isAccepted || notices.some((notice) => isEndOf(id, notice))) return undefined;
  return { id, to: started.to, started };
}

function isEndOf(transferId: string, notice: AnyNotice): boolean {
  switch (notice.kind) {
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
 * The name that notices use for this page's agent: their public name at the time they joined.
 * @param taskSid the agent's own task
 */
export function readOwnName(notices: readonly AnyNotice[], taskSid: string): string | undefined {
  const joined = notices.find(
    (notice) => notice.kind === 'agent-joined' && parseNoticeSubject(notice) === taskSid,
  );
  return joined?.kind === 'agent-joined' ? joined.name : undefined;
}

/** A notice that no agent took a transfer. Excludes `transfer-cancelled`: the agent who cancels knows it. */
export type UntakenTransferNotice = Extract<
  Notice,
  { kind: 'transfer-declined' | 'transfer-unanswered' | 'transfer-failed' }
>;

export function isUntakenTransferNotice(notice: AnyNotice): notice is UntakenTransferNotice {
  const { kind } = notice;
  return kind === 'transfer-declined' || kind === 'transfer-unanswered' || kind === 'transfer-failed';
}

/** Returns the notice of the start of the transfer that `notice` is about. */
export function findTransferStart(
  notice: UntakenTransferNotice,
  notices: readonly AnyNotice[],
): StartedNotice | undefined {
  const id = parseNoticeSubject(notice);
  return notices.findLast(
    (other): other is StartedNotice => other.kind === 'transfer-started' && parseNoticeSubject(other) === id,
  );
}

/** This page's agent in one chat, as notices name them. */
export interface OwnAgent {
  readonly authorKey: string;
  readonly name: string;
}

/** Whether the agent has started the transfer. A notice of an earlier version has no key, so its name decides. */
export function isStarter({ authorKey, name }: OwnAgent, { from, fromKey }: StartedNotice): boolean {
  return fromKey === undefined ? from === name : fromKey === authorKey;
}
