/**
 * Notices in Flex: in the message list, in the task list, and not as something unread.
 *
 * `parseNotice` says what a notice is; a message that only claims to be one stays an ordinary message.
 */
import { languageOf, type Notice, parseNotice, type TextNotice } from '@chat-transfer/transfer-core';
import {
  ConversationHelper,
  type ConversationState,
  type ITask,
  type Manager,
  MessageListItem,
  StateHelper,
  TaskHelper,
} from '@twilio/flex-ui';
import type { ReactElement } from 'react';
import { listAgentOnlyNotices, mergeNotices } from '../agent-only-notices';
import { isChatTask } from '../chat-task';
import { NoticeRow } from '../components/NoticeRow';
import { mayMarkAsRead } from '../mark-as-read';

interface SlotProps {
  readonly message?: ConversationState.MessageState;
}

function readNotice(message: ConversationState.MessageState | undefined): Notice | TextNotice | undefined {
  const source = message?.source;
  if (!source) return undefined;
  return parseNotice({ author: source.author, body: source.body, attributes: attributesOf(source) });
}

type Conversation = ConversationState.ConversationState;

/** Those that are loaded, oldest first, also those that only agents are told. */
export function readNotices(conversation: Conversation | undefined): readonly (Notice | TextNotice)[] {
  return mergeNotices(readTold(conversation), attributesForAgents(conversation));
}

/** Those that only agents are told, because the customer would get them as texts. */
export function readAgentOnlyNotices(conversation: Conversation | undefined): readonly Notice[] {
  return listAgentOnlyNotices(readTold(conversation), attributesForAgents(conversation));
}

/** A customer who chats may be let change these; one who texts has nothing to change them with. */
function attributesForAgents(conversation: Conversation | undefined): unknown {
  const participants = [...(conversation?.participants.values() ?? [])];
  const isTexting = participants.some(({ source }) => source !== undefined && source.type !== 'chat');
  return isTexting ? conversation?.source?.attributes : undefined;
}

function readTold(conversation: Conversation | undefined): readonly (Notice | TextNotice)[] {
  return (conversation?.messages ?? []).flatMap((message) => readNotice(message) ?? []);
}

/** A message that is still being sent has none. */
function attributesOf(source: object): unknown {
  return 'attributes' in source ? source.attributes : undefined;
}

function MessageNotice({ message }: SlotProps): ReactElement | null {
  const notice = readNotice(message);
  return notice === undefined ? null : (
    <NoticeRow notice={notice} language={languageOf(navigator.language)} />
  );
}

export function showNoticesInChat(): void {
  MessageListItem.Content.replace(<MessageNotice key="chat-transfer-notice" />, {
    if: ({ message }: SlotProps) => readNotice(message) !== undefined,
  });
}

/** The last thing in the task's chat is a notice, and nobody is typing an answer to it. */
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

/** Reads a notice for the agent when only notices are unread before it, so that no "New" line appears above it. */
export function markNoticesAsRead(manager: Manager): void {
  // Absent while Flex runs without its chat.
  manager.conversationsClient?.on('messageAdded', (message) => {
    const { conversation, author, body, attributes, index } = message;
    if (parseNotice({ author, body, attributes }) === undefined || conversation.status !== 'joined') return;

    const loaded = manager.store.getState().flex.chat.conversations[conversation.sid]?.messages ?? [];
    const messages = loaded.map((one) => ({ index: one.index, isNotice: readNotice(one) !== undefined }));
    if (!mayMarkAsRead(index, conversation.lastReadMessageIndex, messages)) return;

    conversation.advanceLastReadMessageIndex(index).catch((cause: unknown) => {
      // Harmless, and usual for an agent who has just been let go: the line appears.
      console.debug('Failed to mark a chat notice as read', cause);
    });
  });
}
