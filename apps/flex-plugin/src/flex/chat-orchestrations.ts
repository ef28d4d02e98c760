/**
 * Stops Flex from ending chats in the browser. By default, the page of an agent who wraps up or completes a chat task
 * ends the conversation, even if the functions changed the task. The functions decide when a chat ends.
 */
import { ChatOrchestrator, type ITask } from '@twilio/flex-ui';
import { isChatTask } from '../chat-task';

/** The setting applies to all tasks in Flex. Tasks that are not chats keep the orchestrations that were set before. */
export function disableClientSideEnding(): void {
  for (const event of ['wrapup', 'completed'] as const) {
    const before = ChatOrchestrator.getOrchestrations(event);
    ChatOrchestrator.setOrchestrations(event, (task: ITask) => {
      if (isChatTask(task)) return [];
      return typeof before === 'function' ? before(task) : before;
    });
  }
}
