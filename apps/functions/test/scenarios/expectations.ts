/** What answers to agents lead them to expect of the transfer. */
import { findTransfer, type Ledger } from '@chat-transfer/transfer-core';
import type { SentRequest } from './answer';

/** Rule 8: the ledger of the chat is as the answers said. */
export function checkExpectations(ledger: Ledger, requests: readonly SentRequest[]): void {
  for (const { path, fields, answers } of requests) {
    if (fields.conversationSid !== ledger.conversationSid) continue;
    const transfer = findTransfer(ledger, fields.transferId ?? '');
    for (const { status, body } of answers.filter((answer) => answer !== undefined)) {
      const isMet =
        path === '/transfer/start' && status === 200
          ? transfer?.transferTaskSid === body.transferTaskSid
          : path !== '/transfer/cancel' || isCancelMet(transfer?.state, status, body.code);
      if (isMet) continue;
      const answer = `${path} answered ${status} ${JSON.stringify(body)}`;
      throw new Error(`Rule 8: ${answer}, but the transfer is ${JSON.stringify(transfer)}`);
    }
  }
}

/** A transfer is cancelled or accepted, never both. */
function isCancelMet(state: string | undefined, status: number, code: unknown): boolean {
  if (status === 200) return state !== undefined && state !== 'accepted';
  return code !== 'transfer-accepted' || state === 'accepted';
}
