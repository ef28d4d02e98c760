/**
 * Notices in Flex: shows them in the message list, finds them for other files, and marks them as read.
 *
 * Only `parseNotice` decides whether a message is a notice. A forged notice stays an ordinary message.
 */
import {
  areAgentNoticesFull,
  isTexting,
  languageOf,
  type Notice,
  parseNotice,
  type TextNotice,
} from '@chat-transfer/transfer-core';
import {
  ConversationHelper,
  type ConversationState,
  type ITask,
  type Manager,
  MessageListItem,
  StateHelper,
  TaskHelper,
  useFlexSelector,
} from '@twilio/flex-ui';
import type { ReactElement } from 'react';
import { listAgentOnlyNotices, mergeNotices } from '../agent-only-notices';
import { isChatTask, parseTask } from '../chat-task';
import { NoticeRow } from '../components/NoticeRow';
import { mayMarkAsRead } from '../mark-as-read';
import { isSameNotice, type PostedNotice, withoutRepeats } from '../repeated-notices';
import { findConversation } from './store';

interface SlotProps {
  readonly message?: ConversationState.MessageState;
}

function readNotice(message: ConversationState.MessageState | undefined): Notice | TextNotice | undefined {
  const source = message?.source;
  if (!source) return undefined;
  return parseNotice({ author: source.author, body: source.body, attributes: readMessageAttributes(source) });
}

type Conversation = ConversationState.ConversationState;

/** Flex replaces the list of loaded messages when one is added, loaded or removed. */
const postedNotices = new WeakMap<readonly ConversationState.MessageState[], readonly PostedNotice[]>();

/** The loaded messages that are notices, oldest first, without those that repeat another one. */
function readPosted(conversation: Conversation | undefined): readonly PostedNotice[] {
  const messages = conversation?.messages;
  if (messages === undefined) return [];
  const known = postedNotices.get(messages);
  if (known !== undefined) return known;
  const posted = withoutRepeats(
    messages.flatMap((message) => {
      const notice = readNotice(message);
      return notice === undefined ? [] : [{ index: message.index, notice }];
    }),
  );
  postedNotices.set(messages, posted);
  return posted;
}

/** Whether an earlier loaded message of the conversation carries the same notice as the message at `index`. */
export function isRepeat(
  conversation: Conversation | undefined,
  index: number,
  notice: Notice | TextNotice,
): boolean {
  return readPosted(conversation).some(
    (posted) => posted.index < index && isSameNotice(posted.notice, notice),
  );
}

/** All loaded notices, oldest first, including those that only agents see. */
export function readNotices(conversation: Conversation | undefined): readonly (Notice | TextNotice)[] {
  return mergeNotices(readPostedNotices(conversation), readTrustedAttributes(conversation));
}

/** Whether the page has every notice of the conversation. */
export function hasAllNotices(conversation: Conversation | undefined): boolean {
  return conversation?.messages[0]?.index === 0 && !areAgentNoticesFull(readTrustedAttributes(conversation));
}

/** The notices that only agents see, because the customer would receive them as texts. Oldest first. */
export function readAgentOnlyNotices(conversation: Conversation | undefined): readonly Notice[] {
  return listAgentOnlyNotices(readPostedNotices(conversation), readTrustedAttributes(conversation));
}

/**
 * The conversation's attributes, if they can be trusted to hold notices. A customer in a webchat may be able to change
 * them; a texting customer has no client that could.
 */
function readTrustedAttributes(conversation: Conversation | undefined): unknown {
  const source = conversation?.source;
  if (!source) return undefined;
  const participants = [...conversation.participants.values()];
  // On Programmable Chat, a texting customer is a member like any other. Only the task tells.
  const isTextingCustomer =
    participants.some(
      (participant) => participant.source !== undefined && participant.source.type !== 'chat',
    ) || isTexting(parseTask(TaskHelper.getTaskFromConversationSid(source.sid)) ?? {});
  return isTextingCustomer ? source.attributes : undefined;
}

function readPostedNotices(conversation: Conversation | undefined): readonly (Notice | TextNotice)[] {
  return readPosted(conversation).map(({ notice }) => notice);
}

/** Returns `undefined` for a message that is being sent. */
function readMessageAttributes(source: object): unknown {
  return 'attributes' in source ? source.attributes : undefined;
}

function MessageNotice({ message }: SlotProps): ReactElement | null {
  const notice = readNotice(message);
  const sid = message?.source.conversation.sid ?? '';
  const index = message?.index ?? 0;
  const isHidden = useFlexSelector(
    (state) => notice === undefined || isRepeat(findConversation(state, sid), index, notice),
  );
  return notice === undefined || isHidden ? null : (
    <NoticeRow notice={notice} language={languageOf(navigator.language)} />
  );
}

export function showNoticesInChat(): void {
  MessageListItem.Content.replace(<MessageNotice key="chat-transfer-notice" />, {
    if: ({ message }: SlotProps) => readNotice(message) !== undefined,
  });
}

/** Whether the last message of the task's chat is a notice, and no participant is typing. */
export function endsWithNotice(task: ITask): boolean {
  if (!isChatTask(task) || !TaskHelper.isTaskAccepted(task)) return false;
  const conversation = StateHelper.getConversationStateForTask(task);
  if (!conversation || conversation.typers.length > 0) return false;
  return readNotice(new ConversationHelper(conversation).lastMessage) !== undefined;
}

export function countUnreadNotices(task: ITask | undefined): number {
  if (!task || !isChatTask(task)) return 0;
  const unread = StateHelper.getConversationStateForTask(task)?.unreadMessages ?? [];
  return unread.filter((message) => readNotice(message) !== undefined).length;
}

/**
 * Marks a new notice as read, unless a message from a person before it is unread. Flex shows a "New" line above a notice
 * that stays unread.
 */
export function markNoticesAsRead(manager: Manager): void {
  // Undefined if Flex runs without chat.
  manager.conversationsClient?.on('messageAdded', (message) => {
    const { conversation, author, body, attributes, index } = message;
    if (parseNotice({ author, body, attributes }) === undefined || conversation.status !== 'joined') return;

    const loaded = findConversation(manager.store.getState(), conversation.sid)?.messages ?? [];
    const messages = loaded.map((each) => ({ index: each.index, isNotice: readNotice(each) !== undefined }));
    if (!mayMarkAsRead(index, conversation.lastReadMessageIndex, messages)) return;

    conversation.advanceLastReadMessageIndex(index).catch((cause: unknown) => {
      // Harmless: Flex shows its "New" line. This happens when the agent has just been released.
      console.debug('Failed to mark a chat notice as read: the agent may have left the chat.', cause);
    });
  });
}
