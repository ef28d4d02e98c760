/**
 * An offer whose time is over and of which nothing was heard: its event was lost. What became of it is read from
 * TaskRouter, whoever comes by next.
 */
import type { ConversationEvent, Ledger, TaskSid, WorkerRef } from '@chat-transfer/transfer-core';
import { type AgentPorts, findAgent } from '../twilio/agents';
import type { TaskRouter } from '../twilio/task-router';

export interface ExpiredOfferPorts extends AgentPorts {
  readonly taskRouter: AgentPorts['taskRouter'] & Pick<TaskRouter, 'fetchTask'>;
  readonly nowMs: () => number;
}

/** TaskRouter's events come within seconds, or not at all. */
const GRACE_MS = 15_000;

/** The events that were lost; `[]` in all but the rarest cases, and without a call then. */
export async function findExpiredOffer(
  ports: ExpiredOfferPorts,
  { transfer }: Ledger,
): Promise<ConversationEvent[]> {
  if (transfer?.state !== 'offered' || transfer.transferTaskSid === undefined) return [];
  const at = ports.nowMs();
  if (transfer.answerBy === undefined || at < transfer.answerBy + GRACE_MS) return [];

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
