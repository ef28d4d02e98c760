import type { SweepAnswer } from '@chat-transfer/transfer-core';
import { describe, expect, it } from 'vitest';
import { askForSweeps } from './ask-for-sweeps';
import type { ApiResult } from './transfer-api';

const failed: ApiResult<SweepAnswer> = { ok: false, failure: { code: 'unreachable', message: 'offline' } };
const nextIn = (seconds: number): ApiResult<SweepAnswer> => ({
  ok: true,
  answer: { ok: true, nextInMs: seconds * 1_000 },
});

/** A browser whose pages ask until each has got all its answers. */
function createBrowser({ hasLocks = true } = {}) {
  /** The waits of each page before its requests, in seconds. */
  const waits: number[][] = [];
  let isLocked = false;
  /** Called when a page waits for the lock. */
  let onWaiting = (): void => undefined;
  const locks = {
    request: async (_name: string, run: unknown) => {
      // A page that waits for the lock gets it when the other page closes, which no page here does.
      if (isLocked || typeof run !== 'function') {
        onWaiting();
        return new Promise<never>(() => undefined);
      }
      isLocked = true;
      return run();
    },
  };
  return {
    waits,
    async openPage(answers: readonly ApiResult<SweepAnswer>[]): Promise<void> {
      const ownWaits: number[] = [];
      waits.push(ownWaits);
      const left = [...answers];
      const waiting = new Promise<void>((resolve) => {
        onWaiting = resolve;
      });
      const closed = new Promise<void>((close) => {
        void askForSweeps({
          api: {
            async sweep() {
              const answer = left.shift();
              return answer ?? failed;
            },
          },
          async sleep(ms) {
            if (left.length === 0) {
              close();
              return new Promise<never>(() => undefined);
            }
            ownWaits.push(ms / 1_000);
          },
          random: () => 0.5,
          locks: hasLocks ? (locks as Pick<LockManager, 'request'>) : undefined,
        });
      });
      await Promise.race([closed, waiting]);
    },
  };
}

describe('askForSweeps', () => {
  it('waits as long as the functions say', async () => {
    const browser = createBrowser();
    await browser.openPage([nextIn(60), nextIn(20), nextIn(60)]);
    expect(browser.waits).toEqual([[30, 60, 20]]);
  });

  it('slows down while requests fail, and returns to the pace of the functions', async () => {
    const browser = createBrowser();
    await browser.openPage([failed, failed, nextIn(20), failed, nextIn(20)]);
    expect(browser.waits).toEqual([[30, 60, 120, 20, 60]]);
  });

  it('asks from one page of a browser', async () => {
    const browser = createBrowser();
    await browser.openPage([nextIn(60)]);
    await browser.openPage([nextIn(60)]);
    expect(browser.waits).toEqual([[30], []]);
  });

  it('asks from every page of a browser without locks', async () => {
    const browser = createBrowser({ hasLocks: false });
    await browser.openPage([nextIn(60)]);
    await browser.openPage([nextIn(60)]);
    expect(browser.waits).toEqual([[30], [30]]);
  });
});
