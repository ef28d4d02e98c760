/**
 * Running the outbox, by whoever holds the lease on it: do what is due, tick it off, until nothing is left of it,
 * including what others add meanwhile. What failed by bad luck is tried again while there is time.
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
import type { StoredLedger } from '../ledger/ledger-store';
import { updateLedger } from '../ledger/update-ledger';
import { failOf, TwilioCallError } from '../twilio/call';
import { type PassPorts, type PassReport, runPass } from './run-pass';

export interface OutboxRun {
  readonly holder: string;
  /** When the request began (ms since 1970). */
  readonly startedAt: number;
  readonly justRead: JustRead;
}

/** A Twilio Function has ten seconds. Nothing is started again that might not be over by then. */
const RETRY_WITHIN_MS = 4_000;
const RETRIES = 3;
const FIRST_WAIT_MS = 300;

/** `taken-over`: it took so long that somebody else has the lease now. */
export async function runOutbox(
  ports: PassPorts,
  leased: StoredLedger,
  run: OutboxRun,
): Promise<Result<Ledger> | 'taken-over'> {
  let stored = leased;
  let { justRead } = run;
  for (let retries = 0; ; ) {
    const pass = await runPass(ports, stored, run.holder, justRead);
    if (pass === undefined) return fail({ code: 'busy' });

    const { failures } = pass;
    const elapsedMs = ports.nowMs() - run.startedAt;
    const retry =
      failures.length > 0 && failures.every(isTransient) && retries < RETRIES && elapsedMs < RETRY_WITHIN_MS;
    const ticked =
      pass.report === undefined
        ? pass.stored
        : await report(ports, pass.stored, pass.report, run.holder, failures.length === 0 || retry);
    if (ticked === undefined) return fail({ code: 'busy' });
    if (failures.length > 0 && !retry) return failOf(failures[0]);
    if (dueEntries(ticked.ledger, ports.nowMs()).length === 0) return succeed(ticked.ledger);
    if (ticked.ledger.lease?.holder !== run.holder) return 'taken-over';
    if (retry) {
      await ports.sleep(FIRST_WAIT_MS * 2 ** retries * (0.5 + Math.random() / 2));
      retries += 1;
    }
    stored = ticked;
    justRead = {};
  }
}

const isTransient = (error: unknown): boolean => error instanceof TwilioCallError && !error.isRefusal;

/** Tells the ledger what a pass came to. The lease is kept when there is more to do. */
function report(
  ports: PassPorts,
  stored: StoredLedger,
  { done, failed, events }: PassReport,
  holder: string,
  goesOn: boolean,
): Promise<StoredLedger | undefined> {
  return updateLedger(ports, stored, events, (ledger) => {
    const ticked = acknowledge(requeue(ledger, failed), done, holder);
    const now = ports.nowMs();
    const takes = goesOn && dueEntries(ticked, now).length > 0 && !isLeased(ticked, holder, now);
    return takes ? takeLease(ticked, holder, now) : ticked;
  });
}
