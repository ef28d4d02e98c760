/**
 * The attributes of TaskRouter tasks: which keys make a task a chat of ours, which keys we own, and what travels to
 * the task of a transfer. The only file that knows these keys; Flex's name for the conversation is `channelSid` on
 * Programmable Chat and `conversationSid` on Flex Conversations.
 *
 * The keys we own are flat, because TaskRouter's workflow expressions read them.
 */
import * as v from 'valibot';
import type { Backend, ConversationRef } from './conversation';
import type { Ledger } from './ledger';
import {
  type ConversationSid,
  ConversationSidSchema,
  InteractionChannelSidSchema,
  InteractionSidSchema,
  type TaskSid,
  TaskSidSchema,
} from './sids';
import { targetSidOf } from './target';
import type { Transfer, UntakenReason, WorkerRef } from './transfer';

/** A task that is a chat, and where its conversation lives. */
export interface ChatTask extends ConversationRef {
  readonly backend: Backend;
  /** The transfer this task was made for. */
  readonly transferId?: string;
}

const TransferIdSchema = v.object({ transferId: v.optional(v.string()) });

const ProgrammableChatSchema = v.object({
  channelSid: v.optional(ConversationSidSchema),
  /** Where `detachConversation` keeps the SID for reports. */
  transferredChannelSid: v.optional(ConversationSidSchema),
});

/** Flex writes all of these on every task of an interaction. */
const FlexConversationsSchema = v.object({
  conversationSid: ConversationSidSchema,
  flexInteractionSid: InteractionSidSchema,
  flexInteractionChannelSid: InteractionChannelSidSchema,
  channelType: v.optional(v.string()),
});

/** What the receiving agent is shown of a transfer, before and after accepting it. */
export interface TransferDetails {
  readonly mode: Transfer['mode'];
  /** Public name of the agent who transfers. */
  readonly from: string;
  readonly note?: string;
  /** Which transfer of this chat it is: 1 is the first. */
  readonly hop: number;
  /** The task that was left. */
  readonly previousTaskSid: TaskSid;
  /** Nobody took the transfer, so the chat is on its way back: why, and by public name who did not take it. */
  readonly returned?: { readonly reason: UntakenReason; readonly to: Transfer['to'] };
}

/** Reads a task's attributes (parsed); `undefined` when the task is not a chat that this product transfers. */
export function parseChatTask(attributes: unknown): ChatTask | undefined {
  const ref = isRecord(attributes) ? parseConversation(attributes) : undefined;
  const ours = v.safeParse(TransferIdSchema, attributes);
  if (ref === undefined || !ours.success) return undefined;
  const { transferId } = ours.output;
  return { ...ref, ...(transferId === undefined ? {} : { transferId }) };
}

function parseConversation(attributes: Attributes): (ConversationRef & { backend: Backend }) | undefined {
  if (attributes.flexInteractionChannelSid !== undefined) {
    const parsed = v.safeParse(FlexConversationsSchema, attributes);
    if (!parsed.success) return undefined;
    const { conversationSid, flexInteractionSid, flexInteractionChannelSid, channelType } = parsed.output;
    // A thread of e-mails goes on after its agent has answered one, and is no chat.
    if (channelType === 'email') return undefined;
    return {
      backend: 'conversations',
      conversationSid,
      interaction: { interactionSid: flexInteractionSid, channelSid: flexInteractionChannelSid },
      ...(channelType === undefined ? {} : { channelType }),
    };
  }
  const parsed = v.safeParse(ProgrammableChatSchema, attributes);
  const conversationSid = parsed.success
    ? (parsed.output.channelSid ?? parsed.output.transferredChannelSid)
    : undefined;
  return conversationSid === undefined ? undefined : { backend: 'programmable-chat', conversationSid };
}

/** Keys that describe the task left behind; everything else, the account's own keys too, travels on. */
const KEYS_NOT_COPIED = new Set([
  'chatTransfer',
  'transferId',
  'transferTargetType',
  'transferTargetSid',
  'transferFromSid',
  'transferReturnQueueSid',
  'transferDeclinedBy',
  'transferWithdrawn',
  'workerSidsInConversation',
  'transferredChannelSid',
  // Flex gives every task of an interaction an invite of its own.
  'flexChannelInviteSid',
  // The original feature's records of the old task.
  'chatTransferData',
  'transferQueueName',
  'ignoreWorkerContactUri',
]);

type Attributes = Readonly<Record<string, unknown>>;

export interface TransferTaskFacts {
  readonly conversation: Pick<Ledger, 'conversationSid' | 'backend'>;
  readonly transfer: Transfer;
  /** Attributes of the original task, as TaskRouter has them. */
  readonly original: Attributes;
  /** The queue the original task came from. */
  readonly originalQueueSid: string | undefined;
  readonly agentsInChat: readonly WorkerRef[];
}

/** Attributes of the task that offers the chat to the target. */
export function buildTransferTaskAttributes({
  conversation: { conversationSid, backend },
  transfer,
  original,
  originalQueueSid,
  agentsInChat,
}: TransferTaskFacts): Attributes {
  const copied = Object.fromEntries(Object.entries(original).filter(([key]) => !KEYS_NOT_COPIED.has(key)));
  const before = v.safeParse(HopSchema, original.chatTransfer);
  const details: TransferDetails = {
    mode: transfer.mode,
    from: transfer.from.publicName,
    ...(transfer.note === undefined ? {} : { note: transfer.note }),
    hop: before.success ? before.output.hop + 1 : 1,
    previousTaskSid: transfer.originalTaskSid,
  };
  return {
    ...copied,
    // The original task may have been completed meanwhile, and does not name it any more. An invite's task is told by Flex.
    ...(backend === 'programmable-chat' ? { channelSid: conversationSid } : {}),
    transferId: transfer.id,
    transferTargetType: transfer.target.kind,
    transferTargetSid: targetSidOf(transfer.target),
    transferFromSid: transfer.from.sid,
    transferReturnQueueSid: returnQueueOf(original, originalQueueSid),
    transferDeclinedBy: [],
    // The agent who transfers has had the chat, also when they have been let go already.
    workerSidsInConversation: [...new Set([transfer.from, ...agentsInChat].map((worker) => worker.sid))],
    chatTransfer: details,
    conversations: buildInsightsAttributes(original.conversations, details),
  };
}

const HopSchema = v.object({ hop: v.pipe(v.number(), v.integer(), v.minValue(1)) });

/** A chat that went to one agent was in the queue that everybody is in: it goes back to the queue of before. */
function returnQueueOf(original: Attributes, queueSid: string | undefined): unknown {
  const wasForOneAgent = original.transferTargetType === 'worker';
  return (wasForOneAgent ? original.transferReturnQueueSid : undefined) ?? queueSid;
}

/**
 * Flex Insights reads these keys of a task: one conversation, whose segments are counted and say what came before.
 * Keys the account set itself are kept, but for those that describe a segment.
 * https://www.twilio.com/docs/flex/developer/insights/enhance-integration
 */
function buildInsightsAttributes(
  original: unknown,
  { mode, hop, previousTaskSid }: TransferDetails,
): Attributes {
  return {
    conversation_id: previousTaskSid,
    ...(isRecord(original) ? original : {}),
    ...(mayWritePreviousTask(original) ? { conversation_attribute_10: previousTaskSid } : {}),
    preceded_by: mode === 'warm' ? 'Warm Transfer' : 'Cold Transfer',
    order: hop + 1,
  };
}

/** Whether the key for the previous task is ours to write: absent, or a task of an earlier transfer. */
function mayWritePreviousTask(conversations: unknown): boolean {
  const held = isRecord(conversations) ? conversations.conversation_attribute_10 : undefined;
  return held === undefined || v.is(TaskSidSchema, held);
}

/** What the workflow "Chat Transfer" knows a returning task by. */
const RETURN = 'return';

/**
 * The attributes with which the transfer task goes back to the agent and the queue it came from. The workflow reads
 * them; the agent who gets it is told why.
 *
 * @param withdrawn reservations that we take back ourselves: TaskRouter will report them as declined
 */
export function buildRedirectAttributes(
  attributes: Attributes,
  { untakenReason, to, declinedBy = [] }: Transfer,
  withdrawn: readonly string[] = [],
): Attributes {
  const details = isRecord(attributes.chatTransfer) ? attributes.chatTransfer : {};
  return {
    ...attributes,
    transferTargetType: RETURN,
    transferDeclinedBy: declinedBy,
    transferWithdrawn: [...new Set([...parseWithdrawnReservations(attributes), ...withdrawn])],
    chatTransfer: {
      ...details,
      ...(untakenReason === undefined ? {} : { returned: { reason: untakenReason, to } }),
    },
  };
}

/** The reservations of a transfer task that were taken back by us, and not declined by anybody. */
export function parseWithdrawnReservations(attributes: unknown): readonly string[] {
  const parsed = v.safeParse(v.object({ transferWithdrawn: v.array(v.string()) }), attributes);
  return parsed.success ? parsed.output.transferWithdrawn : [];
}

/** Whether a transfer task is on its way back already. */
export function isRedirected({ transferTargetType }: Attributes): boolean {
  return transferTargetType === RETURN;
}

/**
 * The attributes to complete a task with while its chat goes on. Flex closes the chat of a completed task that still
 * names it (the channel janitor), so the SID moves to a key that Flex does not read.
 */
export function detachConversation(attributes: Attributes): Attributes {
  const { channelSid, ...rest } = attributes;
  return channelSid === undefined ? rest : { ...rest, transferredChannelSid: channelSid };
}

/** The expression that finds every task that still names a conversation. */
export function conversationTasksExpression(conversationSid: ConversationSid, backend: Backend): string {
  return `${backend === 'conversations' ? 'conversationSid' : 'channelSid'} == "${conversationSid}"`;
}

/** The expression that finds a transfer's task again among all tasks. */
export function transferTaskExpression(transferId: string): string {
  return `transferId == "${transferId}"`;
}

/**
 * What Studio flows and code written against the original feature read on the conversation: every task, and
 * whether it is over.
 */
export function listAssociatedTasks(ledger: Ledger): Record<TaskSid, 'inflight' | 'completed'> {
  const entries = Object.entries(ledger.tasks) as Array<[TaskSid, Ledger['tasks'][TaskSid]]>;
  return Object.fromEntries(
    entries.map(([sid, task]) => [sid, task?.state === 'closed' ? 'completed' : 'inflight']),
  );
}

/**
 * The conversation's attributes as the ledger wants them; every other key stays as it is. Tasks that the ledger does
 * not know are over: it forgets only closed ones, and takes over what the original feature left open.
 */
export function conversationAttributes(current: Attributes, ledger: Ledger): Attributes {
  const earlier = isRecord(current.associatedTasks) ? Object.keys(current.associatedTasks) : [];
  return {
    ...current,
    status: ledger.ended === undefined ? 'ACTIVE' : 'INACTIVE',
    associatedTasks: {
      ...Object.fromEntries(earlier.map((taskSid) => [taskSid, 'completed'])),
      ...listAssociatedTasks(ledger),
    },
  };
}

function isRecord(value: unknown): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
