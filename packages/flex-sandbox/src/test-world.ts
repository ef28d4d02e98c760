/**
 * What the tests of single parts build on: a world behind a server with nothing in it yet, and ways to wait for what
 * must come. No test waits for a fixed time.
 */
import { vi } from 'vitest';
import { type Interceptor, startServer } from './server.js';
import { createWorld, type World } from './world.js';

export interface ServedWorld {
  readonly world: World;
  close(): Promise<void>;
}

export async function serveWorld(intercept: Interceptor = async (_, next) => next()): Promise<ServedWorld> {
  const holder: { world?: World } = {};
  const server = await startServer({
    port: 0,
    world() {
      if (holder.world === undefined) throw new Error('The world is not there yet.');
      return holder.world;
    },
    page: async () => undefined,
    intercept,
  });
  const world = createWorld({ url: server.url });
  holder.world = world;
  return {
    world,
    close() {
      world.end();
      return server.close();
    },
  };
}

/** Waits for what must come true; longer than it takes, because SDKs wait before they reconnect and machines are busy. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 10_000, interval: 20 });

/** What the SDKs' emitters have in common, though each types its events differently. */
interface EventSource {
  on(event: string, listener: (value: never) => void): unknown;
}

/** Collects the values of an event from now on. */
export function collect<T>(source: object, event: string): T[] {
  const values: T[] = [];
  (source as EventSource).on(event, (value: T) => values.push(value));
  return values;
}

/** Resolves with the first value of an event that satisfies `accepts`. */
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
