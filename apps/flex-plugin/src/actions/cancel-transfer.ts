/**
 * Takes a transfer back that nobody has accepted yet. Whether that came in time says the server; a repeated press is
 * safe. What is on its way is kept here, since a component is gone as soon as the agent looks at another task.
 */
import type { ChatTask } from '../chat-task';
import type { TransferApi } from '../transfer-api';
import type { AgentNotifications } from './call-functions';

export interface CancelTransferPorts {
  readonly api: Pick<TransferApi, 'cancelTransfer'>;
  readonly notifications: AgentNotifications;
}

/** `over`: cancelled or accepted, or has ended otherwise; there is nothing left to press. */
export type CancelProgress = 'none' | 'cancelling' | 'over';

export interface TransferCanceller {
  /** Never throws: the agent is told when it fails. `status` is the reservation's. */
  cancel(chat: ChatTask, transferId: string, status: string): Promise<void>;
  progressOf(transferId: string): CancelProgress;
  /** Calls `listener` after every change of progress; answers how to stop that. */
  subscribe(listener: () => void): () => void;
}

export function createTransferCanceller({ api, notifications }: CancelTransferPorts): TransferCanceller {
  const progress = new Map<string, CancelProgress>();
  const listeners = new Set<() => void>();
  const setProgress = (transferId: string, now: CancelProgress) => {
    progress.set(transferId, now);
    for (const listener of listeners) listener();
  };

  return {
    async cancel(chat, transferId, status) {
      if (progress.get(transferId) === 'cancelling') return;
      setProgress(transferId, 'cancelling');
      notifications.dismissFailures();
      const result = await api.cancelTransfer({ ...chat, transferId });
      setProgress(transferId, result.ok || ENDED.has(result.failure.code) ? 'over' : 'none');

      if (!result.ok) notifications.failed('ChatTransferNotCancelled', result.failure);
      // Whoever is in the chat reads the notice there.
      else if (status !== 'accepted') notifications.transferCancelled();
    },
    progressOf: (transferId) => progress.get(transferId) ?? 'none',
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Refusals that say that there is no transfer to cancel any more. */
const ENDED: ReadonlySet<string> = new Set(['transfer-accepted', 'transfer-over']);
