/** Executes planned lanes: lanes in parallel, the effects of a lane one after the other until the first failure. */
import {
  type ConversationEvent,
  LANDING_MS,
  type Ledger,
  type PlannedLane,
  type TransferFailure,
  type Work,
} from '@chat-transfer/transfer-core';
import type { JustRead } from '../backend/backend';
import { applyEvents } from '../ledger/apply-events';
import type { IndexedLedgerStore } from '../ledger/indexed-ledger-store';
import type { LedgerPorts } from '../ledger/update-ledger';
import { logAbandonedEffect } from '../log';
import { TwilioCallError } from '../twilio/call';
import { findPostedNotices, type PostedNotices } from './posted-notices';
import { type EffectPorts, runEffect } from './run-effect';
import type { Outcome } from './save-outcome';

export type OutboxPorts = EffectPorts & LedgerPorts & { readonly ledgers: IndexedLedgerStore };

export interface LaneOutcome extends Outcome {
  /** The first failure of each lane. The effects after it did not run. */
  readonly failures: readonly unknown[];
  /** Twilio refuses to create the transfer task. The events say so too. */
  readonly refusal: TransferFailure | undefined;
}

interface Progress {
  readonly done: Set<string>;
  readonly failed: Set<string>;
  readonly recheckAt: Map<string, number>;
  readonly mayLandUntil: Map<string, number>;
  readonly events: ConversationEvent[];
  readonly failures: unknown[];
  refusal: TransferFailure | undefined;
}

export async function runLanes(
  ports: OutboxPorts,
  ledger: Ledger,
  lanes: readonly PlannedLane[],
  justRead: JustRead,
): Promise<LaneOutcome> {
  const progress: Progress = {
    done: new Set(),
    failed: new Set(),
    recheckAt: new Map(),
    mayLandUntil: new Map(),
    events: [],
    failures: [],
    refusal: undefined,
  };
  await Promise.all(lanes.map((lane) => runLane(ports, ledger, lane, justRead, progress)));
  const isRepeated = lanes.some(
    ({ lane, work }) => lane === 'transfer-task' && work.some(({ entry }) => entry.attempts > 1),
  );
  return { ...progress, isRepeated };
}

async function runLane(
  ports: OutboxPorts,
  before: Ledger,
  lane: PlannedLane,
  justRead: JustRead,
  progress: Progress,
): Promise<void> {
  const { done, failed, failures } = progress;
  let ledger = before;

  let posted: PostedNotices | undefined;
  try {
    posted = await findPostedNotices(ports, ledger, lane);
    // A notice with more attempts is unconfirmed because one of them may still take effect.
    for (const { id, attempts } of lane.after) if (attempts <= 1) done.add(id);
  } catch (error) {
    failures.push(error);
    return;
  }
  for (const work of lane.work) {
    try {
      const {
        events = [],
        recheckAt,
        refusal,
      } = await runEffect(ports, ledger, work.entry, {
        justRead,
        posted,
      });
      progress.events.push(...events);
      progress.refusal ??= refusal;
      const applied = applyEvents(ledger, events);
      if (applied.ok) ledger = applied.value;
      for (const id of idsOf(work)) done.add(id);
      if (recheckAt !== undefined) progress.recheckAt.set(work.entry.id, recheckAt);
    } catch (error) {
      if (!isPermanent(work, error)) {
        failures.push(error);
        for (const id of idsOf(work)) failed.add(id);
        if (error instanceof TwilioCallError && error.mayStillLand)
          progress.mayLandUntil.set(work.entry.id, ports.nowMs() + LANDING_MS);
        return;
      }
      // An effect that Twilio will never accept must not block the effects after it.
      logAbandonedEffect(ledger.conversationSid, work.entry.id, error);
      done.add(work.entry.id);
    }
  }
}

const idsOf = ({ entry, covers }: Work): readonly string[] => [entry.id, ...covers.map(({ id }) => id)];

/**
 * Whether no retry can succeed: Twilio finds a notice malformed or too large. Wrong credentials are not permanent, because an
 * admin can correct them.
 */
function isPermanent({ entry: { effect } }: Work, error: unknown): boolean {
  return (
    effect.kind === 'post-notice' &&
    error instanceof TwilioCallError &&
    [400, 413, 422].includes(error.status ?? 0)
  );
}
