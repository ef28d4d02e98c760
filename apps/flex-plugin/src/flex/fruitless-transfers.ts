/**
 * Tells an agent whose transfer nobody took, while they are looking at something else. The notice in the chat says the
 * same to everybody; this is for the one who has to act on it.
 */
import { describeNotice, languageOf, parseNotice } from '@chat-transfer/transfer-core';
import { type ITask, type Manager, TaskHelper } from '@twilio/flex-ui';
import { isFruitless, readStarterOf } from '../open-transfer';
import { isOurAcceptedTask, readChatTask } from '../our-task';
import { readNotices } from './notices';
import { showNotTaken } from './notifications';
import { nameOfAgent } from './open-transfer';

export function tellOfFruitlessTransfers(manager: Manager): void {
  // Absent while Flex runs without its chat.
  manager.conversationsClient?.on('messageAdded', ({ author, body, attributes, conversation }) => {
    const notice = parseNotice({ author, body, attributes });
    if (notice === undefined || !isFruitless(notice)) return;
    const task = findTask(manager, conversation.sid);
    if (task === undefined || isLookedAt(manager, task)) return;

    const loaded = manager.store.getState().flex.chat.conversations[conversation.sid];
    if (readStarterOf(notice, readNotices(loaded)) !== nameOfAgent(manager, task)) return;
    showNotTaken(task, describeNotice(notice, languageOf(navigator.language)));
  });
}

/** The agent's own live task on a conversation. */
function findTask(manager: Manager, conversationSid: string): ITask | undefined {
  const tasks = [...manager.store.getState().flex.worker.tasks.values()];
  return tasks.find(
    (task) => isOurAcceptedTask(task) && readChatTask(task)?.conversationSid === conversationSid,
  );
}

function isLookedAt(manager: Manager, task: ITask): boolean {
  const { activeView, selectedTaskSid } = manager.store.getState().flex.view;
  const selected = selectedTaskSid === undefined ? undefined : TaskHelper.getTaskByTaskSid(selectedTaskSid);
  return activeView === 'agent-desktop' && selected?.sid === task.sid;
}
