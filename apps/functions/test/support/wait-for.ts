/** Waiting in tests. The limit is far above the usual wait, so that no test depends on how fast the machine is. */
import { vi } from 'vitest';

const LIMIT_MS = 60_000;

/** Repeats `check` until it does not throw, and answers its value. Throws its last error after a minute. */
export function waitFor<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: LIMIT_MS });
}
