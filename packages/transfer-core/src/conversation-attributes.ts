/**
 * The attributes of the conversation on Programmable Chat: its status and its tasks, in the format of Twilio's original
 * feature. Studio flows and code for that feature read them.
 */
import { type Ledger, mustStayOpen, tasksOf } from './ledger';
import { isRecord } from './parse';
import type { TaskSid } from './sids';

type Attributes = Readonly<Record<string, unknown>>;

/** Lists every task as `inflight` or, when it is closed, as `completed`. */
export function listAssociatedTasks(ledger: Ledger): Record<TaskSid, 'inflight' | 'completed'> {
  return Object.fromEntries(
    tasksOf(ledger).map(([taskSid, { state }]) => [taskSid, state === 'closed' ? 'completed' : 'inflight']),
  );
}

/**
 * Whether the customer can write: the chat has not ended, or a new task has come since its last agent left. Then the agent
 * who accepts the task finds the customer. `ended` stays in the ledger.
 */
export function isOpenForCustomer(ledger: Ledger): boolean {
  return ledger.ended === undefined || (ledger.ended.by === 'last-agent' && mustStayOpen(ledger));
}

/**
 * Returns the conversation's attributes with the state of the ledger. Every other key stays. A task that the ledger does
 * not have is completed: the ledger drops closed tasks only, and adopts the open tasks of the original feature.
 */
export function conversationAttributes(current: Attributes, ledger: Ledger): Attributes {
  const knownSids = isRecord(current.associatedTasks) ? Object.keys(current.associatedTasks) : [];
  return {
    ...current,
    status: isOpenForCustomer(ledger) ? 'ACTIVE' : 'INACTIVE',
    associatedTasks: {
      ...Object.fromEntries(knownSids.map((taskSid) => [taskSid, 'completed'])),
      ...listAssociatedTasks(ledger),
    },
  };
}
