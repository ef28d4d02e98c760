/**
 * Flex's CompleteTask for chats: completes this agent's task. The functions decide whether that ends the chat, because
 * they know which other agents are in it. Flex's own action would end the chat for all of them.
 */
import type { ChatTask } from '../chat-task';
import type { TransferApi } from '../transfer-api';
import { type AgentNotifications, callForOwnTask } from './call-functions';

export interface CompleteTaskPorts {
  readonly api: Pick<TransferApi, 'completeTask'>;
  readonly notifications: AgentNotifications;
}

const OUTCOMES = {
  failed: 'ChatTransferNotCompleted',
  unknown: 'ChatTransferCompletionNotConfirmed',
} as const;

/** Returns the action, which returns false if the task is no part of the chat. It throws if the task was not completed. */
export function createCompleteTask({ api, notifications }: CompleteTaskPorts) {
  return async function completeTask(chat: ChatTask, reservationStatus: string): Promise<boolean> {
    if (reservationStatus !== 'accepted' && reservationStatus !== 'wrapping') return true;
    return callForOwnTask(notifications, OUTCOMES, () => api.completeTask(chat));
  };
}
