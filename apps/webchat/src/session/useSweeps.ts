/** Asks the functions to repair the chat while the customer waits for an agent: the event about one may be lost. */
import {
  type Result,
  type SweepAnswer,
  type SweepOutcome,
  waitBeforeSweepMs,
} from '@chat-transfer/transfer-core';
import { useEffect, useRef } from 'react';
import type { ApiFailure } from './webchat-api';

/** An agent usually answers sooner. */
const FIRST_WAIT_MS = 30_000;

export function useSweeps(sweep: () => Promise<Result<SweepAnswer, ApiFailure>>, isWaiting: boolean): void {
  const latestSweep = useRef(sweep);
  useEffect(() => {
    latestSweep.current = sweep;
  });

  useEffect(() => {
    if (!isWaiting) return;
    let timer: ReturnType<typeof setTimeout>;
    let hasStopped = false;
    const schedule = (outcome: SweepOutcome) => {
      timer = setTimeout(
        async () => {
          const result = await latestSweep.current();
          if (hasStopped) return;
          schedule(
            result.ok
              ? { ok: true, nextInMs: result.value.nextInMs }
              : { ok: false, failures: outcome.ok ? 1 : outcome.failures + 1 },
          );
        },
        waitBeforeSweepMs(outcome, Math.random()),
      );
    };
    schedule({ ok: true, nextInMs: FIRST_WAIT_MS });
    return () => {
      hasStopped = true;
      clearTimeout(timer);
    };
  }, [isWaiting]);
}
