/**
 * The notice that tells of a thing that happened. Its id says what it is about, so that the same thing told twice is one
 * notice, whoever tells it.
 */
import type { Notice } from './notice';
import type { TaskSid } from './sids';
import type { Transfer, WorkerRef } from './transfer';

export const CUSTOMER_LEFT: Notice = { v: 1, id: 'customer-left', kind: 'customer-left' };
export const CHAT_ENDED: Notice = { v: 1, id: 'chat-ended', kind: 'chat-ended' };

export const joinedNotice = (taskSid: TaskSid, { publicName }: WorkerRef): Notice => ({
  v: 1,
  id: `agent-joined:${taskSid}`,
  kind: 'agent-joined',
  name: publicName,
});

export const leftNotice = (taskSid: TaskSid, { publicName }: WorkerRef): Notice => ({
  v: 1,
  id: `agent-left:${taskSid}`,
  kind: 'agent-left',
  name: publicName,
});

export const startedNotice = ({ id, mode, from, to }: Transfer): Notice => ({
  v: 1,
  id: `transfer-started:${id}`,
  kind: 'transfer-started',
  mode,
  from: from.publicName,
  to,
});

export const unansweredNotice = ({ id, to }: Transfer): Notice => ({
  v: 1,
  id: `transfer-unanswered:${id}`,
  kind: 'transfer-unanswered',
  to,
});
