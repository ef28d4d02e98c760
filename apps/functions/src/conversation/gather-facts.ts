/**
 * Facts that must be known before an event is decided, and that no event has reported: deadlines that have passed, and tasks
 * that the ledger does not know. They form one ordered list of events. The caller's events follow them.
 */
import { type ConversationEvent, type Ledger, transferDeadline } from '@chat-transfer/transfer-core';
import { applyEvents } from '../ledger/apply-events';
import type { EffectPorts } from '../outbox/run-effect';
import { findExpiredOffer } from './find-expired-offer';
import { findUntrackedTasks } from './find-untracked-tasks';

/** Returns `[]` without a call, unless a deadline has passed or the events end the chat for good. */
export async function gatherFacts(
  ports: EffectPorts,
  ledger: Ledger,
  events: readonly ConversationEvent[],
): Promise<readonly ConversationEvent[]> {
  const facts = await findPassedDeadline(ports, ledger);
  const decision = applyEvents(ledger, [...facts, ...events]);
  return decision.ok ? [...facts, ...(await findUntrackedTasks(ports, ledger, decision.value))] : facts;
}

/** What became of the open transfer when its time is over. */
async function findPassedDeadline(ports: EffectPorts, ledger: Ledger): Promise<ConversationEvent[]> {
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
