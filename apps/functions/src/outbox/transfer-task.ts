/** The making and the taking back of a transfer's task: the effects whose outcome decides what happens next. */
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

/** What came of it: the events to apply, and why when Twilio refused. */
export interface TransferTaskRun {
  readonly events: readonly ConversationEvent[];
  readonly failure?: TwilioCallError;
}

/**
 * Runs one effect of the lane `task`. No events when there is nothing to make or to take back any more. Throws when it may
 * work another time.
 *
 * @param original the task that is left, when the caller has just read it
 */
export async function runTransferTask(
  ports: TransferTaskPorts,
  ledger: Ledger,
  { effect, attempts }: OutboxEntry,
  original?: TaskFacts,
): Promise<TransferTaskRun> {
  if (effect.kind !== 'create-transfer-task' && effect.kind !== 'recall-transfer') return { events: [] };
  const transfer = findTransfer(ledger, effect.transferId);
  if (transfer === undefined) return { events: [] };
  return effect.kind === 'create-transfer-task'
    ? createTransferTask(ports, ledger, transfer, attempts, original)
    : { events: isPending(transfer) ? await recallTransfer(ports, ledger, transfer) : [] };
}

/**
 * Makes the transfer task, or finds the one an earlier try made: it must be known also when the transfer has ended
 * meanwhile, for then it is to be cancelled.
 */
async function createTransferTask(
  ports: TransferTaskPorts,
  ledger: Ledger,
  transfer: Transfer,
  attempts: number,
  original: TaskFacts | undefined,
): Promise<TransferTaskRun> {
  const { id: transferId, state, transferTaskSid } = transfer;
  if (transferTaskSid !== undefined) return { events: [] };
  const offeredAs = (taskSid: TaskSid): TransferTaskRun => ({
    events: [{ type: 'transfer-offered', transferId, taskSid, at: ports.nowMs() }],
  });
  const made = attempts > 1 ? await ports.taskRouter.findTransferTask(transferId) : undefined;
  if (made !== undefined) return offeredAs(made);
  if (state !== 'requested') return { events: [] };
  try {
    return offeredAs(await makeTransferTask(ports, ledger, transfer, original));
  } catch (error) {
    if (!(error instanceof TwilioCallError) || isRetryable(error.asFailure())) throw error;
    return { events: [{ type: 'transfer-refused', transferId, at: ports.nowMs() }], failure: error };
  }
}

async function makeTransferTask(
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
 * Takes the transfer back unless somebody has accepted it. With an agent in the chat its task is cancelled, which only
 * one side of a race can win. With nobody in the chat the task is needed, to find somebody else.
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
  const taker = await findAgent(ports, taskSid);
  return [
    { type: 'recall-failed', transferId, at },
    ...(taker === undefined ? [] : [{ type: 'task-accepted', taskSid, worker: taker, at } as const]),
  ];
}
