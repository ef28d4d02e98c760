/**
 * Which tasks of Flex are ours: chats on Programmable Chat. Everything else is left to Flex, untouched.
 *
 * Flex sees such a chat in the task's attributes, and nowhere else; nothing here asks who transferred it.
 */
import {
  type ConversationSid,
  parseConversationSid,
  parseTaskSid,
  type TaskSid,
} from '@chat-transfer/transfer-core';

/** A task as Flex holds it, as far as the plugin looks at it. Slots and listeners may be given none. */
export interface FlexTask {
  readonly taskSid: string;
  /** Of the reservation: `pending`, `accepted`, `wrapping`, `completed` or `canceled`. */
  readonly status: string;
  /** Whatever Studio, Flex and other plugins wrote. */
  readonly attributes?: unknown;
}

/** What the functions want to know of a chat task. */
export interface ChatTask {
  readonly taskSid: TaskSid;
  readonly conversationSid: ConversationSid;
}

/** The chat behind a task of ours; `undefined` for every other task (voice, Flex Conversations, malformed). */
export function readChatTask(task: FlexTask | undefined): ChatTask | undefined {
  const attributes = task?.attributes;
  if (typeof attributes !== 'object' || attributes === null) return undefined;
  // Flex's own mark of a Flex Conversations task; those have participants and invites of their own.
  if ('flexInteractionChannelSid' in attributes && attributes.flexInteractionChannelSid) return undefined;

  const taskSid = parseTaskSid(task?.taskSid);
  const conversationSid = sidIn(attributes, 'conversationSid') ?? sidIn(attributes, 'channelSid');
  return taskSid === undefined || conversationSid === undefined ? undefined : { taskSid, conversationSid };
}

export function isOurTask(task: FlexTask | undefined): boolean {
  return readChatTask(task) !== undefined;
}

/** An agent is in the chat: before accepting and after leaving there is nothing to transfer. */
export function isOurAcceptedTask(task: FlexTask | undefined): boolean {
  return task?.status === 'accepted' && isOurTask(task);
}

function sidIn(attributes: object, key: string): ConversationSid | undefined {
  const value: unknown = Reflect.get(attributes, key);
  return parseConversationSid(typeof value === 'string' ? value.trim() : value);
}
