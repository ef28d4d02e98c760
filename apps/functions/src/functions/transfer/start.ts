/** POST /transfer/start: an agent transfers a chat to another agent or to a queue. */
import {
  buildWorkLists,
  fail,
  findTransfer,
  listPendingParts,
  parseTarget,
  type Result,
  type StartTransferAnswer,
  type StartTransferRequest,
  StartTransferRequestSchema,
  succeed,
} from '@chat-transfer/transfer-core';
import { applyToConversation } from '../../conversation/change-conversation';
import { describeTarget } from '../../conversation/describe-target';
import type { OutboxResult } from '../../outbox/run-outbox';
import { authorize } from '../../requests/authorize';
import { defineEndpoint } from '../../requests/endpoint';
import { hasStartedTransfer, mayActOnTask } from '../../requests/rights';
import type { Services } from '../../requests/services';
import { TwilioCallError } from '../../twilio/call';

export const handler = defineEndpoint('/transfer/start', StartTransferRequestSchema, startTransfer);

async function startTransfer(
  services: Services,
  request: StartTransferRequest,
): Promise<Result<StartTransferAnswer>> {
  const target = parseTarget(request.targetSid);
  if (target === undefined) return fail({ code: 'bad-input', problems: ['targetSid is not valid'] });

  const [authorized, to] = await Promise.all([
    authorize(
      services,
      request,
      (facts) => mayActOnTask('start', facts) || hasStartedTransfer(request.transferId, facts),
    ),
    describeTarget(services, target),
  ]);
  if (!authorized.ok) return authorized;
  if (to === undefined) return fail({ code: 'target-not-found', targetSid: request.targetSid });

  const { transferId, taskSid, mode, note } = request;
  const { task, reservations, stored, agent: by, adopted } = authorized.value;
  const { release, answerWithinMs } = services.settings;
  const applied = await applyToConversation(services, {
    conversation: stored.ledger,
    stored,
    justRead: { task, reservations },
    events: [
      ...adopted,
      {
        type: 'transfer-requested',
        transferId,
        taskSid,
        by,
        target,
        to,
        mode,
        release,
        answerWithinMs,
        at: services.nowMs(),
        ...(note ? { note } : {}),
      },
    ],
  }).catch((error: unknown): Result<OutboxResult> => {
    if (!(error instanceof TwilioCallError) || error.kind !== 'transient') throw error;
    // A request that is sent again: the transfer has its task, whatever fails now.
    const { ledger } = stored;
    if (findTransfer(ledger, transferId)?.transferTaskSid !== undefined)
      return succeed({ ledger, pending: listPendingParts(ledger.outbox) });
    // The decision may be saved although Twilio did not say so.
    return fail({ code: 'start-pending' });
  });
  if (!applied.ok) return applied;

  const { ledger, pending, failure } = applied.value;
  const transfer = findTransfer(ledger, transferId);
  if (transfer?.transferTaskSid !== undefined) {
    const released = ledger.tasks[taskSid]?.state !== 'active';
    return succeed({
      ok: true,
      transferId,
      transferTaskSid: transfer.transferTaskSid,
      released,
      ...buildWorkLists(['transfer-task', 'notices', ...(released ? (['agents'] as const) : [])], pending),
    });
  }
  if (transfer === undefined || transfer.endedAt === undefined) return fail({ code: 'start-pending' });
  return fail(failure ?? { code: 'transfer-over', state: transfer.state });
}
