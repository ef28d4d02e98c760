/**
 * Asks the functions for sweeps while Flex is open, so that a chat whose events were lost is repaired. Pages that are hidden
 * ask too: an agent may work in another window. Of all Flex pages in a browser, one asks.
 */
import { type SweepOutcome, waitBeforeSweepMs } from '@chat-transfer/transfer-core';
import type { TransferApi } from './transfer-api';

export interface SweepPorts {
  readonly api: Pick<TransferApi, 'sweep'>;
  readonly sleep: (ms: number) => Promise<void>;
  /** Returns a number from 0 to 1. */
  readonly random: () => number;
  /** `undefined` in a browser without locks; then every page asks. */
  readonly locks: Pick<LockManager, 'request'> | undefined;
}

/** The browser gives the lock to the next page when this one closes. */
const LOCK = 'chat-transfer-sweeps';

/** How long after its start a page asks first: pages of agents who begin at the same time do not ask together. */
const FIRST_WAIT_MS = 30_000;

/** Never resolves. */
export async function askForSweeps({ api, sleep, random, locks }: SweepPorts): Promise<void> {
  const ask = async (): Promise<void> => {
    let outcome: SweepOutcome = { ok: true, nextInMs: FIRST_WAIT_MS };
    for (;;) {
      await sleep(waitBeforeSweepMs(outcome, random()));
      const result = await api.sweep();
      outcome = result.ok
        ? { ok: true, nextInMs: result.answer.nextInMs }
        : { ok: false, failures: outcome.ok ? 1 : outcome.failures + 1 };
    }
  };
  // A browser may refuse locks, for example to a page in a sandboxed frame.
  await (locks === undefined ? ask() : locks.request(LOCK, ask).catch(ask));
}
