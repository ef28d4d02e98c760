/**
 * Ledgers in Sync documents. A write says which revision it replaces; when somebody else was there first it answers
 * `undefined`, and the caller reads and decides again.
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

/** A chat that nobody touched for this long is forgotten. */
const LIFETIME_SECONDS = 30 * 24 * 60 * 60;

export interface StoredLedger {
  readonly ledger: Ledger;
  /** `undefined` when it has never been written. */
  readonly revision: string | undefined;
}

export interface LedgerStore {
  /** The ledger, with what is known of where its conversation lives. */
  read(conversation: ConversationRef): Promise<StoredLedger>;
  write(stored: StoredLedger, next: Ledger): Promise<StoredLedger | undefined>;
}

export function createLedgerStore(documents: Documents): LedgerStore {
  return {
    async read(conversation) {
      const { conversationSid } = conversation;
      const document = await documents.read(ledgerName(conversationSid));
      if (document === undefined) {
        const empty = buildEmptyLedger(conversationSid, conversation.backend ?? 'programmable-chat');
        return { ledger: recordLocation(empty, conversation), revision: undefined };
      }
      const ledger = parseLedger(document.data);
      if (ledger === undefined) {
        throw new Error(
          `The Sync document ${ledgerName(conversationSid)} does not hold a ledger of this version`,
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
