/**
 * Which tasks of Flex are ours: chats, on Programmable Chat and on Flex Conversations. Everything else is left to Flex,
 * untouched.
 *
 * A task is a chat by its attributes alone, here as in the functions; nothing here asks who transferred it.
 */
import {
  type Backend,
  type ConversationSid,
  parseChatTask,
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

/** The chat behind a task of ours; `undefined` for every other task (voice, e-mail, malformed). */
export function readChatTask(task: FlexTask | undefined): ChatTask | undefined {
  const taskSid = parseTaskSid(task?.taskSid);
  const chat = parseChatTask(task?.attributes);
  return taskSid === undefined || chat === undefined
    ? undefined
    : { taskSid, conversationSid: chat.conversationSid };
}

/** Where the chat of a task of ours lives; `undefined` for every other task. */
export function readBackend(task: FlexTask | undefined): Backend | undefined {
  return parseChatTask(task?.attributes)?.backend;
}

export function isChatTask(task: FlexTask | undefined): boolean {
  return readChatTask(task) !== undefined;
}

/** An agent is in the chat: before accepting and after leaving there is nothing to transfer. */
export function isAcceptedChatTask(task: FlexTask | undefined): boolean {
  return task?.status === 'accepted' && isChatTask(task);
}

/** Flex's way to name a chat without naming a task: by the channel of its interaction, or by its conversation. */
interface ChatName {
  readonly channelSid?: string | undefined;
  readonly conversationSid?: string | undefined;
}

/**
 * The agent's task of a chat. Whoever the chat has come back to may still be wrapping up an earlier task of it: the one
 * they are in the chat with counts.
 */
export function findChatTask<Task extends FlexTask>(
  tasks: readonly Task[],
  { channelSid, conversationSid }: ChatName,
): Task | undefined {
  const ofChat = tasks.filter((task) => {
    const chat = parseChatTask(task.attributes);
    if (chat === undefined) return false;
    return channelSid === undefined
      ? chat.conversationSid === conversationSid
      : chat.interaction?.channelSid === channelSid;
  });
  return ofChat.find(({ status }) => status === 'accepted') ?? ofChat[0];
}

/**
 * The agent's earlier tasks of a chat of Flex Conversations that rings: those that they are still wrapping up. On
 * Programmable Chat, tasks do not stand in each other's way.
 */
export function findEarlierTasks<Task extends FlexTask>(
  tasks: readonly Task[],
  ringing: Task | undefined,
): readonly Task[] {
  const chat = readChatTask(ringing);
  if (chat === undefined || ringing?.status !== 'pending' || readBackend(ringing) !== 'conversations')
    return [];
  return tasks.filter(
    (task) => task.status === 'wrapping' && readChatTask(task)?.conversationSid === chat.conversationSid,
  );
}
