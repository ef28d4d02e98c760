/** A chat as this page's agent sees it, from Flex's store. */
import { authorKeyOf } from '@chat-transfer/transfer-core';
import { type ITask, type Manager, StateHelper } from '@twilio/flex-ui';
import { readChatTask } from '../chat-task';
import type { ChatView } from '../conversation-state';
import { hasAllNotices, readNotices } from './notices';

export function readChatView(manager: Manager, task: ITask): ChatView {
  const conversation = StateHelper.getConversationStateForTask(task);
  return {
    conversationSid: readChatTask(task)?.conversationSid ?? '',
    conversation,
    notices: readNotices(conversation),
    hasAllNotices: hasAllNotices(conversation),
    ownKey: readOwnKey(manager, task),
  };
}

/** The key by which notices of a task's chat name this page's agent. */
export const readOwnKey = (manager: Manager, task: ITask): string =>
  authorKeyOf(readChatTask(task)?.conversationSid ?? '', manager.user.identity);
