/**
 * Runs the outbox for the run that holds its lease: runs the due effects, acknowledges them, and repeats this
 * until none is left, including those that other runs add meanwhile. Transient failures are retried while
 * there is time.
 */
import {
  acknowledge,
  dueEntries,
  fail,
  isLeased,
  type Ledger,
  type Result,
  requeue,
  succeed,
  takeLease,
} from '@chat-transfer/transfer-core';
import type { JustRead } from '../backend/backend';
import { backoffMs } from '../backoff';
import type { StoredLedger } from '../ledger/ledger-store';
import { updateLedger } from '../ledger/update-ledger';
import { failOrRethrow, TwilioCallError } from '../twilio/call';
import { type PassPorts, type PassResult, runPass } from './run-pass';

export interface OutboxRun {
  /** Identifies the run as the holder of the lease. */
  readonly holder: string;
  /** When the request began (ms since 1970). */
  readonly startedAt: number;
  readonly justRead: JustRead;
}

/** A Twilio Function has ten seconds. No retry begins so late that it might not end within them. */
const RETRY_WITHIN_MS = 4_000;
const MAX_RETRIES = 3;
const BACKOFF = { firstMs: 300 };

/** Returns the ledger without due effects; `lease-lost` when another run has taken the expired lease. */
export async function runOutbox(
  ports: PassPorts,
  leased: StoredLedger,
  run: OutboxRun,
): Promise<Result<Ledger> | 'lease-lost'> {
  let stored = leased;
  let { justRead } = run;
  for (let retries = 0; ; ) {
    const pass = await runPass(ports, stored, run.holder, justRead);
    if (pass === undefined) return fail({ code: 'busy' });

    const { failures } = pass;
    const elapsedMs = ports.nowMs() - run.startedAt;
    const willRetry =
      failures.length > 0 &&
      failures.every(isTransient) &&
      retries < MAX_RETRIES &&
      elapsedMs < RETRY_WITHIN_MS;
    const willContinue = failures.length === 0 || willRetry;
    const saved =
      pass.result === undefined
        ? pass.stored
        : await saveResult(ports, pass.stored, pass.result, { holder: run.holder, willContinue });
    if (saved === undefined) return fail({ code: 'busy' });
    if (!willContinue) return failOrRethrow(failures[0]);
    if (dueEntries(saved.ledger, ports.nowMs()).length === 0) return succeed(saved.ledger);
    if (saved.ledger.lease?.holder !== run.holder) return 'lease-lost';
    if (willRetry) {
      retries += 1;
      await ports.sleep(backoffMs(retries, BACKOFF));
    }
    stored = saved;
    justRead = {};
  }
}

const isTransient = (error: unknown): boolean =>
  error instanceof TwilioCallError && error.kind === 'transient';

/**
 * Writes the result of a pass into the ledger. Keeps the lease if the run will continue and effects are due.
 */
function saveResult(
  ports: PassPorts,
  stored: StoredLedger,
  { done, failed, events }: PassResult,
  { holder, willContinue }: { readonly holder: string; readonly willContinue: boolean },
): Promise<StoredLedger | undefined> {
  return updateLedger(ports, stored, {
    events,
    change(ledger) {
      const acknowledged = acknowledge(requeue(ledger, failed), done, holder);
      const now = ports.nowMs();
      const hasWork = dueEntries(acknowledged, now).length > 0;
      return willContinue && hasWork && !isLeased(acknowledged, holder, now)
        ? takeLease(acknowledged, holder, now)
        : acknowledged;
    },
  });
}
