/**
 * Flex's CompleteTask for chats: this agent's task is done. Whether that ends the chat says the server, which
 * knows who else is in it; Flex's own way would end it for everybody.
 */
import type { ChatTask } from '../chat-task';
import type { TransferApi } from '../transfer-api';
import { type AgentNotifications, callFunctions } from './call-functions';

export interface CompleteTaskPorts {
  readonly api: Pick<TransferApi, 'completeTask'>;
  readonly notifications: AgentNotifications;
}

/** Returns the action; it throws when the task is not completed. `status` is the reservation's. */
export function createCompleteTask({ api, notifications }: CompleteTaskPorts) {
  return async function completeTask(chat: ChatTask, status: string): Promise<void> {
    if (status !== 'accepted' && status !== 'wrapping') return;
    await callFunctions(notifications, 'ChatTransferNotCompleted', () => api.completeTask(chat));
  };
}
