/** The sandbox's time, for the functions of this process too. */
import type { Sandbox } from '@chat-transfer/flex-sandbox';
import type { Clock } from '../../src/twilio/client';

export interface SharedClock extends Clock {
  /** Moves time ahead; whatever falls due at TaskRouter on the way happens in its order. */
  readonly advance: (byMs: number) => void;
}

export function shareClock(sandbox: Sandbox): SharedClock {
  // A reset makes a new world with a clock of its own.
  return {
    nowMs: () => sandbox.state().clock.nowMs(),
    advance: (byMs) => sandbox.state().clock.advance(byMs),
    // As on Twilio; the runtime of the tests sees to it that nobody really waits.
    sleep: (ms) => new Promise((resume) => setTimeout(resume, ms)),
  };
}
