/**
 * The scan of all ledgers, one page at a time: the backstop for items of the index that were not written. It adds a due
 * ledger to the index; the next sweep works on it.
 */
import { nextDueAt, parseLedger } from '@chat-transfer/transfer-core';
import type { DocumentPages } from '../twilio/sync-document-pages';
import type { DueIndex, SweepState } from './due-index';

export interface ScanPorts {
  readonly index: Pick<DueIndex, 'add'>;
  readonly documentPages: DocumentPages;
  readonly nowMs: () => number;
}

/** A ledger that is due for longer than this has no item: sweeps are faster, even after a failure. */
const OVERDUE_MS = 60_000;
const PAGE_INTERVAL_MS = 60_000;
/** From the begin of one scan to the next. */
const SCAN_INTERVAL_MS = 60 * 60_000;

/** Reads one page and indexes its overdue ledgers. Returns where and when the scan goes on. */
export async function scanLedgers(
  { index, documentPages, nowMs }: ScanPorts,
  scan: SweepState['scan'],
): Promise<SweepState['scan']> {
  const now = nowMs();
  const startedAt = scan.cursor === undefined ? now : scan.startedAt;
  const { documents, next } = await documentPages(scan.cursor);
  const overdue = documents.flatMap(({ data }) => {
    // The sweep reads the ledger again, with all checks.
    const ledger = parseLedger(data);
    const dueAt = ledger === undefined ? undefined : nextDueAt(ledger);
    return ledger !== undefined && dueAt !== undefined && dueAt < now - OVERDUE_MS ? [ledger] : [];
  });
  await Promise.all(overdue.map(({ conversationSid }) => index.add(conversationSid, now)));
  return next === undefined
    ? { startedAt, nextAt: Math.max(startedAt + SCAN_INTERVAL_MS, now + PAGE_INTERVAL_MS) }
    : { startedAt, nextAt: now + PAGE_INTERVAL_MS, cursor: next };
}
