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
  const missed = await compareTask(ports, ledger, taskSid);
  // TaskRouter still offers the task: to the target, or to others if it has gone on.
  return missed.length > 0 ? missed : [{ type: 'offer-expired', taskSid, at: ports.nowMs() }];
}
