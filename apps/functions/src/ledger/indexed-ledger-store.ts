/**
 * A ledger store that keeps the index of due ledgers: beside the write of a ledger it adds an item for the time at which the
 * ledger is due, if the index has none that is early enough. That is one more call at most, side by side with the write. The
 * item of a new ledger is added before it; if that fails, the write fails.
 */
import { type Ledger, nextDueAt } from '@chat-transfer/transfer-core';
import { logLostIndexItem } from '../log';
import type { DueIndex } from './due-index';
import type { LedgerStore } from './ledger-store';
import { planIndex } from './plan-index';

export interface IndexedLedgerStore extends LedgerStore {
  /** Whether this request has failed to add an item: then no sweep finds what the request leaves to do. */
  readonly hasLostItem: () => boolean;
}

export function createIndexedLedgerStore(
  store: LedgerStore,
  index: Pick<DueIndex, 'add'>,
  nowMs: () => number,
): IndexedLedgerStore {
  /** Due times of items that this request failed to add, although the ledger may record them. */
  const lost = new Set<number>();

  return {
    hasLostItem: () => lost.size > 0,
    read: (conversation) => store.read(conversation),

    async write(stored, next) {
      const { indexedAt: recorded = [], ...ledger } = next;
      const plan = planIndex(
        recorded.filter((item) => !lost.has(item)),
        nextDueAt(next),
        nowMs(),
      );
      const indexed: Ledger =
        plan.indexedAt.length === 0 ? ledger : { ...ledger, indexedAt: [...plan.indexedAt] };
      const { add } = plan;
      const addItem = async (): Promise<void> => {
        if (add === undefined) return;
        try {
          await index.add(ledger.conversationSid, add);
        } catch (error) {
          // The scan of all ledgers finds the chat later, so the request must not fail.
          lost.add(add);
          logLostIndexItem(ledger.conversationSid, error);
        }
      };
      if (stored.revision === undefined) {
        // Without its item, no sweep would find what the first run of a chat leaves to do. So the run does not begin.
        if (add !== undefined) await index.add(ledger.conversationSid, add);
        return store.write(stored, indexed);
      }
      // The item is sent first: a function that crashes between the two calls leaves an item too many, not one too few.
      const [, written] = await Promise.all([addItem(), store.write(stored, indexed)]);
      return written;
    },
  };
}
