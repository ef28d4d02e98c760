/**
 * Recognises the tasks that this plugin handles: chats, on Programmable Chat and on Flex Conversations. All other tasks
 * keep Flex's own behaviour.
 *
 * Only a task's attributes and its task channel decide whether it is a chat, as in the functions. A transfer does not change the result.
 */
import {
  type Backend,
  type ConversationSid,
  parseChatTask,
  parseTaskSid,
  type TaskSid,
} from '@chat-transfer/transfer-core';

/** The part of Flex's task that the plugin reads. Flex may call components and listeners without a task. */
export interface FlexTask {
  readonly taskSid: string;
  /** The reservation's status: `pending`, `accepted`, `wrapping`, `completed` or `canceled`. */
  readonly status: string;
  /** `chat`, `voice`… A callback on `voice` may have the attributes of the chat that it was made from. */
  readonly taskChannelUniqueName?: string;
  /** Written by Studio, Flex and other plugins too. */
  readonly attributes?: unknown;
}

/** What a request to the functions says about a chat task. */
export interface ChatTask {
  readonly taskSid: TaskSid;
  readonly conversationSid: ConversationSid;
}

/** Returns where the chat of a task is; `undefined` for a task that is not a chat. */
export const parseTask = (task: FlexTask | undefined) =>
  parseChatTask(task?.attributes, task?.taskChannelUniqueName);

/** Returns `undefined` for a task that is not a chat (voice, e-mail) or is malformed. */
export function readChatTask(task: FlexTask | undefined): ChatTask | undefined {
  const taskSid = parseTaskSid(task?.taskSid);
  const chat = parseTask(task);
  return taskSid === undefined || chat === undefined
    ? undefined
    : { taskSid, conversationSid: chat.conversationSid };
}

/** Which backend holds the chat of a task. Returns `undefined` for a task that is not a chat. */
export function readBackend(task: FlexTask | undefined): Backend | undefined {
  return parseTask(task)?.backend;
}

export function isChatTask(task: FlexTask | undefined): boolean {
  return readChatTask(task) !== undefined;
}

/** Whether the agent of a chat task is in the chat. Only then can they transfer it. */
export function isAcceptedChatTask(task: FlexTask | undefined): boolean {
  return task?.status === 'accepted' && isChatTask(task);
}

/** How Flex identifies a chat without a task: by its interaction's channel, or by its conversation. */
interface ChatReference {
  readonly channelSid?: string | undefined;
  readonly conversationSid?: string | undefined;
}

/**
 * Finds the agent's task for a chat. After a chat has returned to an agent, they may have a second, earlier task of it in
 * wrap-up. The accepted task takes precedence.
 */
export function findChatTask<Task extends FlexTask>(
  tasks: readonly Task[],
  { channelSid, conversationSid }: ChatReference,
): Task | undefined {
  const candidates = tasks.filter((task) => {
    const chat = parseTask(task);
    if (chat === undefined) return false;
    return channelSid === undefined
      ? chat.conversationSid === conversationSid
      : chat.interaction?.channelSid === channelSid;
  });
  return candidates.find(({ status }) => status === 'accepted') ?? candidates[0];
}

/**
 * Finds the agent's other tasks, in wrap-up, of a chat on Flex Conversations that is offered to them again. Returns none
 * on Programmable Chat, where an agent can have several tasks of one chat.
 */
export function findEarlierTasks<Task extends FlexTask>(
  tasks: readonly Task[],
  offered: Task | undefined,
): readonly Task[] {
  const chat = readChatTask(offered);
  if (chat === undefined || offered?.status !== 'pending') return [];
  if (readBackend(offered) !== 'conversations') return [];
  return tasks.filter(
    (task) => task.status === 'wrapping' && readChatTask(task)?.conversationSid === chat.conversationSid,
  );
}
