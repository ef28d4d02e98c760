/** What a caller may do. A token says only who they are; reservations and the ledger say what they may do. */
import { findTransfer, type TaskSid } from '@chat-transfer/transfer-core';
import type { RightFacts } from './authorize';

/** The statuses of a worker's reservation that allow an action on its task. */
const ALLOWED_STATUSES = {
  /** The worker is in the chat. */
  start: new Set(['accepted']),
  /** The worker is in the chat or in wrap-up. */
  finish: new Set(['accepted', 'wrapping']),
} as const;

/**
 * Whether the caller may `start` a transfer of the task, or `finish` it: leave, complete or cancel its
 * transfer. A supervisor may do both for the agent of the task, but not on a task without an agent.
 */
export function mayActOnTask(
  action: keyof typeof ALLOWED_STATUSES,
  { caller, reservations }: Pick<RightFacts, 'caller' | 'reservations'>,
): boolean {
  return reservations.some(
    ({ workerSid, status }) =>
      (workerSid === caller.workerSid || caller.isSupervisor) && ALLOWED_STATUSES[action].has(status),
  );
}

/** The statuses of a reservation whose worker is asked to take the task, or has it. */
const LIVE_STATUSES = new Set(['pending', 'accepted', 'wrapping']);

/** Whether the caller may read the note of the transfer task: an agent who is asked or has the chat, or a supervisor. */
export function mayReadNote({ caller, reservations }: Pick<RightFacts, 'caller' | 'reservations'>): boolean {
  return (
    caller.isSupervisor ||
    reservations.some(({ workerSid, status }) => workerSid === caller.workerSid && LIVE_STATUSES.has(status))
  );
}

/** Whether the caller started the transfer. They may repeat the request after it has released them. */
export function hasStartedTransfer(
  transferId: string,
  { caller, ledger }: Pick<RightFacts, 'caller' | 'ledger'>,
): boolean {
  return findTransfer(ledger, transferId)?.from.sid === caller.workerSid;
}

/** Whether the caller's task is closed. They may repeat its completion after their reservation has ended. */
export function hasCompletedTask(
  taskSid: TaskSid,
  { caller, ledger }: Pick<RightFacts, 'caller' | 'ledger'>,
): boolean {
  const task = ledger.tasks[taskSid];
  return task?.state === 'closed' && task.worker?.sid === caller.workerSid;
}
