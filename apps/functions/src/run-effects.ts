/**
 * Effects become calls. Everything here may run twice: a second try first looks whether the first one got through.
 * What fails stays in the outbox for the next event or retry.
 */
import {
  agentsInChat,
  buildTransferTaskAttributes,
  type ConversationEvent,
  conversationAttributes,
  type Effect,
  findTransfer,
  type Lane,
  type Ledger,
  laneOf,
  stripConversation,
  type TaskSid,
  type Transfer,
} from '@chat-transfer/transfer-core';
import type { ConversationBackend } from './backend/backend';
import { TwilioCallError } from './twilio/call';
import type { TaskFacts, TaskRouter } from './twilio/task-router';

export interface EffectPorts {
  readonly taskRouter: Pick<
    TaskRouter,
    'cancelTask' | 'completeTask' | 'createTask' | 'fetchTask' | 'findTransferTask' | 'wrapReservation'
  >;
  readonly backend: ConversationBackend;
  readonly transferWorkflowSid: string;
  readonly nowMs: () => number;
}

export type OutboxEntry = Ledger['outbox'][number];

export interface EffectsRun {
  /** Ids of the effects that are done. */
  readonly done: ReadonlySet<string>;
  /** Why the others are not: the first failure of each lane. */
  readonly failures: readonly unknown[];
}

/** What came of making a transfer task: the event to apply, and why when it was refused. */
export interface TransferTaskRun {
  readonly event?: ConversationEvent;
  readonly failure?: TwilioCallError;
}

/**
 * Makes the transfer task, or finds the one an earlier try made. No event when the transfer is over before its task
 * was made. Throws when it may work another time.
 *
 * @param original the task that is left, when the caller has just read it
 */
export async function createTransferTask(
  ports: EffectPorts,
  ledger: Ledger,
  { effect, tries }: OutboxEntry,
  original?: TaskFacts,
): Promise<TransferTaskRun> {
  if (effect.kind !== 'create-transfer-task') return {};
  const transfer = findTransfer(ledger, effect.transferId);
  if (transfer?.state !== 'requested') return {};

  const { id: transferId } = transfer;
  const made = tries > 1 ? await ports.taskRouter.findTransferTask(transferId) : undefined;
  try {
    const taskSid = made ?? (await makeTransferTask(ports, ledger, transfer, original));
    return { event: { type: 'transfer-offered', transferId, taskSid, at: ports.nowMs() } };
  } catch (error) {
    if (!(error instanceof TwilioCallError && error.isRefusal)) throw error;
    return { event: { type: 'transfer-refused', transferId, at: ports.nowMs() }, failure: error };
  }
}

async function makeTransferTask(
  { taskRouter, transferWorkflowSid }: EffectPorts,
  ledger: Ledger,
  transfer: Transfer,
  justRead: TaskFacts | undefined,
): Promise<TaskSid> {
  const { originalTaskSid } = transfer;
  const original = justRead?.sid === originalTaskSid ? justRead : await taskRouter.fetchTask(originalTaskSid);
  if (original === undefined)
    throw new TwilioCallError('find the task to transfer', 404, undefined, undefined);
  return taskRouter.createTask({
    attributes: buildTransferTaskAttributes({
      transfer,
      original: original.attributes,
      agentsInChat: agentsInChat(ledger),
    }),
    workflowSid: transferWorkflowSid,
    taskChannel: original.taskChannel,
  });
}

/** Runs everything but the making of transfer tasks: lanes side by side, each in order, each until its first failure. */
export async function runEffects(
  ports: EffectPorts,
  ledger: Ledger,
  entries: readonly OutboxEntry[],
): Promise<EffectsRun> {
  const done = new Set<string>();
  const failures: unknown[] = [];
  const lanes = new Map<Lane, OutboxEntry[]>();
  for (const entry of entries) {
    const lane = laneOf(entry.effect);
    if (lane !== 'task') lanes.set(lane, [...(lanes.get(lane) ?? []), entry]);
  }

  await Promise.all(
    [...lanes.values()].map(async (lane) => {
      for (const { effect, tries } of lane) {
        try {
          await runEffect(ports, ledger, effect, tries);
          done.add(effect.id);
        } catch (error) {
          failures.push(error);
          return;
        }
      }
    }),
  );
  return { done, failures };
}

async function runEffect(
  { taskRouter, backend }: EffectPorts,
  ledger: Ledger,
  effect: Effect,
  tries: number,
): Promise<void> {
  const { conversationSid } = ledger;
  switch (effect.kind) {
    case 'create-transfer-task':
      return;
    case 'post-notice':
      if (tries > 1 && (await backend.hasNotice(conversationSid, effect.notice))) return;
      return backend.postNotice(conversationSid, effect.notice);
    case 'wrap-reservation':
      return taskRouter.wrapReservation(effect.taskSid, effect.worker.sid);
    case 'remove-participant':
      // A late try must not throw out an agent who has come back on another task.
      if (agentsInChat(ledger).some(({ sid }) => sid === effect.worker.sid)) return;
      return backend.removeParticipant(conversationSid, effect.worker.identity);
    case 'complete-task':
      return taskRouter.completeTask(effect.taskSid, (attributes) =>
        effect.conversation === 'goes-on' ? stripConversation(attributes) : attributes,
      );
    case 'cancel-task':
      return taskRouter.cancelTask(effect.taskSid, 'The customer left the chat');
    case 'update-conversation':
      return backend.updateAttributes(conversationSid, (current) => conversationAttributes(current, ledger));
  }
}
