/** Writes the ledger while other runs may write it too. */
import type { ConversationEvent, Ledger } from '@chat-transfer/transfer-core';
import { backoffMs } from '../backoff';
import { applyEvents } from './apply-events';
import type { LedgerStore, StoredLedger } from './ledger-store';

export interface LedgerPorts {
  readonly ledgers: LedgerStore;
  /** A port, so that tests control the time. */
  readonly sleep: (ms: number) => Promise<void>;
}

/** Each conflict means that another run wrote first, so this many in a row are not expected. */
const MAX_ATTEMPTS = 12;
const BACKOFF = { firstMs: 50, maxMs: 300 };

/**
 * Calls `write` with the stored ledger, and again with the latest one whenever it returns `undefined`, which
 * means that another run wrote the ledger first. Returns `undefined` when that happens at every attempt, and
 * when the ledger has been lost meanwhile: the next attempt of the request adopts the chat first.
 */
export async function retryOnConflict<Outcome>(
  { ledgers, sleep }: LedgerPorts,
  stored: StoredLedger,
  write: (latest: StoredLedger) => Promise<Outcome | undefined>,
): Promise<Outcome | undefined> {
  let latest = stored;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await write(latest);
    if (outcome !== undefined || attempt === MAX_ATTEMPTS) return outcome;
    await sleep(backoffMs(attempt, BACKOFF));
    latest = await ledgers.read(stored.ledger);
    if (isUsed(stored) && !isUsed(latest)) return undefined;
  }
}

/** Whether the document of the ledger exists and is not rejected. */
const isUsed = ({ revision, rejection }: StoredLedger): boolean =>
  revision !== undefined && rejection === undefined;

export interface LedgerUpdate {
  /** Applied first. If one is refused, none is applied. */
  readonly events: readonly ConversationEvent[];
  /** Applied on top of the events. */
  readonly change: (ledger: Ledger) => Ledger;
  /** The stored ledger after the events, when the caller has computed it already. */
  readonly afterEvents?: Ledger;
}

/** Applies events and a change to the ledger, and writes it. Returns `undefined` like `retryOnConflict`. */
export function updateLedger(
  ports: LedgerPorts,
  stored: StoredLedger,
  { events, change, afterEvents }: LedgerUpdate,
): Promise<StoredLedger | undefined> {
  return retryOnConflict(ports, stored, (latest) => {
    if (latest === stored && afterEvents !== undefined)
      return ports.ledgers.write(stored, change(afterEvents));
    const applied = applyEvents(latest.ledger, events);
    return ports.ledgers.write(latest, change(applied.ok ? applied.value : latest.ledger));
  });
}
