/**
 * Signs ledgers, so that the functions use only what they wrote themselves. The signature covers the ledger
 * and the SID of its conversation: a ledger that is copied to another conversation does not match.
 *
 * It does not cover time. A person who can write the document can put an older signed ledger of the same
 * conversation back. See docs/decisions/0010-signed-ledgers.md.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ConversationSid } from '@chat-transfer/transfer-core';
import { toCanonicalJson } from './canonical-json';

/** The secret that signs, and the one that signed before the last rotation. */
export interface LedgerSecrets {
  readonly current: string;
  readonly previous?: string | undefined;
}

/** Distinguishes the signature from every other use of the same secret. */
const PURPOSE = 'chat-transfer ledger';

const computeSignature = (ledger: object, conversationSid: ConversationSid, secret: string): Buffer =>
  createHmac('sha256', secret)
    .update(`${PURPOSE}\n${conversationSid}\n${toCanonicalJson(ledger)}`)
    .digest();

/** The data of the Sync document: the keys of the ledger and its `signature`, 43 characters of base64url. */
export function signLedger(
  ledger: object,
  conversationSid: ConversationSid,
  { current }: LedgerSecrets,
): { readonly signature: string } {
  const signature = computeSignature(ledger, conversationSid, current).toString('base64url');
  // From the canonical text, so that the document holds exactly what was signed.
  return { ...JSON.parse(toCanonicalJson(ledger)), signature };
}

/** The ledger in a signed document; `undefined` when no secret gives the document's signature. */
export function openSignedLedger(
  { signature, ...ledger }: Readonly<Record<string, unknown>>,
  conversationSid: ConversationSid,
  { current, previous }: LedgerSecrets,
): object | undefined {
  if (typeof signature !== 'string') return undefined;
  const given = Buffer.from(signature, 'base64url');
  const isFrom = (secret: string): boolean => {
    const expected = computeSignature(ledger, conversationSid, secret);
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
  return isFrom(current) || (previous !== undefined && isFrom(previous)) ? ledger : undefined;
}
