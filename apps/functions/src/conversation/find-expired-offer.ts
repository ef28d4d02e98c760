/** The outcome of an offer whose time is over without an event from TaskRouter: the event was lost, or there is none yet. */
import { type ConversationEvent, GRACE_SECONDS, type Ledger } from '@chat-transfer/transfer-core';
import type { ReservationFacts } from '../twilio/task-router';
import { type CompareTaskPorts, compareTask } from './compare-task';

export interface ExpiredOfferPorts extends CompareTaskPorts {
  /** How long a reservation rings. */
  readonly ringWithinMs: number;
}

/**
 * TaskRouter counts the time to answer from the creation of the task, the functions from just before it. The workflow
 * asks others only after the grace period, so a reservation of the first half of it is still one of the target.
 */
const TOLERANCE_MS = (GRACE_SECONDS * 1000) / 2;

/**
 * How long a reservation may be pending after its ring time. Flex keeps a reservation on hold while it sets up the agent who
 * has accepted it, for minutes sometimes, and no timeout ends it meanwhile:
 * https://support.twilio.com/hc/en-us/articles/42786996187419
 */
const SET_UP_WITHIN_MS = 3 * 60_000;

/** Events that replace the lost one; `[]`, without a call, when the ledger has no offer. Reads TaskRouter. */
export async function findExpiredOffer(
  ports: ExpiredOfferPorts,
  ledger: Ledger,
): Promise<ConversationEvent[]> {
  const { transfer } = ledger;
  if (transfer?.state !== 'offered' || transfer.transferTaskSid === undefined) return [];
  const { transferTaskSid: taskSid, answerBy = 0 } = transfer;
  const missed = await compareTask(ports, ledger, taskSid);
  if (missed.length > 0) return missed;
  // TaskRouter still offers the task: to the target, or to others if it has gone on.
  const ringsUntil = findEndOfRinging(
    await ports.taskRouter.listReservations(taskSid),
    answerBy,
    ports.ringWithinMs,
  );
  const at = ports.nowMs();
  return ringsUntil !== undefined && at < ringsUntil + SET_UP_WITHIN_MS
    ? [{ type: 'offer-rings-on', taskSid, until: Math.max(ringsUntil, at), at }]
    : [{ type: 'offer-expired', taskSid, at }];
}

/**
 * When the pending reservation of the target has rung for its time (ms since 1970); `undefined` without one. TaskRouter may let
 * a reservation ring on after the target's timeout, and goes on with the workflow when it has ended.
 */
function findEndOfRinging(
  reservations: readonly ReservationFacts[],
  answerBy: number,
  ringWithinMs: number,
): number | undefined {
  const ringing = reservations.find(
    ({ status, createdAt }) => status === 'pending' && createdAt <= answerBy + TOLERANCE_MS,
  );
  return ringing && ringing.createdAt + ringWithinMs;
}
