/** Helpers for tests that wait for a condition or an event. No test waits for a fixed time. */
import { vi } from 'vitest';

/** Retries `check` until it passes, for a minute: SDKs wait before they reconnect, and machines are slow. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 60_000, interval: 20 });

/** The method that the emitters of all SDKs have. Each SDK types its events differently. */
interface EventSource {
  on(event: string, listener: (value: never) => void): unknown;
}

/** Collects the values of an event from the time of the call. */
export function collect<T>(source: object, event: string): T[] {
  const values: T[] = [];
  (source as EventSource).on(event, (value: T) => values.push(value));
  return values;
}

/** Resolves with the event's next value for which `accepts` returns true. */
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
