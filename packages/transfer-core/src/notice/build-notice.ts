/**
 * Builds notices. The id of a notice consists of its kind and its subject, so that an event leads to one notice even if it
 * is decided repeatedly.
 */
import type { ConversationSid, TaskSid } from '../sids';
import type { Transfer, UntakenReason, WorkerRef } from '../transfer';
import { authorKeyOf } from './introduction';
import type { Notice } from './notice';

/** The chat of a notice, for the keys of the agents whom the notice introduces. */
interface Chat {
  readonly conversationSid: ConversationSid;
}

/** The notices about the end of the first chat in a conversation. */
export const CUSTOMER_LEFT: Notice = { v: 1, id: 'customer-left', kind: 'customer-left' };
export const CHAT_ENDED: Notice = { v: 1, id: 'chat-ended', kind: 'chat-ended' };

/** The number of a chat in a long-lived conversation; absent for the first one. */
interface Numbered {
  readonly chat?: number;
}

/** Readers show each id once, so every chat in a conversation has ids of its own. */
const numberNotice = (notice: Notice, { chat }: Numbered): Notice =>
  chat === undefined ? notice : { ...notice, id: `${notice.id}:${chat}` };

export const buildCustomerLeftNotice = (chat: Numbered): Notice => numberNotice(CUSTOMER_LEFT, chat);
export const buildEndedNotice = (chat: Numbered): Notice => numberNotice(CHAT_ENDED, chat);

export const buildJoinedNotice = (chat: Chat, taskSid: TaskSid, worker: WorkerRef): Notice => ({
  v: 1,
  id: `agent-joined:${taskSid}`,
  kind: 'agent-joined',
  name: worker.publicName,
  authorKey: authorKeyOf(chat.conversationSid, worker.identity),
});

export const buildLeftNotice = (chat: Chat, taskSid: TaskSid, worker: WorkerRef): Notice => ({
  v: 1,
  id: `agent-left:${taskSid}`,
  kind: 'agent-left',
  name: worker.publicName,
  authorKey: authorKeyOf(chat.conversationSid, worker.identity),
});

export const buildStartedNotice = (chat: Chat, { id, mode, from, to }: Transfer): Notice => ({
  v: 1,
  id: `transfer-started:${id}`,
  kind: 'transfer-started',
  mode,
  from: from.publicName,
  fromKey: authorKeyOf(chat.conversationSid, from.identity),
  to,
});

export const buildFailedNotice = ({ id, to }: Transfer): Notice => ({
  v: 1,
  id: `transfer-failed:${id}`,
  kind: 'transfer-failed',
  to,
});

/** @param isLooking whether the chat has no agent, so that the transfer task looks for another one */
export function buildUntakenNotice(
  { id, to, from, cancelledBy }: Transfer,
  untakenReason: UntakenReason,
  { isLooking }: { readonly isLooking: boolean },
): Notice {
  const looking = isLooking ? { looking: true as const } : {};
  switch (untakenReason) {
    case 'declined':
    case 'unanswered':
      return {
        v: 1,
        id: `transfer-${untakenReason}:${id}`,
        kind: `transfer-${untakenReason}`,
        to,
        ...looking,
      };
    case 'cancelled': {
      const name = cancelledBy ?? from.publicName;
      return { v: 1, id: `transfer-cancelled:${id}`, kind: 'transfer-cancelled', name, ...looking };
    }
  }
}

/** Returns the subject in a notice's id: the transfer of a `transfer-…` notice, the task of an `agent-…` notice. */
export function parseNoticeSubject({ kind, id }: Notice): string | undefined {
  return id.startsWith(`${kind}:`) ? id.slice(kind.length + 1) : undefined;
}
