/** POST /transfer/cancel: the agent cancels a transfer that no agent has accepted. */
import {
  type CancelTransferAnswer,
  type CancelTransferRequest,
  CancelTransferRequestSchema,
  fail,
  findAcceptingAgent,
  findTransfer,
  type Ledger,
  type Result,
  succeed,
  type Transfer,
} from '@chat-transfer/transfer-core';
import { changeConversation } from '../../conversation/change-conversation';
import { authorize } from '../../requests/authorize';
import { defineEndpoint } from '../../requests/endpoint';
import { hasStartedTransfer, mayActOnTask } from '../../requests/rights';
import type { Services } from '../../requests/services';

export const handler = defineEndpoint('/transfer/cancel', CancelTransferRequestSchema, cancelTransfer);

async function cancelTransfer(
  services: Services,
  request: CancelTransferRequest,
): Promise<Result<CancelTransferAnswer>> {
  const { transferId, taskSid } = request;
  const authorized = await authorize(
    services,
    request,
    (facts) => mayActOnTask('finish', facts) || hasStartedTransfer(transferId, facts),
  );
  if (!authorized.ok) return authorized;
  const { stored, chat } = authorized.value;
  const requested = findTransfer(stored.ledger, transferId);
  // The caller's right covers this task only, so the transfer must be one of this task.
  if (requested?.originalTaskSid !== taskSid) return fail({ code: 'not-allowed' });

  const changed = await changeConversation(services, {
    conversation: chat,
    stored,
    events: [{ type: 'cancel-requested', transferId, by: requested.from.publicName, at: services.nowMs() }],
  });
  if (!changed.ok) return changed;
  const transfer = findTransfer(changed.value, transferId);
  return transfer === undefined ? fail({ code: 'busy' }) : buildAnswer(changed.value, transfer);
}

/**
 * The answer for the transfer's state, which need not be `cancelled`: an agent may have accepted it first.
 */
function buildAnswer(ledger: Ledger, transfer: Transfer): Result<CancelTransferAnswer> {
  const { id: transferId, state, untakenReason } = transfer;
  switch (state) {
    case 'cancelled':
      return succeed({ ok: true, transferId, state });
    case 'returned':
      return untakenReason === 'cancelled'
        ? succeed({ ok: true, transferId, state })
        : fail({ code: 'transfer-over', state });
    case 'requested':
    case 'offered':
      // Another run has the lease and has not cancelled it yet.
      return fail({ code: 'busy' });
    case 'accepted':
      return fail({ code: 'transfer-accepted', ...findAcceptingAgent(ledger, transfer) });
    case 'declined':
    case 'unanswered':
    case 'abandoned':
    case 'failed':
      return fail({ code: 'transfer-over', state });
  }
}
