/** Whole conversations for tests: the events of Alice's chat and its transfer, and what following them leads to. */
import { decide } from './decide';
import type { ConversationEvent } from './events';
import type { Ledger } from './ledger';
import { addToOutbox } from './outbox';
import { aLedger, aTaskSid, aTransferRequest, aWorker, describeEffect } from './testing';

export const transferId = aTransferRequest().transferId;
export const [alice, bob, carol] = [aWorker(1), aWorker(2), aWorker(3)];
export const toBob = {
  target: { kind: 'worker' as const, workerSid: bob.sid },
  to: { kind: 'agent' as const, name: 'Bob' },
};

export const tracked = (task: number): ConversationEvent => ({
  type: 'task-tracked',
  taskSid: aTaskSid(task),
  at: 0,
});
export const accepted = (task: number, worker = alice): ConversationEvent => ({
  type: 'task-accepted',
  taskSid: aTaskSid(task),
  worker,
  at: 0,
});
export const offered = (task: number): ConversationEvent => ({
  type: 'transfer-offered',
  transferId,
  taskSid: aTaskSid(task),
  at: 0,
});
export const left = (task: number, worker = alice): ConversationEvent => ({
  type: 'agent-left',
  taskSid: aTaskSid(task),
  worker,
  alreadyWrapping: false,
  at: 0,
});
export const completes = (task: number, worker = alice): ConversationEvent => ({
  type: 'completion-requested',
  taskSid: aTaskSid(task),
  worker,
  at: 0,
});
export const closed = (task: number): ConversationEvent => ({
  type: 'task-closed',
  taskSid: aTaskSid(task),
  at: 0,
});
export const customerEnds: ConversationEvent = { type: 'customer-ended', at: 0 };
export const refused: ConversationEvent = { type: 'transfer-refused', transferId, at: 0 };
export const declined = (worker = bob): ConversationEvent => ({
  type: 'offer-declined',
  taskSid: aTaskSid(2),
  workerSid: worker.sid,
  at: 0,
});
/** The time of the transfer task with its target is over. */
export const expired: ConversationEvent = { type: 'offer-expired', taskSid: aTaskSid(2), at: 0 };
/** Of the transfer task, for one worker. */
export const rungOut = (worker = bob): ConversationEvent => ({
  type: 'offer-expired',
  taskSid: aTaskSid(2),
  workerSid: worker.sid,
  at: 0,
});
export const cancels: ConversationEvent = { type: 'cancel-requested', transferId, by: 'Alice', at: 0 };
export const recalled: ConversationEvent = { type: 'transfer-recalled', transferId, at: 0 };
export const recallFailed: ConversationEvent = { type: 'recall-failed', transferId, at: 0 };
export const coldToBilling = aTransferRequest({ mode: 'cold' });
export const coldToBob = aTransferRequest({ mode: 'cold', ...toBob });
export const coldOnAccept = aTransferRequest({ mode: 'cold', release: 'on-accept' });
export const warmToBob = aTransferRequest({ mode: 'warm', ...toBob });

interface Journey {
  readonly ledger: Ledger;
  /** What each event led to, in words. */
  readonly did: readonly string[];
}

/** Follows a conversation from its first event. A refusal shows as its code and leaves the ledger alone. */
export function follow(...events: readonly ConversationEvent[]): Journey {
  let ledger = aLedger();
  const did = events.map((event) => {
    const decided = decide(ledger, event);
    if (!decided.ok) return decided.failure.code;
    ledger = addToOutbox(decided.value.ledger, decided.value.effects);
    return decided.value.effects.map(describeEffect).join('; ');
  });
  return { ledger, did };
}

export const chatWithAlice = [tracked(1), accepted(1)];
