/** The outcome of an offer whose time is over without an event from TaskRouter: the event was lost. */
import type { ConversationEvent, Ledger } from '@chat-transfer/transfer-core';
import { type CompareTaskPorts, compareTask } from './compare-task';

/** Events that replace the lost one; `[]`, without a call, when the ledger has no offer. Reads TaskRouter. */
export async function findExpiredOffer(
  ports: CompareTaskPorts,
  ledger: Ledger,
): Promise<ConversationEvent[]> {
  const { transfer } = ledger;
  if (transfer?.state !== 'offered' || transfer.transferTaskSid === undefined) return [];
  const { transferTaskSid: taskSid } = transfer;
  const [missed, reservations] = await Promise.all([
    compareTask(ports, ledger, taskSid),
    ports.taskRouter.listReservations(taskSid),
  ]);
  if (missed.length > 0) return missed;
  // TaskRouter still offers the task: to the target, or to others if it has gone on.
  const at = ports.nowMs();
  const { target } = transfer;
  const isDeclined =
    target.kind === 'worker' &&
    reservations.some(({ workerSid, status }) => workerSid === target.workerSid && status === 'rejected');
  return isDeclined
    ? [{ type: 'offer-declined', taskSid, workerSid: target.workerSid, at }]
    : [{ type: 'offer-expired', taskSid, at }];
}
