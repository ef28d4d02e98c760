/**
 * Builds notices. The id of a notice consists of its kind and its subject, so that an event leads to one notice even if it
 * is decided repeatedly.
 */
import type { TaskSid } from '../sids';
import type { Transfer, UntakenReason, WorkerRef } from '../transfer';
import type { Notice } from './notice';

export const CUSTOMER_LEFT: Notice = { v: 1, id: 'customer-left', kind: 'customer-left' };
export const CHAT_ENDED: Notice = { v: 1, id: 'chat-ended', kind: 'chat-ended' };

export const buildJoinedNotice = (taskSid: TaskSid, { publicName }: WorkerRef): Notice => ({
  v: 1,
  id: `agent-joined:${taskSid}`,
  kind: 'agent-joined',
  name: publicName,
});

export const buildLeftNotice = (taskSid: TaskSid, { publicName }: WorkerRef): Notice => ({
  v: 1,
  id: `agent-left:${taskSid}`,
  kind: 'agent-left',
  name: publicName,
});

export const buildStartedNotice = ({ id, mode, from, to }: Transfer): Notice => ({
  v: 1,
  id: `transfer-started:${id}`,
  kind: 'transfer-started',
  mode,
  from: from.publicName,
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
