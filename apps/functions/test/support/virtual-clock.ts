/** Time that passes only when a test or a wait of the functions moves it. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Sandbox } from '@chat-transfer/flex-sandbox';

export interface VirtualClock {
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Moves time ahead. What falls due meanwhile runs in its order. */
  readonly advance: (byMs: number) => void;
}

/** A clock without a sandbox; starts at 0. */
export function createVirtualClock(): VirtualClock {
  let now = 0;
  return {
    nowMs: () => now,
    advance: (byMs) => {
      now += byMs;
    },
  };
}

/**
 * The clock of a sandbox in this process. It is the real time plus an offset, so `Date.now` stands still until
 * `release`: otherwise results would depend on the speed of the machine.
 */
export function controlSandboxClock(sandbox: Sandbox): VirtualClock & { readonly release: () => void } {
  const { now } = Date;
  const frozenMs = now();
  Date.now = () => frozenMs;
  // What falls due in the sandbox does not belong to the function that moves the clock, nor to its log.
  const outside = AsyncLocalStorage.snapshot();
  return {
    // Not cached: a reset creates another clock.
    nowMs: () => sandbox.state().clock.nowMs(),
    advance: (byMs) => outside(() => sandbox.state().clock.advance(byMs)),
    release: () => Object.assign(Date, { now }),
  };
}
