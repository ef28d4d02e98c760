/**
 * Ledgers as Sync documents. A write names the revision that it replaces. When another run wrote a newer one,
 * the write returns `undefined`, and the caller reads the ledger and decides again.
 */
import {
  buildEmptyLedger,
  type ConversationRef,
  type Ledger,
  ledgerName,
  parseLedger,
  recordLocation,
  trimLedger,
} from '@chat-transfer/transfer-core';
import type { Documents, StoredDocument } from '../twilio/sync';

/** Sync deletes the ledger of a chat in which nothing changed for this long. */
const LIFETIME_SECONDS = 30 * 24 * 60 * 60;

export interface StoredLedger {
  readonly ledger: Ledger;
  /** `undefined` when the ledger was never written. */
  readonly revision: string | undefined;
}

export interface LedgerStore {
  /**
   * The ledger of a conversation, with the backend and interaction that the reference names; an empty one
   * when there is none. Throws when the document holds no ledger of this version.
   */
  read(conversation: ConversationRef): Promise<StoredLedger>;
  /** The ledger as written, or `undefined` when `stored` is not the latest revision. */
  write(stored: StoredLedger, next: Ledger): Promise<StoredLedger | undefined>;
}

export function createLedgerStore(documents: Documents): LedgerStore {
  return {
    async read(conversation) {
      const { conversationSid } = conversation;
      const name = ledgerName(conversationSid);
      const document = await documents.read(name);
      if (document === undefined) {
        const empty = buildEmptyLedger(conversationSid, conversation.backend ?? 'programmable-chat');
        return { ledger: recordLocation(empty, conversation), revision: undefined };
      }
      const ledger = parseLedger(document.data);
      if (ledger === undefined) {
        throw new Error(
          `Failed to read the ledger: the Sync document ${name} does not hold a ledger of this version. ` +
            'Deploy the version that wrote it, or delete the document.',
        );
      }
      return { ledger: recordLocation(ledger, conversation), revision: document.revision };
    },

    async write({ revision }, next) {
      const ledger = trimLedger(next);
      const name = ledgerName(ledger.conversationSid);
      const document: StoredDocument | undefined =
        revision === undefined
          ? await documents.create(name, ledger, LIFETIME_SECONDS)
          : await documents.update(name, ledger, LIFETIME_SECONDS, revision);
      return document === undefined ? undefined : { ledger, revision: document.revision };
    },
  };
}
