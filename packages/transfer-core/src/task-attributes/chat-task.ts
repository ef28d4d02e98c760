/**
 * Which tasks are chats, and where their conversations are. Flex names the conversation `channelSid` on Programmable Chat and
 * `conversationSid` on Flex Conversations.
 */
import * as v from 'valibot';
import type { Backend, ConversationRef, Interaction } from '../conversation';
import { isRecord } from '../parse';
import {
  type ConversationSid,
  InteractionChannelSidSchema,
  InteractionSidSchema,
  parseConversationSid,
  type TaskSid,
  TaskSidSchema,
} from '../sids';
import {
  type Attributes,
  DETACHED_KEY,
  EARLIER_DETACHED_KEY,
  EARLIER_KEYS,
  KEYS,
  ORIGINAL_FEATURE_KEY,
  readKey,
  SHORT_DETACHED_KEY,
  textOf,
} from './keys';

/** A task that is a chat, with the location of its conversation. */
export interface ChatTask extends ConversationRef {
  readonly backend: Backend;
  /** The transfer that created the task. */
  readonly transferId?: string;
}

/** Flex writes both on every task of an interaction. */
const InteractionKeysSchema = v.object({
  flexInteractionSid: InteractionSidSchema,
  flexInteractionChannelSid: InteractionChannelSidSchema,
});

/** Task channels of Flex whose tasks are no chats, even if they have the attributes of one: a callback copies them. */
const OTHER_TASK_CHANNELS = new Set(['voice', 'video', 'email', 'callback', 'voicemail']);

/**
 * Parses a task's attributes, given as an object. Returns `undefined` if the task is not a chat that can be transferred.
 *
 * @param taskChannel the unique name of the task's channel, if it is known
 */
export function parseChatTask(attributes: unknown, taskChannel?: string): ChatTask | undefined {
  if (!isRecord(attributes) || OTHER_TASK_CHANNELS.has(taskChannel?.toLowerCase() ?? '')) return undefined;
  const location = parseLocation(attributes);
  // An e-mail thread continues after its agent has answered, so it is not a chat.
  const channelType = textOf(attributes.channelType);
  if (location === undefined || channelType?.toLowerCase() === 'email') return undefined;
  const transferId = textOf(readKey(attributes, 'id'));
  return {
    ...location,
    ...(channelType === undefined ? {} : { channelType }),
    ...(transferId === undefined ? {} : { transferId }),
  };
}

interface Location {
  readonly backend: Backend;
  readonly conversationSid: ConversationSid;
  readonly interaction?: Interaction;
}

function parseLocation(attributes: Attributes): Location | undefined {
  if (textOf(attributes.flexInteractionChannelSid) !== undefined) {
    const conversationSid = parseConversationSid(attributes.conversationSid);
    const parsed = v.safeParse(InteractionKeysSchema, attributes);
    if (conversationSid === undefined || !parsed.success) return undefined;
    const { flexInteractionSid: interactionSid, flexInteractionChannelSid: channelSid } = parsed.output;
    return { backend: 'conversations', conversationSid, interaction: { interactionSid, channelSid } };
  }
  const conversationSid = ['channelSid', DETACHED_KEY, EARLIER_DETACHED_KEY, SHORT_DETACHED_KEY]
    .map((key) => parseConversationSid(attributes[key]))
    .find((sid) => sid !== undefined);
  return conversationSid === undefined ? undefined : { backend: 'programmable-chat', conversationSid };
}

/**
 * Returns the task to which Twilio's original feature transferred the chat of this task. That feature writes it into the
 * task that it transfers.
 */
export function parseSuccessor(attributes: unknown): TaskSid | undefined {
  const parsed = v.safeParse(SuccessorSchema, attributes);
  return parsed.success ? parsed.output[ORIGINAL_FEATURE_KEY].transferTaskSid : undefined;
}

const SuccessorSchema = v.object({ [ORIGINAL_FEATURE_KEY]: v.object({ transferTaskSid: TaskSidSchema }) });

/** The `EvaluateTaskAttributes` expression that finds every task that names this conversation. */
export function conversationTasksExpression(conversationSid: ConversationSid, backend: Backend): string {
  return `${backend === 'conversations' ? 'conversationSid' : 'channelSid'} == "${conversationSid}"`;
}

/** The `EvaluateTaskAttributes` expression that finds the task of a transfer, also one of an earlier version. */
export function transferTaskExpression(transferId: string): string {
  return [KEYS.id, EARLIER_KEYS.id].map((key) => `${key} == "${transferId}"`).join(' OR ');
}
