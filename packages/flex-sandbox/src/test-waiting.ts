/** Ways for tests to wait for what must happen. No test waits for a fixed time. */
import { vi } from 'vitest';

/** Retries `check` until it passes, for up to a minute: SDKs wait before they reconnect, and machines may be slow. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 60_000, interval: 20 });

/** What the emitters of all SDKs share. Each SDK types its events differently. */
interface EventSource {
  on(event: string, listener: (value: never) => void): unknown;
}

/** Collects the values of an event, starting with the next one. */
export function collect<T>(source: object, event: string): T[] {
  const values: T[] = [];
  (source as EventSource).on(event, (value: T) => values.push(value));
  return values;
}

/** Resolves with the next value of an event that `accepts` returns true for. */
export function nextEvent<T = unknown>(
  source: object,
  event: string,
  accepts: (value: T) => boolean = () => true,
): Promise<T> {
  return new Promise((resolve) => {
    (source as EventSource).on(event, (value: T) => {
      if (accepts(value)) resolve(value);
    });
  });
}
