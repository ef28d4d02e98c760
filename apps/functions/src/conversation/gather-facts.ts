/**
 * Facts that must be known before an event is decided, and that no event has reported: deadlines that have passed, and tasks
 * that the ledger does not know. They form one ordered list of events. The caller's events follow them.
 */
import {
  type ConversationEvent,
  findTransfer,
  type Ledger,
  transferDeadline,
} from '@chat-transfer/transfer-core';
import { applyEvents } from '../ledger/apply-events';
import type { EffectPorts } from '../outbox/run-effect';
import { type ExpiredOfferPorts, findExpiredOffer } from './find-expired-offer';
import { findUntrackedTasks } from './find-untracked-tasks';

export type FactPorts = EffectPorts & ExpiredOfferPorts;

/** Returns `[]` without a call, unless a deadline has passed or the events end the chat for good. */
export async function gatherFacts(
  ports: FactPorts,
  ledger: Ledger,
  events: readonly ConversationEvent[],
): Promise<readonly ConversationEvent[]> {
  const passed = await findPassedDeadline(ports, ledger);
  const facts = [...(await findLostDecline(ports, ledger, [...passed, ...events])), ...passed];
  const decision = applyEvents(ledger, [...facts, ...events]);
  return decision.ok ? [...facts, ...(await findUntrackedTasks(ports, ledger, decision.value))] : facts;
}

/** If the events say that the target did not answer: whether it declined, and the event about that is lost or late. */
async function findLostDecline(
  { taskRouter, nowMs }: EffectPorts,
  before: Ledger,
  events: readonly ConversationEvent[],
): Promise<ConversationEvent[]> {
  const { transfer } = before;
  if (transfer?.state !== 'offered' || transfer.target.kind !== 'worker') return [];
  const after = applyEvents(before, events);
  const isUnanswered = after.ok && findTransfer(after.value, transfer.id)?.untakenReason === 'unanswered';
  if (!isUnanswered || transfer.transferTaskSid === undefined) return [];
  const { workerSid } = transfer.target;
  const reservations = await taskRouter.listReservations(transfer.transferTaskSid);
  const hasDeclined = reservations.some(
    (reservation) => reservation.workerSid === workerSid && reservation.status === 'rejected',
  );
  return hasDeclined
    ? [{ type: 'offer-declined', taskSid: transfer.transferTaskSid, workerSid, at: nowMs() }]
    : [];
}

/** What became of the open transfer when its time is over. */
async function findPassedDeadline(ports: FactPorts, ledger: Ledger): Promise<ConversationEvent[]> {
  const { transfer } = ledger;
  const at = ports.nowMs();
  if (transfer === undefined || at < transferDeadline(transfer)) return [];
  const { id: transferId } = transfer;
  switch (transfer.state) {
    case 'requested': {
      const tasks = await ports.taskRouter.listTransferTasks(transferId);
      return tasks.length === 0
        ? [{ type: 'start-expired', transferId, at }]
        : tasks.map((taskSid) => ({ type: 'transfer-offered', transferId, taskSid, at }));
    }
    case 'offered':
      return findExpiredOffer(ports, ledger);
    case 'declined':
    case 'unanswered':
    case 'cancelled':
      return [{ type: 'return-expired', transferId, at }];
    case 'accepted':
    case 'abandoned':
    case 'returned':
    case 'failed':
      return [];
  }
}
