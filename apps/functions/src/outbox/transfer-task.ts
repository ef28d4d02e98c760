/** Creates and recalls the task of a transfer: the effects whose outcome decides which effects follow. */
import {
  agentsInChat,
  type Backend,
  buildTransferTaskAttributes,
  type ConversationEvent,
  detachConversation,
  findTransfer,
  isPending,
  isRetryable,
  type Ledger,
  type OutboxEntry,
  type TaskSid,
  type Transfer,
} from '@chat-transfer/transfer-core';
import type { ConversationBackend } from '../backend/backend';
import { type AgentPorts, findAgent } from '../twilio/agents';
import { TwilioCallError } from '../twilio/call';
import type { TaskFacts, TaskRouter } from '../twilio/task-router';

export interface TransferTaskPorts extends AgentPorts {
  readonly taskRouter: AgentPorts['taskRouter'] &
    Pick<TaskRouter, 'cancelTask' | 'fetchTask' | 'findTransferTask'>;
  readonly backends: Readonly<Record<Backend, ConversationBackend>>;
  readonly transferWorkflowSid: string;
  readonly nowMs: () => number;
}

/** The events that follow from the effect, and the failure if Twilio refused for good. */
export interface TransferTaskOutcome {
  readonly events: readonly ConversationEvent[];
  readonly failure?: TwilioCallError;
}

/**
 * Runs one effect of the lane `task`. Returns no events when there is nothing left to create or recall.
 * Throws when a retry may succeed.
 *
 * @param original the original task, when the caller has just read it
 */
export async function runTransferTask(
  ports: TransferTaskPorts,
  ledger: Ledger,
  { effect, attempts }: OutboxEntry,
  original?: TaskFacts,
): Promise<TransferTaskOutcome> {
  if (effect.kind !== 'create-transfer-task' && effect.kind !== 'recall-transfer') return { events: [] };
  const transfer = findTransfer(ledger, effect.transferId);
  if (transfer === undefined) return { events: [] };
  return effect.kind === 'create-transfer-task'
    ? createTransferTask(ports, ledger, transfer, attempts, original)
    : { events: isPending(transfer) ? await recallTransfer(ports, ledger, transfer) : [] };
}

/**
 * Creates the transfer task, or finds the one that an earlier attempt created. It must be found even after
 * the transfer has ended, because it must be cancelled then.
 */
async function createTransferTask(
  ports: TransferTaskPorts,
  ledger: Ledger,
  transfer: Transfer,
  attempts: number,
  original: TaskFacts | undefined,
): Promise<TransferTaskOutcome> {
  const { id: transferId, state, transferTaskSid } = transfer;
  if (transferTaskSid !== undefined) return { events: [] };
  const offeredAs = (taskSid: TaskSid): TransferTaskOutcome => ({
    events: [{ type: 'transfer-offered', transferId, taskSid, at: ports.nowMs() }],
  });
  const existing = attempts > 1 ? await ports.taskRouter.findTransferTask(transferId) : undefined;
  if (existing !== undefined) return offeredAs(existing);
  if (state !== 'requested') return { events: [] };
  try {
    return offeredAs(await createTaskAtTwilio(ports, ledger, transfer, original));
  } catch (error) {
    if (!(error instanceof TwilioCallError) || isRetryable(error.asFailure())) throw error;
    return { events: [{ type: 'transfer-refused', transferId, at: ports.nowMs() }], failure: error };
  }
}

async function createTaskAtTwilio(
  { taskRouter, backends, transferWorkflowSid }: TransferTaskPorts,
  ledger: Ledger,
  transfer: Transfer,
  justRead: TaskFacts | undefined,
): Promise<TaskSid> {
  const { originalTaskSid } = transfer;
  const original = justRead?.sid === originalTaskSid ? justRead : await taskRouter.fetchTask(originalTaskSid);
  if (original === undefined)
    throw new TwilioCallError('find the task to transfer', 404, undefined, undefined);
  return backends[ledger.backend].createTransferTask(ledger, {
    attributes: buildTransferTaskAttributes({
      conversation: ledger,
      transfer,
      original: original.attributes,
      originalQueueSid: original.queueSid,
      agentsInChat: agentsInChat(ledger),
    }),
    workflowSid: transferWorkflowSid,
    taskChannel: original.taskChannel,
  });
}

/**
 * Recalls the transfer unless an agent has accepted it. If an agent is in the chat, the task is cancelled:
 * when an agent accepts at the same moment, TaskRouter lets only one of the two succeed. If the chat has no
 * agent, the task is kept to find one.
 */
async function recallTransfer(
  ports: TransferTaskPorts,
  ledger: Ledger,
  { id: transferId, transferTaskSid: taskSid }: Transfer,
): Promise<ConversationEvent[]> {
  const at = ports.nowMs();
  if (taskSid === undefined) return [];
  if (agentsInChat(ledger).length > 0) {
    const isOver = await ports.taskRouter.cancelTask(
      taskSid,
      'The transfer was cancelled',
      detachConversation,
    );
    if (isOver) return [{ type: 'task-closed', taskSid, at }];
  } else {
    const task = await ports.taskRouter.fetchTask(taskSid);
    if (task === undefined || task.assignmentStatus === 'canceled')
      return [{ type: 'task-closed', taskSid, at }];
    if (['pending', 'reserved'].includes(task.assignmentStatus))
      return [{ type: 'transfer-recalled', transferId, at }];
  }
  const worker = await findAgent(ports, taskSid);
  return [
    { type: 'recall-failed', transferId, at },
    ...(worker === undefined ? [] : [{ type: 'task-accepted', taskSid, worker, at } as const]),
  ];
}
