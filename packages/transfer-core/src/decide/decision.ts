/** A decision, and the parts of it that several events share. */
import { type Effect, postNotice, updateConversation } from '../effects';
import { type Ledger, mustStayOpen, type TaskRecord } from '../ledger';
import { buildEndedNotice } from '../notice/build-notice';
import type { Notice } from '../notice/notice';
import type { TaskSid } from '../sids';

export interface Decision {
  readonly ledger: Ledger;
  /** In the order in which they must run. `laneOf` says which of them may run in parallel. */
  readonly effects: readonly Effect[];
}

export const withoutEffects = (ledger: Ledger): Decision => ({ ledger, effects: [] });

/** Continues a decision: `next` decides on the ledger of `first`, and its effects follow those of `first`. */
export function chain(first: Decision, next: (ledger: Ledger) => Decision): Decision {
  const second = next(first.ledger);
  return { ledger: second.ledger, effects: [...first.effects, ...second.effects] };
}

export function withTask(ledger: Ledger, taskSid: TaskSid, record: TaskRecord): Ledger {
  return { ...ledger, tasks: { ...ledger.tasks, [taskSid]: record } };
}

/** The effects that post these notices. Returns none after the chat has ended: `chat-ended` is the last notice. */
export function postNotices(ledger: Ledger, ...notices: readonly Notice[]): Effect[] {
  return ledger.ended === undefined ? notices.map(postNotice) : [];
}

/** Ends the chat if it has no agent and no task or transfer waits for one, unless an agent has parked it. */
export function endChatIfUnattended(ledger: Ledger, at: number): Decision {
  if (ledger.ended !== undefined || ledger.parkedBy !== undefined || mustStayOpen(ledger)) {
    return withoutEffects(ledger);
  }
  return {
    ledger: { ...ledger, ended: { at, by: 'last-agent' } },
    effects: [...postNotices(ledger, buildEndedNotice(ledger)), updateConversation()],
  };
}
