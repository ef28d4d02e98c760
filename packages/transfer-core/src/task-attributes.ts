/**
 * Task attributes: which keys make a task a chat, which keys are ours, and which of them the transfer task gets. Flex
 * names the conversation `channelSid` on Programmable Chat and `conversationSid` on Flex Conversations. The keys that the
 * workflow reads are flat, because its expressions read no nested keys.
 */
import * as v from 'valibot';
import type { Backend, ConversationRef } from './conversation';
import type { Ledger } from './ledger';
import { isRecord } from './parse';
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

/** A task that is a chat, with the location of its conversation. */
export interface ChatTask extends ConversationRef {
  readonly backend: Backend;
  /** The transfer that created the task. */
  readonly transferId?: string;
}

const TransferIdSchema = v.object({ transferId: v.optional(v.string()) });

const ProgrammableChatSchema = v.object({
  channelSid: v.optional(ConversationSidSchema),
  /** `detachConversation` keeps the SID here, for reports. */
  transferredChannelSid: v.optional(ConversationSidSchema),
});

/** Flex writes all of these on every task of an interaction. */
const FlexConversationsSchema = v.object({
  conversationSid: ConversationSidSchema,
  flexInteractionSid: InteractionSidSchema,
  flexInteractionChannelSid: InteractionChannelSidSchema,
  channelType: v.optional(v.string()),
});

/** The transfer as the receiving agent sees it, before and after they accept. Stored under `chatTransfer`. */
interface TransferDetails {
  readonly mode: Transfer['mode'];
  /** The public name of the agent who transfers. */
  readonly from: string;
  readonly note?: string;
  /** The number of this transfer within the chat, from 1. */
  readonly hop: number;
  /** The original task. */
  readonly previousTaskSid: TaskSid;
  /** Set when the target did not take the chat: the reason, and the target as notices name it. */
  readonly returned?: { readonly reason: UntakenReason; readonly to: Transfer['to'] };
}

/** Parses a task's attributes, given as an object. Returns `undefined` if the task is not a chat that can be transferred. */
export function parseChatTask(attributes: unknown): ChatTask | undefined {
  const ref = isRecord(attributes) ? parseConversation(attributes) : undefined;
  const parsed = v.safeParse(TransferIdSchema, attributes);
  if (ref === undefined || !parsed.success) return undefined;
  const { transferId } = parsed.output;
  return { ...ref, ...(transferId === undefined ? {} : { transferId }) };
}

function parseConversation(attributes: Attributes): (ConversationRef & { backend: Backend }) | undefined {
  if (attributes.flexInteractionChannelSid !== undefined) {
    const parsed = v.safeParse(FlexConversationsSchema, attributes);
    if (!parsed.success) return undefined;
    const { conversationSid, flexInteractionSid, flexInteractionChannelSid, channelType } = parsed.output;
    // An e-mail thread continues after its agent has answered, so it is not a chat.
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

/** Keys about the original task only. The transfer task gets all others, including the account's own keys. */
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
  // Flex creates one invite per task of an interaction.
  'flexChannelInviteSid',
  // Written by Twilio's original feature about the original task.
  'chatTransferData',
  'transferQueueName',
  'ignoreWorkerContactUri',
]);

type Attributes = Readonly<Record<string, unknown>>;

export interface TransferTaskFacts {
  readonly conversation: Pick<Ledger, 'conversationSid' | 'backend'>;
  readonly transfer: Transfer;
  /** The attributes of the original task at TaskRouter. */
  readonly original: Attributes;
  /** The queue of the original task. */
  readonly originalQueueSid: string | undefined;
  readonly agentsInChat: readonly WorkerRef[];
}

/** Builds the attributes of the transfer task. */
export function buildTransferTaskAttributes({
  conversation: { conversationSid, backend },
  transfer,
  original,
  originalQueueSid,
  agentsInChat,
}: TransferTaskFacts): Attributes {
  const copied = Object.fromEntries(Object.entries(original).filter(([key]) => !KEYS_NOT_COPIED.has(key)));
  const previous = v.safeParse(HopSchema, original.chatTransfer);
  const details: TransferDetails = {
    mode: transfer.mode,
    from: transfer.from.publicName,
    ...(transfer.note === undefined ? {} : { note: transfer.note }),
    hop: previous.success ? previous.output.hop + 1 : 1,
    previousTaskSid: transfer.originalTaskSid,
  };
  return {
    ...copied,
    // A completed original task does not have this key. On Flex Conversations, Flex names the conversation itself.
    ...(backend === 'programmable-chat' ? { channelSid: conversationSid } : {}),
    transferId: transfer.id,
    transferTargetType: transfer.target.kind,
    transferTargetSid: targetSidOf(transfer.target),
    transferFromSid: transfer.from.sid,
    transferReturnQueueSid: returnQueueOf(original, originalQueueSid),
    transferDeclinedBy: [],
    // Includes the agent who transfers, even if they have left the chat.
    workerSidsInConversation: [...new Set([transfer.from, ...agentsInChat].map((worker) => worker.sid))],
    chatTransfer: details,
    conversations: buildInsightsAttributes(original.conversations, details),
  };
}

const HopSchema = v.object({ hop: v.pipe(v.number(), v.integer(), v.minValue(1)) });

/** A task for one worker is in the queue of all workers, so its chat returns to the queue of the task before it. */
function returnQueueOf(original: Attributes, queueSid: string | undefined): unknown {
  const wasForOneAgent = original.transferTargetType === 'worker';
  return (wasForOneAgent ? original.transferReturnQueueSid : undefined) ?? queueSid;
}

/**
 * Builds the keys that Flex Insights reads: all tasks of a chat are segments of one conversation, each with its number and
 * the segment before it. Keys that the account set stay, except for those that describe a segment.
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

/** Whether the key for the previous task is absent or holds the task of an earlier transfer. A value of the account stays. */
function mayWritePreviousTask(conversations: unknown): boolean {
  const current = isRecord(conversations) ? conversations.conversation_attribute_10 : undefined;
  return current === undefined || v.is(TaskSidSchema, current);
}

/** The `transferTargetType` of a returning task. The workflow "Chat Transfer" has rules for it. */
const RETURN = 'return';

/**
 * Builds the attributes with which the workflow routes the transfer task back to the agent or the queue it came from. They
 * contain the reason, which the agent who gets the task sees.
 *
 * @param withdrawn reservations that the functions reject. TaskRouter reports them as rejected by the worker.
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

/** Returns the reservations of a transfer task that the functions rejected, not the workers. */
export function parseWithdrawnReservations(attributes: unknown): readonly string[] {
  const parsed = v.safeParse(v.object({ transferWithdrawn: v.array(v.string()) }), attributes);
  return parsed.success ? parsed.output.transferWithdrawn : [];
}

/** Whether the attributes of a transfer task come from `buildRedirectAttributes`. */
export function isRedirected({ transferTargetType }: Attributes): boolean {
  return transferTargetType === RETURN;
}

/**
 * Returns the task to which Twilio's original feature transferred the chat of this task. That feature writes it into the
 * task that it transfers.
 */
export function parseSuccessor(attributes: unknown): TaskSid | undefined {
  const parsed = v.safeParse(SuccessorSchema, attributes);
  return parsed.success ? parsed.output.chatTransferData.transferTaskSid : undefined;
}

const SuccessorSchema = v.object({ chatTransferData: v.object({ transferTaskSid: TaskSidSchema }) });

/**
 * Builds the attributes of a task that is completed while its chat goes on. Flex's channel janitor closes the chat that a
 * completed task names, so the SID moves to a key that Flex does not read.
 */
export function detachConversation(attributes: Attributes): Attributes {
  const { channelSid, ...rest } = attributes;
  return channelSid === undefined ? rest : { ...rest, transferredChannelSid: channelSid };
}

/** The `EvaluateTaskAttributes` expression that finds every task that names this conversation. */
export function conversationTasksExpression(conversationSid: ConversationSid, backend: Backend): string {
  return `${backend === 'conversations' ? 'conversationSid' : 'channelSid'} == "${conversationSid}"`;
}

/** The `EvaluateTaskAttributes` expression that finds the task of a transfer. */
export function transferTaskExpression(transferId: string): string {
  return `transferId == "${transferId}"`;
}
