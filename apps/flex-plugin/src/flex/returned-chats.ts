/**
 * Handles a chat on Flex Conversations that returns to an agent whose earlier task of it is in wrap-up. An interaction
 * can have an agent only once, and Flex ties a conversation to one task.
 */
import { Actions, ConversationState, type ITask, type Manager, Notifications } from '@twilio/flex-ui';
import { findChatTask, findEarlierTasks, readBackend, readChatTask } from '../chat-task';
import { findConversation, listTasks, reportMissing } from './store';

/** How long to wait for TaskRouter's event. If it does not arrive, the chat is accepted without it. */
const MAX_WAIT_MS = 3_000;

const DUPLICATE_AGENT = 'DuplicateAgentInSameConversationError';

export function handleReturnedChats(manager: Manager): void {
  if (!Notifications.registeredNotifications?.has(DUPLICATE_AGENT))
    reportMissing('the notification DuplicateAgentInSameConversationError');
  if (findLoader() === undefined) reportMissing('ConversationState.Actions.initWithConversationSid');

  // This notification, "Wrap-up your previous task to accept the new invite", covers the accept button and never
  // disappears. It is not needed: accepting completes the earlier task.
  Notifications.addListener('beforeAddNotification', ({ id }, cancel) => {
    if (id !== DUPLICATE_AGENT) return;
    const tasks = listTasks(manager);
    if (tasks.some((task) => findEarlierTasks(tasks, task).length > 0)) cancel();
  });

  // When a task completes, Flex removes its conversation from the page, even if the agent has accepted another task of it.
  manager.events.addListener('taskCompleted', (completed: ITask) => {
    const chat = readChatTask(completed);
    if (chat === undefined || readBackend(completed) !== 'conversations') return;
    // Flex removes the conversation right after it emits this event.
    queueMicrotask(async () => {
      const others = listTasks(manager).filter(({ taskSid }) => taskSid !== chat.taskSid);
      const task = findChatTask(others, chat);
      if (task?.status !== 'accepted') return;
      const isRemoved = () => findConversation(manager.store.getState(), chat.conversationSid) === undefined;
      if (!isRemoved()) {
        // For a task on another task channel, which has copied the chat's attributes, Flex removes it later.
        if (task.taskChannelUniqueName === completed.taskChannelUniqueName)
          reportMissing('the removal of a conversation right after taskCompleted');
        await waitUntil(manager, isRemoved);
      }
      await findLoader()?.(chat.conversationSid);
    });
  });
}

/** Flex's function that loads a conversation into the page, or `undefined` if this version of Flex has none. */
function findLoader(): ((sid: string) => Promise<void>) | undefined {
  const load: unknown = ConversationState.Actions?.initWithConversationSid;
  return typeof load === 'function'
    ? (sid) => ConversationState.Actions.initWithConversationSid(sid)
    : undefined;
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
    await waitUntil(manager, () => listTasks(manager).every(({ taskSid }) => taskSid !== task.taskSid));
  }
}

/** Waits for a change of Flex's store, `MAX_WAIT_MS` at most. */
async function waitUntil(manager: Manager, isDone: () => boolean): Promise<void> {
  if (isDone()) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(done, MAX_WAIT_MS);
    const unsubscribe = manager.store.subscribe(() => {
      if (isDone()) done();
    });
  });
}
