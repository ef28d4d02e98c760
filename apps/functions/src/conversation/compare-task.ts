/** Compares a task of the ledger with TaskRouter, whose events about it may be lost. */
import type { ConversationEvent, Ledger, TaskSid } from '@chat-transfer/transfer-core';
import type { TransferTaskPorts } from '../outbox/transfer-task';
import { type AgentPorts, findAgent } from '../twilio/agents';
import type { TaskRouter } from '../twilio/task-router';
import { findParkedConversation } from './find-parked-conversation';

export interface CompareTaskPorts extends AgentPorts, Pick<TransferTaskPorts, 'backends' | 'nowMs'> {
  readonly taskRouter: AgentPorts['taskRouter'] & Pick<TaskRouter, 'fetchTask'>;
}

/** Statuses of a task that an agent has accepted, now or earlier. */
const ACCEPTED = ['assigned', 'wrapping', 'completed'];
const OPEN = ['pending', 'reserved', 'assigned', 'wrapping'];

/** The events that the ledger lacks; `[]` when it agrees with TaskRouter. Throws when a call to Twilio fails. */
export async function compareTask(
  ports: CompareTaskPorts,
  ledger: Ledger,
  taskSid: TaskSid,
): Promise<ConversationEvent[]> {
  const record = ledger.tasks[taskSid];
  if (record === undefined || record.state === 'closed') return [];
  const task = await ports.taskRouter.fetchTask(taskSid);
  // TaskRouter deletes an ended task after five minutes and any other task after a day.
  const status = task?.assignmentStatus ?? 'deleted';
  const isNew = record.state === 'waiting' && ACCEPTED.includes(status);
  const worker = record.worker ?? (isNew ? await findAgent(ports, taskSid) : undefined);
  const at = ports.nowMs();

  const events: ConversationEvent[] = [];
  if (isNew && worker !== undefined) events.push({ type: 'task-accepted', taskSid, worker, at });
  if (status === 'wrapping' && record.state !== 'left' && worker !== undefined)
    events.push({ type: 'agent-left', taskSid, worker, alreadyWrapping: true, at });
  if (!OPEN.includes(status)) events.push({ type: 'task-closed', taskSid, at });

  // An agent who parks the chat ends their task too. A cancelled task had no agent.
  const mayBeParked = events.some(({ type }) => type !== 'task-accepted') && status !== 'canceled';
  return mayBeParked ? [...(await findParkedConversation(ports, ledger, taskSid)), ...events] : events;
}
