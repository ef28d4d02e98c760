/**
 * Flex would end the conversation when an agent wraps up or completes, in the page of whoever does it, even
 * when the server did it for them. For our chats that is the server's decision.
 */
import { ChatOrchestrator, type ITask } from '@twilio/flex-ui';
import { isChatTask } from '../chat-task';

/** The setting is global in Flex; other tasks keep what was set before. */
export function disableClientSideEnding(): void {
  for (const event of ['wrapup', 'completed'] as const) {
    const before = ChatOrchestrator.getOrchestrations(event);
    ChatOrchestrator.setOrchestrations(event, (task: ITask) => {
      if (isChatTask(task)) return [];
      return typeof before === 'function' ? before(task) : before;
    });
  }
}
