/**
 * Flex's WrapupTask for chats: the agent leaves the chat. The functions move the reservation to wrap-up and remove
 * the agent from the conversation. TaskRouter's event then updates the page.
 */
import type { ChatTask } from '../chat-task';
import type { TransferApi } from '../transfer-api';
import { type AgentNotifications, callForOwnTask } from './call-functions';

export interface WrapupTaskPorts {
  readonly api: Pick<TransferApi, 'leaveConversation'>;
  readonly notifications: AgentNotifications;
}

const OUTCOMES = { failed: 'ChatTransferNotLeft', unknown: 'ChatTransferLeavingNotConfirmed' } as const;

/** Returns the action, which returns false if the task is no part of the chat. It throws if the agent has not left. */
export function createWrapupTask({ api, notifications }: WrapupTaskPorts) {
  return async function wrapupTask(chat: ChatTask, reservationStatus: string): Promise<boolean> {
    // The agent has already left, through a cold transfer or another window.
    if (reservationStatus !== 'accepted') return true;
    return callForOwnTask(notifications, OUTCOMES, () => api.leaveConversation(chat));
  };
}
