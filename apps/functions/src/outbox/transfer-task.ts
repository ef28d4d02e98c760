/** Creates, recalls and withdraws the task of a transfer. */
import {
  agentsInChat,
  type Backend,
  buildTransferTaskAttributes,
  type ConversationEvent,
  detachConversation,
  type Effect,
  findTransfer,
  isPending,
  isRetryable,
  LANDING_MS,
  type Ledger,
  type OutboxEntry,
  START_WITHIN_MS,
  surelyFits,
  type TaskSid,
  type Transfer,
  type TransferFailure,
  type TransferTaskFacts,
} from '@chat-transfer/transfer-core';
import type { ConversationBackend } from '../backend/backend';
import { type AgentPorts, findAgent } from '../twilio/agents';
import { TwilioCallError } from '../twilio/call';
import type { NewTask, TaskFacts, TaskRouter } from '../twilio/task-router';
import { type EffectResult, recheckOthers } from './run-effect';

export interface TransferTaskPorts extends AgentPorts {
  readonly taskRouter: AgentPorts['taskRouter'] &
    Pick<TaskRouter, 'cancelTask' | 'fetchTask' | 'listTransferTasks'>;
  readonly backends: Readonly<Record<Backend, ConversationBackend>>;
  readonly transferWorkflowSid: string;
  readonly nowMs: () => number;
}

/**
 * Runs one effect of the lane `transfer-task`. Returns no events when there is nothing left to create or recall.
 * Throws when a retry may succeed.
 *
 * @param original the original task, when the caller has just read it
 */
export async function runTransferTask(
  ports: TransferTaskPorts,
  ledger: Ledger,
  { effect, ...attempt }: TransferTaskEntry,
  original?: TaskFacts,
): Promise<EffectResult> {
  const transfer = findTransfer(ledger, effect.transferId);
  if (transfer === undefined) return {};
  return effect.kind === 'create-transfer-task'
    ? createTransferTask(ports, ledger, transfer, attempt, original)
    : { events: isPending(transfer) ? await recallTransfer(ports, ledger, transfer) : [] };
}

type Attempt = Pick<OutboxEntry, 'attempts' | 'firstAttemptAt' | 'mayLandUntil'>;

interface TransferTaskEntry extends Attempt {
  readonly effect: Extract<Effect, { kind: 'create-transfer-task' | 'recall-transfer' }>;
}

/**
 * Creates the transfer task, or finds the one that an earlier attempt created. It must be found even after
 * the transfer has ended, because it must be cancelled then. While an attempt that got no answer may still create
 * the task, no other attempt creates one: two agents would get the chat.
 */
async function createTransferTask(
  ports: TransferTaskPorts,
  ledger: Ledger,
  transfer: Transfer,
  { attempts, firstAttemptAt, mayLandUntil = 0 }: Attempt,
  justRead: TaskFacts | undefined,
): Promise<EffectResult> {
  const { id: transferId, state, transferTaskSid } = transfer;
  if (transferTaskSid !== undefined) return {};
  const at = ports.nowMs();
  const isRepeated = attempts > 1;
  const offeredAs = (taskSid: TaskSid): ConversationEvent => ({
    type: 'transfer-offered',
    transferId,
    taskSid,
    at,
  });
  const existing = isRepeated ? await ports.taskRouter.listTransferTasks(transferId) : [];
  if (existing.length > 0) {
    return { events: existing.map(offeredAs), ...recheckOthers(attempts, firstAttemptAt, at) };
  }
  if (state !== 'requested') return {};
  if (at < mayLandUntil) throw new TwilioCallError('find the transfer task', undefined, undefined, undefined);
  const refuse = (refusal: TransferFailure): EffectResult => ({
    events: [{ type: 'transfer-refused', transferId, at }],
    refusal,
  });
  let failureIfTooLong: TransferFailure | undefined;
  try {
    const original = await readOriginal(ports, transfer, justRead);
    const task = buildTransferTask(ports, ledger, transfer, original);
    const full = describeFullTask(original);
    if (task === undefined) return refuse(full);
    if (!surelyFits(task.attributes)) failureIfTooLong = full;
    const taskSid = await ports.backends[ledger.backend].createTransferTask(ledger, task);
    return { events: [offeredAs(taskSid)], ...(isRepeated ? { recheckAt: at + LANDING_MS } : {}) };
  } catch (error) {
    if (!(error instanceof TwilioCallError) || isRetryable(error.asFailure())) throw error;
    return refuse(
      error.status === 400 && failureIfTooLong !== undefined ? failureIfTooLong : error.asFailure(),
    );
  }
}

/** The failure of a transfer whose original task leaves no room for it. */
export const describeFullTask = ({ sid, attributes }: TaskFacts): TransferFailure => ({
  code: 'task-full',
  taskSid: sid,
  length: JSON.stringify(attributes).length,
});

/**
 * Finds the tasks of a transfer that it does not need, because it has ended or has another task. An event cancels them. A
 * call that got no answer may create such a task late, so the search is repeated when none can come any more.
 */
export async function withdrawTransferTask(
  { taskRouter, nowMs }: TransferTaskPorts,
  ledger: Ledger,
  transferId: string,
  firstAttemptAt: number,
): Promise<EffectResult> {
  const at = nowMs();
  const transfer = findTransfer(ledger, transferId);
  if (transfer === undefined) return {};
  const tasks = await taskRouter.listTransferTasks(transferId);
  const isOver = at >= firstAttemptAt + START_WITHIN_MS + LANDING_MS;
  return {
    events: tasks
      .filter((taskSid) => taskSid !== transfer.transferTaskSid)
      .map((taskSid) => ({ type: 'transfer-offered', transferId, taskSid, at })),
    ...(isOver ? {} : { recheckAt: firstAttemptAt + START_WITHIN_MS + LANDING_MS }),
  };
}

async function readOriginal(
  { taskRouter }: TransferTaskPorts,
  { originalTaskSid }: Transfer,
  justRead: TaskFacts | undefined,
): Promise<TaskFacts> {
  const original = justRead?.sid === originalTaskSid ? justRead : await taskRouter.fetchTask(originalTaskSid);
  if (original === undefined)
    throw new TwilioCallError('find the task to transfer', 404, undefined, undefined);
  return original;
}

/** `undefined` if the original task leaves no room. */
export function buildTransferTask(
  { transferWorkflowSid }: Pick<TransferTaskPorts, 'transferWorkflowSid'>,
  ledger: Ledger,
  transfer: TransferTaskFacts['transfer'] & Pick<Transfer, 'priority'>,
  original: TaskFacts,
): NewTask | undefined {
  const attributes = buildTransferTaskAttributes({
    conversation: ledger,
    transfer,
    original: original.attributes,
    originalQueueSid: original.queueSid,
    agentsInChat: agentsInChat(ledger),
  });
  return (
    attributes && {
      attributes,
      workflowSid: transferWorkflowSid,
      taskChannel: original.taskChannel,
      priority: transfer.priority ?? original.priority,
    }
  );
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
