/**
 * Notifies the agent who started a transfer that no agent took it, unless they are looking at the chat. The notice in the
 * chat says the same, but they see it only when they select the chat.
 */
import {
  describeNotice,
  languageOf,
  type Notice,
  parseNotice,
  type TextNotice,
} from '@chat-transfer/transfer-core';
import { type ITask, type Manager, StateHelper, TaskHelper } from '@twilio/flex-ui';
import { findChatTask, isAcceptedChatTask } from '../chat-task';
import { findTransferStart, isStarter, isUntakenTransferNotice } from '../open-transfer';
import { isRepeat, readAgentOnlyNotices, readNotices } from './notices';
import { showNotTaken } from './notifications';
import { readOwnAgent } from './open-transfer';
import { listTasks } from './store';

export function notifyUntakenTransfers(manager: Manager): void {
  // Undefined if Flex runs without chat.
  manager.conversationsClient?.on('messageAdded', ({ author, body, attributes, conversation, index }) => {
    const notice = parseNotice({ author, body, attributes });
    const task = findChatTask(listTasks(manager), { conversationSid: conversation.sid });
    if (notice === undefined || task === undefined) return;
    if (isRepeat(StateHelper.getConversationStateForTask(task), index, notice)) return;
    notifyStarter(manager, task, notice);
  });
  watchAgentOnlyNotices(manager, (task, notice) => notifyStarter(manager, task, notice));
}

function notifyStarter(manager: Manager, task: ITask, notice: Notice | TextNotice): void {
  if (!isUntakenTransferNotice(notice) || !isAcceptedChatTask(task) || isTaskInView(manager, task)) return;
  const notices = readNotices(StateHelper.getConversationStateForTask(task));
  const started = findTransferStart(notice, notices);
  if (started === undefined || !isStarter(readOwnAgent(manager, task), started)) return;
  showNotTaken(task, describeNotice(notice, languageOf(navigator.language)));
}

/**
 * Calls `onNew` for new notices of texting customers' chats, which are not messages. Notices that a chat has when the
 * page first sees it are not new.
 */
function watchAgentOnlyNotices(manager: Manager, onNew: (task: ITask, notice: Notice) => void): void {
  /** By conversation SID. Flex replaces the `attributes` object whenever the attributes change. */
  const seen = new Map<string, { readonly attributes: unknown; readonly ids: ReadonlySet<string> }>();

  manager.store.subscribe(() => {
    for (const task of listTasks(manager).filter(isAcceptedChatTask)) {
      const conversation = StateHelper.getConversationStateForTask(task);
      const source = conversation?.source;
      if (source === undefined) continue;
      const before = seen.get(source.sid);
      if (before !== undefined && before.attributes === source.attributes) continue;

      const notices = readAgentOnlyNotices(conversation);
      // Before `onNew`: a notification changes the store and calls this listener again.
      seen.set(source.sid, {
        attributes: source.attributes,
        ids: new Set(notices.map(({ id }) => id)),
      });
      if (before === undefined) continue;
      for (const notice of notices) if (!before.ids.has(notice.id)) onNew(task, notice);
    }
  });
}

function isTaskInView(manager: Manager, task: ITask): boolean {
  const { activeView, selectedTaskSid } = manager.store.getState().flex.view;
  const selected = selectedTaskSid === undefined ? undefined : TaskHelper.getTaskByTaskSid(selectedTaskSid);
  return activeView === 'agent-desktop' && selected?.sid === task.sid;
}
