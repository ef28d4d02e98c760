/** POST /transfer/cancel: the agent cancels a transfer that no agent has accepted. */
import {
  buildWorkLists,
  type CancelTransferAnswer,
  type CancelTransferRequest,
  CancelTransferRequestSchema,
  fail,
  findAcceptingAgent,
  findTransfer,
  type Result,
  succeed,
  type Transfer,
} from '@chat-transfer/transfer-core';
import { applyToConversation } from '../../conversation/change-conversation';
import { applyEvents } from '../../ledger/apply-events';
import type { OutboxResult } from '../../outbox/run-outbox';
import { authorize } from '../../requests/authorize';
import { defineConversationEndpoint } from '../../requests/conversation-endpoint';
import { hasStartedTransfer, mayActOnTask } from '../../requests/rights';
import type { Services } from '../../requests/services';

export const handler = defineConversationEndpoint(
  '/transfer/cancel',
  { required: ['allowedOrigins'] },
  CancelTransferRequestSchema,
  cancelTransfer,
);

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
  // If the ledger of the chat was lost, `adopted` restores the transfer from its task.
  const { stored, adopted } = authorized.value;
  const known = applyEvents(stored.ledger, adopted);
  const requested = known.ok ? findTransfer(known.value, transferId) : undefined;
  // The caller's right covers this task only, so the transfer must be one of this task.
  if (requested?.originalTaskSid !== taskSid) return fail({ code: 'not-allowed' });

  const applied = await applyToConversation(services, {
    conversation: stored.ledger,
    stored,
    events: [
      ...adopted,
      { type: 'cancel-requested', transferId, by: requested.from.publicName, at: services.nowMs() },
    ],
  });
  if (!applied.ok) return applied;
  const transfer = findTransfer(applied.value.ledger, transferId);
  return transfer === undefined ? fail({ code: 'busy' }) : buildAnswer(applied.value, transfer);
}

/**
 * The answer for the transfer's state, which need not be `cancelled`: an agent may have accepted it first.
 */
function buildAnswer(
  { ledger, failure, pending }: OutboxResult,
  transfer: Transfer,
): Result<CancelTransferAnswer> {
  const { id: transferId, state, untakenReason } = transfer;
  const work = buildWorkLists(['transfer-task', 'notices'], pending);
  switch (state) {
    case 'cancelled':
      return succeed({ ok: true, transferId, state, ...work });
    case 'returned':
      return untakenReason === 'cancelled'
        ? succeed({ ok: true, transferId, state, ...work })
        : fail({ code: 'transfer-over', state });
    case 'requested':
    case 'offered':
      // The task is not recalled yet: Twilio failed, or another run executes the outbox.
      return fail(failure ?? { code: 'busy' });
    case 'accepted':
      return fail({ code: 'transfer-accepted', ...findAcceptingAgent(ledger, transfer) });
    case 'declined':
    case 'unanswered':
    case 'abandoned':
    case 'failed':
      return fail({ code: 'transfer-over', state });
  }
}
