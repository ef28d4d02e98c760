/**
 * Handles a chat on Flex Conversations that returns to an agent whose earlier task of it is in wrap-up. An interaction
 * can have an agent only once, and Flex ties a conversation to one task.
 */
import { Actions, ConversationState, type ITask, type Manager, Notifications } from '@twilio/flex-ui';
import { findChatTask, findEarlierTasks, readBackend, readChatTask } from '../chat-task';
import { listTasks } from './store';

/** How long to wait for TaskRouter's event. If it does not arrive, the chat is accepted without it. */
const MAX_WAIT_MS = 3_000;

export function handleReturnedChats(manager: Manager): void {
  // This notification, "Wrap-up your previous task to accept the new invite", covers the accept button and never
  // disappears. It is not needed: accepting completes the earlier task.
  Notifications.addListener('beforeAddNotification', ({ id }, cancel) => {
    if (id !== 'DuplicateAgentInSameConversationError') return;
    const tasks = listTasks(manager);
    if (tasks.some((task) => findEarlierTasks(tasks, task).length > 0)) cancel();
  });

  // When a task completes, Flex removes its conversation from the page, even if the agent has accepted another task of it.
  manager.events.addListener('taskCompleted', (completed: ITask) => {
    const chat = readChatTask(completed);
    if (chat === undefined || readBackend(completed) !== 'conversations') return;
    // Flex removes the conversation right after it emits this event.
    queueMicrotask(() => {
      const others = listTasks(manager).filter(({ taskSid }) => taskSid !== chat.taskSid);
      if (findChatTask(others, chat)?.status !== 'accepted') return;
      void ConversationState.Actions.initWithConversationSid(chat.conversationSid);
    });
  });
}

/**
 * Completes the agent's earlier tasks of a chat that they are about to accept. It uses Flex's action, so that other
 * plugins' listeners run as if the agent had completed the task. The agent can wrap up the chat with its new task.
 * @throws when a task cannot be completed
 */
export async function completeEarlierTasks(manager: Manager, offered: ITask | undefined): Promise<void> {
  for (const task of findEarlierTasks(listTasks(manager), offered)) {
    await Actions.invokeAction('CompleteTask', { task });
    // Flex removes the conversation at this point. It must not do so after loading it for the accepted task.
    await waitUntilRemoved(manager, task.taskSid);
  }
}

async function waitUntilRemoved(manager: Manager, taskSid: string): Promise<void> {
  const isRemoved = () => listTasks(manager).every((task) => task.taskSid !== taskSid);
  if (isRemoved()) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(done, MAX_WAIT_MS);
    const unsubscribe = manager.store.subscribe(() => {
      if (isRemoved()) done();
    });
  });
}
