/** What the functions have told agents must be so in the end. */
import { findTransfer, type Ledger } from '@chat-transfer/transfer-core';
import type { SentRequest } from './answer';

/** 8: checks what was answered about the transfers of this chat. */
export function checkPromises(ledger: Ledger, requests: readonly SentRequest[]): void {
  for (const { path, fields, answers } of requests) {
    if (fields.conversationSid !== ledger.conversationSid) continue;
    const transfer = findTransfer(ledger, fields.transferId ?? '');
    for (const { status, body } of answers.filter((answer) => answer !== undefined)) {
      const isKept =
        path === '/transfer/start' && status === 200
          ? transfer?.transferTaskSid === body.transferTaskSid
          : path !== '/transfer/cancel' || isCancelKept(transfer?.state, status, body.code);
      if (isKept) continue;
      const told = `${path} answered ${status} ${JSON.stringify(body)}`;
      throw new Error(`Invariant 8: ${told}, but the transfer is ${JSON.stringify(transfer)}`);
    }
  }
}

/** A transfer is cancelled or accepted, never both. */
function isCancelKept(state: string | undefined, status: number, code: unknown): boolean {
  if (status === 200) return state !== undefined && state !== 'accepted';
  return code !== 'transfer-accepted' || state === 'accepted';
}
