/**
 * Runs the outbox of a ledger: asks the core for a plan, executes it, saves what became of it, and asks again until nothing
 * is due, including effects that other runs add meanwhile. Transient failures are retried while there is time.
 */
import {
  type Ledger,
  listPendingParts,
  type PlannedLane,
  planOutbox,
  planUnconfirmed,
  type TransferFailure,
  type WorkPart,
} from '@chat-transfer/transfer-core';
import type { JustRead } from '../backend/backend';
import { backoffMs } from '../backoff';
import type { StoredLedger } from '../ledger/ledger-store';
import { TwilioCallError } from '../twilio/call';
import { type LaneOutcome, type OutboxPorts, runLanes } from './run-lanes';
import { applyOutcome, claimDueEntries, saveBesideEffects, saveOutcome } from './save-outcome';

export interface OutboxRun {
  /** Claims of entries name it. */
  readonly id: string;
  /** When the request began (ms since 1970). */
  readonly startedAt: number;
  readonly justRead: JustRead;
}

export interface OutboxResult {
  readonly ledger: Ledger;
  /** What is left to the next run. */
  readonly pending: readonly WorkPart[];
  /** Why due effects are left. The next request, event or sweep executes them. */
  readonly failure?: TransferFailure;
}

/** No retry begins so late that the function might not end within its budget. */
const RETRY_WITHIN_MS = 4_000;
const MAX_RETRIES = 3;
const BACKOFF = { firstMs: 300 };

/** How long a run waits for the run that has claimed the outbox. */
const WAIT_FOR_CLAIMS_MS = 7_000;
const POLL_INTERVAL_MS = 200;

const BUSY: TransferFailure = { code: 'busy' };

export async function runOutbox(
  ports: OutboxPorts,
  start: StoredLedger,
  run: OutboxRun,
): Promise<OutboxResult> {
  const { stored, failure } = await runUntilDone(ports, start, run);
  const pending = listPendingParts(stored.ledger.outbox);
  return { ledger: stored.ledger, pending, ...(failure === undefined ? {} : { failure }) };
}

interface RunEnd {
  readonly stored: StoredLedger;
  readonly failure?: TransferFailure | undefined;
}

async function runUntilDone(ports: OutboxPorts, start: StoredLedger, run: OutboxRun): Promise<RunEnd> {
  const giveUpAt = ports.nowMs() + WAIT_FOR_CLAIMS_MS;
  let stored = start;
  let { justRead } = run;
  let refusal: TransferFailure | undefined;
  for (let retries = 0; ; ) {
    const plan = planOutbox(stored.ledger, run.id, ports.nowMs());
    if (plan.step === 'nothing') return { stored, failure: refusal };
    if (plan.step === 'wait' || !plan.isClaimed) {
      if (plan.step === 'wait' && ports.nowMs() >= giveUpAt) return { stored, failure: BUSY };
      if (plan.step === 'wait') await ports.sleep(POLL_INTERVAL_MS);
      const claimed = await claimDueEntries(ports, stored, run.id);
      if (claimed === undefined) return { stored, failure: BUSY };
      stored = claimed;
      continue;
    }

    const step = await runStep(ports, stored, plan.lanes, { ...run, justRead });
    if (step === undefined) return { stored, failure: BUSY };
    refusal ??= step.refusal;
    const mayRetry = retries < MAX_RETRIES && ports.nowMs() - run.startedAt < RETRY_WITHIN_MS;
    const continues = step.failures.length === 0 || (mayRetry && step.failures.every(isTransient));
    const saved = await saveOutcome(ports, step.stored, step.unsaved, { run: run.id, continues });
    if (saved === undefined) return { stored: step.stored, failure: BUSY };
    if (!continues) return { stored: saved, failure: asFailure(step.failures[0]) };
    if (step.failures.length > 0) {
      retries += 1;
      await ports.sleep(backoffMs(retries, BACKOFF));
    }
    stored = saved;
    justRead = {};
  }
}

interface Step {
  readonly stored: StoredLedger;
  /** What must still be saved; absent when everything is. */
  readonly unsaved: LaneOutcome | undefined;
  readonly failures: readonly unknown[];
  /** Twilio refuses to create the transfer task. */
  readonly refusal: TransferFailure | undefined;
}

/** `undefined` when other runs wrote the ledger at every attempt. */
async function runStep(
  ports: OutboxPorts,
  stored: StoredLedger,
  lanes: readonly PlannedLane[],
  { id, justRead }: OutboxRun,
): Promise<Step | undefined> {
  const outcome = await runLanes(ports, stored.ledger, lanes, justRead);
  const { failures, refusal } = outcome;
  const beside =
    failures.length === 0 && lanes.some(({ lane }) => lane === 'transfer-task')
      ? planBesideSave(ports, stored.ledger, outcome, id)
      : undefined;
  if (beside === undefined) return { stored, unsaved: outcome, failures, refusal };

  const [saved, rest] = await Promise.all([
    saveBesideEffects(ports, stored, { outcome, ...beside, run: id }),
    runLanes(ports, beside.after, beside.lanes, justRead),
  ]);
  if (saved === undefined) return undefined;
  const isFinished = rest.failures.length === 0 && rest.events.length === 0 && rest.recheckAt.size === 0;
  // Effects behind a failed one did not run, and those that copied an older ledger run again.
  const done = new Set([...rest.done].filter((entryId) => !saved.outdated.has(entryId)));
  const failed = new Set(listIds(beside.lanes).filter((entryId) => !done.has(entryId)));
  return {
    stored: saved.stored,
    unsaved: isFinished ? undefined : { ...rest, done, failed },
    failures: rest.failures,
    refusal,
  };
}

const listIds = (lanes: readonly PlannedLane[]): string[] =>
  lanes.flatMap(({ work }) => work.flatMap(({ entry, covers }) => [entry, ...covers].map(({ id }) => id)));

/**
 * The lanes that may run while the outcome is saved, and the ledger after the outcome. None if no sweep would check the
 * entries that the run leaves unconfirmed.
 */
function planBesideSave(ports: OutboxPorts, before: Ledger, outcome: LaneOutcome, run: string) {
  if (ports.ledgers.hasLostItem()) return undefined;
  const after = applyOutcome(before, outcome, run);
  const isEnding = before.ended === undefined && after.ended !== undefined;
  const lanes = planUnconfirmed(after, { nowMs: ports.nowMs(), run, isEnding });
  return lanes === undefined || lanes.length === 0 ? undefined : { after, lanes };
}

const isTransient = (error: unknown): boolean =>
  error instanceof TwilioCallError && error.kind === 'transient';

/** Any other error is a bug and is thrown again. */
function asFailure(error: unknown): TransferFailure {
  if (error instanceof TwilioCallError) return error.asFailure();
  throw error;
}
