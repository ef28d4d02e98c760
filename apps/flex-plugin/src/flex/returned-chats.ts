/**
 * Chats of Flex Conversations that come back to an agent who is still wrapping up an earlier task of them. An agent is in
 * an interaction once, and Flex takes one conversation for one task.
 */
import { Actions, ConversationState, type ITask, type Manager, Notifications } from '@twilio/flex-ui';
import { findChatTask, findEarlierTasks, readBackend, readChatTask } from '../chat-task';
import { listTasks } from './store';

/** TaskRouter tells the page within a moment; a page that is not told has other troubles. */
const LONGEST_WAIT_MS = 3_000;

export function handleReturnedChats(manager: Manager): void {
  // "Wrap-up your previous task to accept the new invite", over the button for that, for ever. Accepting does it.
  Notifications.addListener('beforeAddNotification', ({ id }, cancel) => {
    if (id !== 'DuplicateAgentInSameConversationError') return;
    const tasks = listTasks(manager);
    if (tasks.some((task) => findEarlierTasks(tasks, task).length > 0)) cancel();
  });

  // With any task of it, Flex drops the conversation from the page, also from under whoever has accepted it otherwise.
  manager.events.addListener('taskCompleted', (completed: ITask) => {
    const chat = readChatTask(completed);
    if (chat === undefined || readBackend(completed) !== 'conversations') return;
    // Flex does so right after it has told of the task.
    queueMicrotask(() => {
      const others = listTasks(manager).filter(({ taskSid }) => taskSid !== chat.taskSid);
      if (findChatTask(others, chat)?.status !== 'accepted') return;
      void ConversationState.Actions.initWithConversationSid(chat.conversationSid);
    });
  });
}

/**
 * Makes room for a chat that is accepted, as the agent would: by Flex's action, so that plugins that ask for something at
 * the end of a task do. There will be time to wrap up again.
 * @throws when a task cannot be completed
 */
export async function completeEarlierTasks(manager: Manager, ringing: ITask | undefined): Promise<void> {
  for (const task of findEarlierTasks(listTasks(manager), ringing)) {
    await Actions.invokeAction('CompleteTask', { task });
    // Flex drops the conversation then: not after it was loaded for the task that is accepted.
    await waitUntilGone(manager, task.taskSid);
  }
}

async function waitUntilGone(manager: Manager, taskSid: string): Promise<void> {
  const isGone = () => listTasks(manager).every((task) => task.taskSid !== taskSid);
  if (isGone()) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(done, LONGEST_WAIT_MS);
    const unsubscribe = manager.store.subscribe(() => {
      if (isGone()) done();
    });
  });
}
