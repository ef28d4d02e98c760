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
  type Transfer,
  withoutReservedKeys,
} from '@chat-transfer/transfer-core';
import { applyToConversation } from '../../conversation/change-conversation';
import { checkTarget } from '../../conversation/check-target';
import type { OutboxResult } from '../../outbox/run-outbox';
import { buildTransferTask, describeFullTask } from '../../outbox/transfer-task';
import { authorize } from '../../requests/authorize';
import { defineConversationEndpoint } from '../../requests/conversation-endpoint';
import { hasStartedTransfer, mayActOnTask } from '../../requests/rights';
import type { ServicesWith } from '../../requests/services';
import { TwilioCallError } from '../../twilio/call';
import type { TaskFacts } from '../../twilio/task-router';

export const handler = defineConversationEndpoint(
  '/transfer/start',
  { required: ['allowedOrigins', 'release'] },
  StartTransferRequestSchema,
  startTransfer,
);

async function startTransfer(
  services: ServicesWith<'release'>,
  request: StartTransferRequest,
): Promise<Result<StartTransferAnswer>> {
  const target = parseTarget(request.targetSid);
  if (target === undefined) return fail({ code: 'bad-input', problems: ['targetSid is not valid'] });

  const [authorized, checked] = await Promise.all([
    authorize(
      services,
      request,
      (facts) => mayActOnTask('start', facts) || hasStartedTransfer(request.transferId, facts),
    ),
    checkTarget(services, target),
  ]);
  if (!authorized.ok) return authorized;
  if (checked === undefined) return fail({ code: 'target-not-found', targetSid: request.targetSid });

  const { transferId, taskSid, mode, note, priority } = request;
  const { task, reservations, stored, agent: by, adopted } = authorized.value;
  const { release, answerWithinMs } = services.settings;
  const options = {
    ...(note ? { note } : {}),
    ...chosenAttributes(request.attributes, task),
    ...(priority === undefined ? {} : { priority }),
  };
  if (findTransfer(stored.ledger, transferId) === undefined) {
    const planned = {
      id: transferId,
      mode,
      from: by,
      target,
      to: checked.to,
      originalTaskSid: taskSid,
      ...options,
    };
    const newTask = buildTransferTask(services, stored.ledger, planned, task);
    if (newTask === undefined) return fail(describeFullTask(task));
  }
  const refusal = checked.findRefusal(task.taskChannel);
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
        to: checked.to,
        ...(refusal === undefined ? {} : { refusal }),
        mode,
        release,
        answerWithinMs,
        at: services.nowMs(),
        ...options,
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

/** What the caller sets on the transfer task, without what is on the original task already: the ledger holds it. */
function chosenAttributes(
  chosen: StartTransferRequest['attributes'],
  { attributes }: TaskFacts,
): Pick<Transfer, 'attributes'> {
  const isNew = ([key, value]: readonly [string, unknown]) =>
    JSON.stringify(value) !== JSON.stringify(attributes[key]);
  const added = Object.entries(withoutReservedKeys(chosen ?? {})).filter(isNew);
  return added.length === 0 ? {} : { attributes: Object.fromEntries(added) };
}
