/**
 * Flex's WrapupTask for chats: the agent leaves. The server wraps the reservation up and takes the agent out of
 * the conversation; the page follows by itself, within a moment.
 */
import type { ChatTask } from '../chat-task';
import type { TransferApi } from '../transfer-api';
import { type AgentNotifications, callFunctions } from './call-functions';

export interface WrapupTaskPorts {
  readonly api: Pick<TransferApi, 'leaveConversation'>;
  readonly notifications: AgentNotifications;
}

/** Returns the action; it throws when the agent has not left. `status` is the reservation's. */
export function createWrapupTask({ api, notifications }: WrapupTaskPorts) {
  return async function wrapupTask(chat: ChatTask, status: string): Promise<void> {
    // A cold transfer or another window was faster.
    if (status !== 'accepted') return;
    await callFunctions(notifications, 'ChatTransferNotLeft', () => api.leaveConversation(chat));
  };
}
