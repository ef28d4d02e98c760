/**
 * Ledgers as signed Sync documents. A write names the revision that it replaces. When another run wrote a
 * newer one, the write returns `undefined`, and the caller reads the ledger and decides again.
 */
import {
  buildEmptyLedger,
  type ConversationRef,
  type Ledger,
  ledgerName,
  recordLocation,
  trimLedger,
} from '@chat-transfer/transfer-core';
import { logReplacedLedger } from '../log';
import type { Documents, StoredDocument } from '../twilio/sync';
import { buildDocument, type Rejection, readDocument } from './ledger-document';
import type { LedgerSecrets } from './sign-ledger';

/** Sync deletes the ledger of a chat in which nothing changed for this long. */
const LIFETIME_SECONDS = 30 * 24 * 60 * 60;

export interface StoredLedger {
  readonly ledger: Ledger;
  /** `undefined` when the ledger was never written. */
  readonly revision: string | undefined;
  /** Why the document is not used. The ledger is empty then, and the next write replaces the document. */
  readonly rejection?: Rejection;
}

export interface LedgerStore {
  /**
   * The ledger of a conversation, with the backend and interaction that the reference names; an empty one
   * when there is none, or when its document is rejected. Throws `LedgerRefusedError`.
   */
  read(conversation: ConversationRef): Promise<StoredLedger>;
  /** The ledger as written, or `undefined` when `stored` is not the latest revision. */
  write(stored: StoredLedger, next: Ledger): Promise<StoredLedger | undefined>;
}

export interface LedgerStorePorts {
  readonly documents: Documents;
  readonly secrets: LedgerSecrets;
  /** Throws `LedgerRefusedError` when browsers can open the documents. */
  readonly checkService: () => Promise<void>;
}

export function createLedgerStore({ documents, secrets, checkService }: LedgerStorePorts): LedgerStore {
  return {
    async read(conversation) {
      const { conversationSid } = conversation;
      const [document] = await Promise.all([documents.read(ledgerName(conversationSid)), checkService()]);
      const empty = buildEmptyLedger(conversationSid, conversation.backend ?? 'programmable-chat');
      if (document === undefined) return { ledger: recordLocation(empty, conversation), revision: undefined };
      const { revision } = document;
      const reading = readDocument(document.data, conversationSid, secrets);
      if ('ledger' in reading) return { ledger: recordLocation(reading.ledger, conversation), revision };
      const { rejection } = reading;
      return { ledger: recordLocation({ ...empty, isRebuilt: true }, conversation), revision, rejection };
    },

    async write({ revision, rejection }, next) {
      const ledger = trimLedger(next);
      const name = ledgerName(ledger.conversationSid);
      const data = buildDocument(ledger, secrets);
      const document: StoredDocument | undefined =
        revision === undefined
          ? await documents.create(name, data, LIFETIME_SECONDS)
          : await documents.update(name, data, LIFETIME_SECONDS, revision);
      if (document === undefined) return undefined;
      if (rejection !== undefined) logReplacedLedger(ledger.conversationSid, rejection);
      return { ledger, revision: document.revision };
    },
  };
}
