/**
 * Cancels a transfer that no agent has accepted. The functions decide whether the request came in time, so clicking
 * twice is safe. This file keeps the progress, because Flex unmounts a component when the agent selects another task.
 */
import type { ChatTask } from '../chat-task';
import type { TransferApi } from '../transfer-api';
import { type AgentNotifications, showFailure } from './call-functions';

export interface CancelTransferPorts {
  readonly api: Pick<TransferApi, 'cancelTransfer'>;
  readonly notifications: AgentNotifications;
}

/** `ended`: the transfer was cancelled or accepted, or ended in another way. It cannot be cancelled. */
export type CancelProgress = 'none' | 'cancelling' | 'ended';

export interface TransferCanceller {
  /** Never throws: a failure is shown to the agent. */
  cancel(chat: ChatTask, transferId: string, reservationStatus: string): Promise<void>;
  getProgress(transferId: string): CancelProgress;
  /** Calls `listener` after every change of progress. Returns a function that removes the listener. */
  subscribe(listener: () => void): () => void;
}

const OUTCOMES = {
  failed: 'ChatTransferNotCancelled',
  unknown: 'ChatTransferCancellationNotConfirmed',
} as const;

export function createTransferCanceller({ api, notifications }: CancelTransferPorts): TransferCanceller {
  const progressById = new Map<string, CancelProgress>();
  const listeners = new Set<() => void>();
  const setProgress = (transferId: string, progress: CancelProgress) => {
    progressById.set(transferId, progress);
    for (const listener of listeners) listener();
  };

  return {
    async cancel(chat, transferId, reservationStatus) {
      if (progressById.get(transferId) === 'cancelling') return;
      setProgress(transferId, 'cancelling');
      notifications.dismissFailures();
      const result = await api.cancelTransfer({ ...chat, transferId });
      setProgress(transferId, result.ok || ENDED.has(result.failure.code) ? 'ended' : 'none');

      if (!result.ok) showFailure(notifications, OUTCOMES, result.failure);
      // An agent who is in the chat reads the notice there.
      else if (reservationStatus !== 'accepted') notifications.showTransferCancelled();
    },
    getProgress: (transferId) => progressById.get(transferId) ?? 'none',
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Failure codes which mean that the transfer has ended. */
const ENDED: ReadonlySet<string> = new Set(['transfer-accepted', 'transfer-over']);
