/** Tells an agent why they are offline: they did not answer a chat in time, so TaskRouter has changed their activity. */
import type { ITask, Manager } from '@twilio/flex-ui';
import { readChatTask } from '../chat-task';
import { readActivityAfterTimeout } from '../missed-chat';
import { dismissMissedChat, showMissedChat } from './notifications';

export function notifyMissedChats(manager: Manager, sleep: (ms: number) => Promise<void>): void {
  const { workerClient: worker } = manager;
  if (worker === undefined) return;

  manager.events.addListener('taskTimeout', async (task: ITask) => {
    if (readChatTask(task) === undefined) return;
    const activity = await readActivityAfterTimeout(worker, sleep);
    if (activity !== undefined) showMissedChat(activity);
  });
  // The agent has done what the notification asks for.
  worker.on('activityUpdated', () => {
    if (worker.activity.available) dismissMissedChat();
  });
}
