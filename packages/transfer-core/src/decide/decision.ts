/** What a decision is made of, and the parts of it that every event needs. */
import { type Effect, postNotice, updateConversation } from '../effects';
import { type Ledger, mustStayOpen, type TaskRecord } from '../ledger';
import { CHAT_ENDED } from '../notice/build-notice';
import type { Notice } from '../notice/notice';
import type { TaskSid } from '../sids';

export interface Decision {
  readonly ledger: Ledger;
  /** In the order they must happen; `laneOf` says what may run side by side. */
  readonly effects: readonly Effect[];
}

export const withoutEffects = (ledger: Ledger): Decision => ({ ledger, effects: [] });

/** The second decision on top of the first. (A module that exports a `then` passes for a promise.) */
export function chain(first: Decision, next: (ledger: Ledger) => Decision): Decision {
  const second = next(first.ledger);
  return { ledger: second.ledger, effects: [...first.effects, ...second.effects] };
}

export function withTask(ledger: Ledger, taskSid: TaskSid, record: TaskRecord): Ledger {
  return { ...ledger, tasks: { ...ledger.tasks, [taskSid]: record } };
}

/** Notices about agents stop when the chat has ended: nobody is there to read them. */
export function postNotices(ledger: Ledger, ...told: readonly Notice[]): Effect[] {
  return ledger.ended === undefined ? told.map(postNotice) : [];
}

/** Ends the chat when nobody is on it any more and nobody is looked for, unless that is what an agent wanted. */
export function endChatIfUnattended(ledger: Ledger, at: number): Decision {
  if (ledger.ended !== undefined || ledger.parkedBy !== undefined || mustStayOpen(ledger))
    return withoutEffects(ledger);
  return {
    ledger: { ...ledger, ended: { at, by: 'last-agent' } },
    effects: [...postNotices(ledger, CHAT_ENDED), updateConversation()],
  };
}
