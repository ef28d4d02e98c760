/** May this worker act on this task? A good token says who somebody is, never what they may do. */
import { findTransfer, type TaskSid } from '@chat-transfer/transfer-core';
import type { RightFacts } from './authorize';

/** A reservation through which a worker takes part in the task. */
const LIVE = {
  /** In the chat. */
  start: new Set(['accepted']),
  /** In the chat, or wrapping up. */
  finish: new Set(['accepted', 'wrapping']),
} as const;

/**
 * `start` a transfer, or `finish` one's own part: leave, complete. A supervisor may do so for the agent of the task;
 * without an agent there is nobody to do it for.
 */
export function mayActOnTask(
  purpose: keyof typeof LIVE,
  { caller, reservations }: Pick<RightFacts, 'caller' | 'reservations'>,
): boolean {
  return reservations.some(
    ({ workerSid, status }) =>
      (workerSid === caller.workerSid || caller.isSupervisor) && LIVE[purpose].has(status),
  );
}

/** The agent who started a transfer may ask for its answer again, also when the transfer has let them go. */
export function hasStartedTransfer(
  transferId: string,
  { caller, ledger }: Pick<RightFacts, 'caller' | 'ledger'>,
): boolean {
  return findTransfer(ledger, transferId)?.from.sid === caller.workerSid;
}

/** The agent whose task is closed may ask for that answer again: completing it took their reservation away. */
export function hasCompletedTask(
  taskSid: TaskSid,
  { caller, ledger }: Pick<RightFacts, 'caller' | 'ledger'>,
): boolean {
  const task = ledger.tasks[taskSid];
  return task?.state === 'closed' && task.worker?.sid === caller.workerSid;
}
