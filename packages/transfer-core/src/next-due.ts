/**
 * When a conversation needs attention without an event: the time after which a run must look at it. Lost events, crashed
 * runs and expired offers are found then, because the index of the functions keeps this time for every ledger.
 */
import { agentsInChat, type Ledger, type TaskRecord, tasksOf } from './ledger';
import { outboxDueAt } from './outbox/outbox';
import { transferDeadline } from './transfer';

/** How long the ledger believes that a task is open before it is compared with TaskRouter. */
export const CONFIRM_AFTER_MS = 30 * 60_000;

/** The same while events matter most: during a transfer, in wrap-up, and while the customer has no agent. */
export const CONFIRM_SOON_AFTER_MS = 2 * 60_000;

/** The run that assumes a parking asks Twilio at once. After this time it must have ended. */
const ASK_PARKING_AFTER_MS = 15_000;

/**
 * The time (ms since 1970) at which a run must look at the conversation, even if nothing happens. It may be in the past; 0
 * means now. `undefined` when nothing is unfinished: the outbox is empty, and the chat has ended or is parked, without an
 * open task.
 */
export function nextDueAt(ledger: Ledger): number | undefined {
  const { transfer } = ledger;
  const dueTimes = [
    outboxDueAt(ledger.outbox),
    transfer === undefined ? undefined : transferDeadline(transfer),
    ...tasksOf(ledger).map(([, task]) => taskDueAt(ledger, task)),
    unattendedDueAt(ledger),
    parkingDueAt(ledger),
  ].filter((dueAt) => dueAt !== undefined);
  return dueTimes.length === 0 ? undefined : Math.min(...dueTimes);
}

/** When a task must be compared with TaskRouter (ms since 1970); `undefined` for a closed task. */
export function taskDueAt(ledger: Ledger, task: TaskRecord): number | undefined {
  const knownAt = task.confirmedAt ?? task.openedAt;
  switch (task.state) {
    case 'closed':
      return undefined;
    case 'left':
      return knownAt + CONFIRM_SOON_AFTER_MS;
    case 'waiting':
    case 'active': {
      const { transfer } = ledger;
      const dueAt = knownAt + (hasAgentOrEnded(ledger) ? CONFIRM_AFTER_MS : CONFIRM_SOON_AFTER_MS);
      if (transfer === undefined) return dueAt;
      return Math.min(dueAt, Math.max(knownAt, transfer.requestedAt) + CONFIRM_SOON_AFTER_MS);
    }
  }
}

/** When Twilio must be asked whether the chat is parked (ms since 1970); `undefined` when that is known. */
export function parkingDueAt({ assumedParkedAt, ended }: Ledger): number | undefined {
  return assumedParkedAt === undefined || ended !== undefined
    ? undefined
    : assumedParkedAt + ASK_PARKING_AFTER_MS;
}

/**
 * When Twilio must be searched for tasks of a chat that has neither an agent nor a waiting task (ms since 1970); `undefined`
 * for any other chat. The interval grows with the age of the chat, because such a chat may be abandoned.
 */
export function unattendedDueAt(ledger: Ledger): number | undefined {
  const times = tasksOf(ledger).map(([, { openedAt, confirmedAt = openedAt }]) => confirmedAt);
  const isUnattended = times.length > 0 && !hasAgentOrEnded(ledger) && ledger.parkedBy === undefined;
  if (!isUnattended || tasksOf(ledger).some(([, task]) => task.state === 'waiting')) return undefined;
  const openedAt = Math.min(...tasksOf(ledger).map(([, task]) => task.openedAt));
  const searchedAt = Math.max(...times);
  return searchedAt + Math.max(CONFIRM_SOON_AFTER_MS, (searchedAt - openedAt) / 2);
}

const hasAgentOrEnded = (ledger: Ledger): boolean =>
  ledger.ended !== undefined || agentsInChat(ledger).length > 0;
