/** The data of a ledger's Sync document: what the functions write, and whether they use what they read. */
import {
  type ConversationSid,
  findForeignEffect,
  LEDGER_VERSION,
  type Ledger,
  parseLedger,
  parseLedgerVersion,
} from '@chat-transfer/transfer-core';
import { LedgerRefusedError } from './ledger-refused';
import { type LedgerSecrets, openSignedLedger, signLedger } from './sign-ledger';

/**
 * Why the functions do not use a document. `unsigned`: also every ledger of version 1. `altered`: its signature
 * is of another ledger, conversation or secret, or it has an effect on another chat. `unreadable`: it is signed
 * and not a ledger.
 */
export type Rejection = 'unsigned' | 'altered' | 'unreadable';

export type LedgerReading = { readonly ledger: Ledger } | { readonly rejection: Rejection };

export function buildDocument(ledger: Ledger, secrets: LedgerSecrets): object {
  return signLedger(ledger, ledger.conversationSid, secrets);
}

/**
 * Throws `LedgerRefusedError` for a ledger of a newer version, signed or not: a newer version of the functions
 * needs it, and may sign it in another way.
 */
export function readDocument(
  data: unknown,
  conversationSid: ConversationSid,
  secrets: LedgerSecrets,
): LedgerReading {
  const version = parseLedgerVersion(data) ?? 0;
  if (version > LEDGER_VERSION) throw new LedgerRefusedError({ code: 'ledger-newer', version });
  if (typeof data !== 'object' || data === null || !('signature' in data)) return { rejection: 'unsigned' };
  const signed = openSignedLedger({ ...data }, conversationSid, secrets);
  if (signed === undefined) return { rejection: 'altered' };
  const ledger = parseLedger(signed);
  if (ledger === undefined) return { rejection: 'unreadable' };
  return findForeignEffect(ledger) === undefined ? { ledger } : { rejection: 'altered' };
}
