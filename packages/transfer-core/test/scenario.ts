/** Scenarios for tests: events of Alice's chat and its transfer, and a function that decides them in order. */
import { decide } from '../src/decide/decide';
import type { ConversationEvent } from '../src/events';
import type { Ledger } from '../src/ledger';
import { addToOutbox } from '../src/outbox/outbox';
import { aLedger, aTaskSid, aTransferRequest, aWorker, describeEffect } from '../testing';

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
export const completionRequested = (task: number, worker = alice): ConversationEvent => ({
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
export const customerEnded: ConversationEvent = { type: 'customer-ended', at: 0 };
export const transferRefused: ConversationEvent = { type: 'transfer-refused', transferId, at: 0 };
export const declined = (worker = bob): ConversationEvent => ({
  type: 'offer-declined',
  taskSid: aTaskSid(2),
  workerSid: worker.sid,
  at: 0,
});
/** The target's time to answer the transfer task has expired. */
export const expired: ConversationEvent = { type: 'offer-expired', taskSid: aTaskSid(2), at: 0 };
/** The offer of the transfer task to one worker has expired. */
export const expiredFor = (worker = bob): ConversationEvent => ({
  type: 'offer-expired',
  taskSid: aTaskSid(2),
  workerSid: worker.sid,
  at: 0,
});
export const cancelRequested: ConversationEvent = {
  type: 'cancel-requested',
  transferId,
  by: 'Alice',
  at: 0,
};
export const recalled: ConversationEvent = { type: 'transfer-recalled', transferId, at: 0 };
export const recallFailed: ConversationEvent = { type: 'recall-failed', transferId, at: 0 };
export const coldToBilling = aTransferRequest({ mode: 'cold' });
export const coldToBob = aTransferRequest({ mode: 'cold', ...toBob });
export const coldOnAccept = aTransferRequest({ mode: 'cold', release: 'on-accept' });
export const warmToBob = aTransferRequest({ mode: 'warm', ...toBob });

interface ScenarioResult {
  readonly ledger: Ledger;
  /** One description per event: its effects, or the code of its refusal. */
  readonly effects: readonly string[];
}

/** Decides the events in order, starting from an empty ledger. A refused event leaves the ledger unchanged. */
export function runScenario(...events: readonly ConversationEvent[]): ScenarioResult {
  let ledger = aLedger();
  const effects = events.map((event) => {
    const result = decide(ledger, event);
    if (!result.ok) return result.failure.code;
    ledger = addToOutbox(result.value.ledger, result.value.effects);
    return result.value.effects.map(describeEffect).join('; ');
  });
  return { ledger, effects };
}

export const chatWithAlice = [tracked(1), accepted(1)];
