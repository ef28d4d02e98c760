/** Writing what has come of something, whatever others have written meanwhile. */
import type { ConversationEvent, Ledger } from '@chat-transfer/transfer-core';
import { applyEvents } from './apply-events';
import type { LedgerStore, StoredLedger } from './ledger-store';

export interface UpdateLedgerPorts {
  readonly ledgers: LedgerStore;
  readonly sleep: (ms: number) => Promise<void>;
}

const WRITE_TRIES = 12;

/**
 * Writes the ledger reached from `stored` by `events`, with a change on top. When others wrote meanwhile, their ledger
 * is kept, and events and change are made to it. `undefined` when others kept writing.
 */
export async function updateLedger(
  ports: UpdateLedgerPorts,
  stored: StoredLedger,
  events: readonly ConversationEvent[],
  change: (ledger: Ledger) => Ledger,
  reached?: Ledger,
): Promise<StoredLedger | undefined> {
  const replayed = (ledger: Ledger) => {
    const decided = applyEvents(ledger, events);
    return decided.ok ? decided.value : ledger;
  };
  let basis = stored;
  let next = change(reached ?? replayed(stored.ledger));
  for (let tries = 1; tries <= WRITE_TRIES; tries += 1) {
    const written = await ports.ledgers.write(basis, next);
    if (written !== undefined) return written;
    await ports.sleep(Math.random() * 50 * tries);
    basis = await ports.ledgers.read(stored.ledger);
    next = change(replayed(basis.ledger));
  }
  return undefined;
}
