/**
 * Tells an agent whose transfer nobody took, while they are looking at something else. The notice in the chat says the
 * same to everybody; this is for the one who has to act on it.
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
import { findTransferStarter, isUntakenTransferNotice } from '../open-transfer';
import { readAgentOnlyNotices, readNotices } from './notices';
import { showNotTaken } from './notifications';
import { readAgentName } from './open-transfer';
import { listTasks } from './store';

export function notifyUntakenTransfers(manager: Manager): void {
  // Absent while Flex runs without its chat.
  manager.conversationsClient?.on('messageAdded', ({ author, body, attributes, conversation }) => {
    const notice = parseNotice({ author, body, attributes });
    const task = findChatTask(listTasks(manager), { conversationSid: conversation.sid });
    if (notice !== undefined && task !== undefined) tellOf(manager, task, notice);
  });
  watchAgentOnlyNotices(manager, (task, notice) => tellOf(manager, task, notice));
}

function tellOf(manager: Manager, task: ITask, notice: Notice | TextNotice): void {
  if (!isUntakenTransferNotice(notice) || !isAcceptedChatTask(task) || isLookedAt(manager, task)) return;
  const notices = readNotices(StateHelper.getConversationStateForTask(task));
  if (findTransferStarter(notice, notices) !== readAgentName(manager, task)) return;
  showNotTaken(task, describeNotice(notice, languageOf(navigator.language)));
}

/** Where the customer texts, notices are no messages. Those that are there when a chat is first seen are no news. */
function watchAgentOnlyNotices(manager: Manager, onNew: (task: ITask, notice: Notice) => void): void {
  /** By conversation; Flex's conversations get other attributes when theirs change. */
  const seen = new Map<string, { readonly attributes: unknown; readonly ids: ReadonlySet<string> }>();

  manager.store.subscribe(() => {
    for (const task of listTasks(manager).filter(isAcceptedChatTask)) {
      const conversation = StateHelper.getConversationStateForTask(task);
      const source = conversation?.source;
      if (source === undefined) continue;
      const before = seen.get(source.sid);
      if (before !== undefined && before.attributes === source.attributes) continue;

      const notices = readAgentOnlyNotices(conversation);
      // First, as telling an agent changes the store.
      seen.set(source.sid, {
        attributes: source.attributes,
        ids: new Set(notices.map(({ id }) => id)),
      });
      if (before === undefined) continue;
      for (const notice of notices) if (!before.ids.has(notice.id)) onNew(task, notice);
    }
  });
}

function isLookedAt(manager: Manager, task: ITask): boolean {
  const { activeView, selectedTaskSid } = manager.store.getState().flex.view;
  const selected = selectedTaskSid === undefined ? undefined : TaskHelper.getTaskByTaskSid(selectedTaskSid);
  return activeView === 'agent-desktop' && selected?.sid === task.sid;
}
