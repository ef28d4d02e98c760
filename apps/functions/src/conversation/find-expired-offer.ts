/**
 * Offers whose time is over without an event from TaskRouter: the event was lost. The next request or event
 * of the conversation reads the offer's outcome from TaskRouter.
 */
import type { ConversationEvent, Ledger, TaskSid, WorkerRef } from '@chat-transfer/transfer-core';
import { type AgentPorts, findAgent } from '../twilio/agents';
import type { TaskRouter } from '../twilio/task-router';

export interface ExpiredOfferPorts extends AgentPorts {
  readonly taskRouter: AgentPorts['taskRouter'] & Pick<TaskRouter, 'fetchTask'>;
  readonly nowMs: () => number;
}

/** How long after the end of an offer its event counts as lost. TaskRouter sends events within seconds. */
const LOST_AFTER_MS = 15_000;

/** Events that replace the lost one; `[]`, without a call, when the ledger has no expired offer. */
export async function findExpiredOffer(
  ports: ExpiredOfferPorts,
  { transfer }: Ledger,
): Promise<ConversationEvent[]> {
  if (transfer?.state !== 'offered' || transfer.transferTaskSid === undefined) return [];
  const at = ports.nowMs();
  if (transfer.answerBy === undefined || at < transfer.answerBy + LOST_AFTER_MS) return [];

  const { transferTaskSid: taskSid } = transfer;
  const task = await ports.taskRouter.fetchTask(taskSid);
  switch (task?.assignmentStatus) {
    case 'pending':
    case 'reserved':
      return [{ type: 'offer-expired', taskSid, at }];
    case 'assigned':
    case 'wrapping':
      return acceptedBy(await findAgent(ports, taskSid), taskSid, at);
    case 'completed':
      return [
        ...acceptedBy(await findAgent(ports, taskSid), taskSid, at),
        { type: 'task-closed', taskSid, at },
      ];
    default:
      return [{ type: 'task-closed', taskSid, at }];
  }
}

function acceptedBy(worker: WorkerRef | undefined, taskSid: TaskSid, at: number): ConversationEvent[] {
  return worker === undefined ? [] : [{ type: 'task-accepted', taskSid, worker, at }];
}
