/**
 * The attributes of TaskRouter tasks: which keys make a task a chat of ours, which keys we own, and what travels to
 * the task of a transfer. The only file that knows these keys; `channelSid` is Flex's name for the conversation.
 *
 * The keys we own are flat, because TaskRouter's workflow expressions read them.
 */
import * as v from 'valibot';
import type { Ledger } from './ledger';
import { type ConversationSid, ConversationSidSchema, type TaskSid } from './sids';
import { targetSidOf } from './target';
import type { Transfer, WorkerRef } from './transfer';

/** A task that is a chat on Programmable Chat. */
export interface ChatTask {
  readonly backend: Ledger['backend'];
  readonly conversationSid: ConversationSid;
  /** The transfer this task was made for. */
  readonly transferId?: string;
}

const ChatTaskSchema = v.object({
  channelSid: v.optional(ConversationSidSchema),
  /** Where `stripConversation` keeps the SID for reports. */
  transferredChannelSid: v.optional(ConversationSidSchema),
  transferId: v.optional(v.string()),
  /** Present on Flex Conversations tasks, which Flex ends by other means. */
  flexInteractionChannelSid: v.optional(v.unknown()),
});

/** What travels to the transfer task and what the receiving agent is shown of it. */
export interface TransferDetails {
  readonly mode: Transfer['mode'];
  /** Public name of the agent who transfers. */
  readonly from: string;
  readonly note?: string;
}

/** Reads a task's attributes (parsed); `undefined` when the task is not a chat that this product transfers. */
export function parseChatTask(attributes: unknown): ChatTask | undefined {
  const parsed = v.safeParse(ChatTaskSchema, attributes);
  if (!parsed.success || parsed.output.flexInteractionChannelSid !== undefined) return undefined;
  const { channelSid, transferredChannelSid, transferId } = parsed.output;
  const conversationSid = channelSid ?? transferredChannelSid;
  if (conversationSid === undefined) return undefined;
  return {
    backend: 'programmable-chat',
    conversationSid,
    ...(transferId === undefined ? {} : { transferId }),
  };
}

/** Keys that describe the task left behind; everything else, the account's own keys too, travels on. */
const STAYS_BEHIND = new Set([
  'chatTransfer',
  'transferId',
  'transferTargetType',
  'transferTargetSid',
  'workerSidsInConversation',
  'transferredChannelSid',
  // The original feature's records of the old task.
  'chatTransferData',
  'transferQueueName',
  'ignoreWorkerContactUri',
]);

type Attributes = Readonly<Record<string, unknown>>;

export interface TransferTaskFacts {
  readonly transfer: Transfer;
  /** Of the original task, as TaskRouter has them. */
  readonly original: Attributes;
  readonly agentsInChat: readonly WorkerRef[];
}

/**
 * Attributes of the task that offers the chat to the target. `conversations.conversation_id` links both tasks in
 * Flex Insights: https://www.twilio.com/docs/flex/developer/insights/enhance-integration
 */
export function buildTransferTaskAttributes({
  transfer,
  original,
  agentsInChat,
}: TransferTaskFacts): Attributes {
  const travelling = Object.fromEntries(Object.entries(original).filter(([key]) => !STAYS_BEHIND.has(key)));
  const details: TransferDetails = {
    mode: transfer.mode,
    from: transfer.from.publicName,
    ...(transfer.note === undefined ? {} : { note: transfer.note }),
  };
  const links = isRecord(original.conversations) ? original.conversations : {};
  return {
    ...travelling,
    transferId: transfer.id,
    transferTargetType: transfer.target.kind,
    transferTargetSid: targetSidOf(transfer.target),
    // The agent who transfers has had the chat, also when they have been let go already.
    workerSidsInConversation: [...new Set([transfer.from, ...agentsInChat].map((worker) => worker.sid))],
    chatTransfer: details,
    conversations: { conversation_id: transfer.originalTaskSid, ...links },
  };
}

/**
 * The attributes to complete a task with while its chat goes on. Flex closes the chat of a completed task that still
 * names it (the channel janitor), so the SID moves to a key that Flex does not read.
 */
export function stripConversation(attributes: Attributes): Attributes {
  const { channelSid, ...rest } = attributes;
  return channelSid === undefined ? rest : { ...rest, transferredChannelSid: channelSid };
}

/** The expression that finds a transfer's task again among all tasks. */
export function transferTaskExpression(transferId: string): string {
  return `transferId == "${transferId}"`;
}

/**
 * What Studio flows and code written against the original feature read on the conversation: every task, and
 * whether it is over.
 */
export function associatedTasks(ledger: Ledger): Record<TaskSid, 'inflight' | 'completed'> {
  const entries = Object.entries(ledger.tasks) as Array<[TaskSid, Ledger['tasks'][TaskSid]]>;
  return Object.fromEntries(
    entries.map(([sid, task]) => [sid, task?.state === 'closed' ? 'completed' : 'inflight']),
  );
}

/** The conversation's attributes as the ledger wants them; every other key stays as it is. */
export function conversationAttributes(current: Attributes, ledger: Ledger): Attributes {
  return {
    ...current,
    status: ledger.ended === undefined ? 'ACTIVE' : 'INACTIVE',
    associatedTasks: associatedTasks(ledger),
  };
}

function isRecord(value: unknown): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
