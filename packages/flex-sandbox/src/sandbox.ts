/** Puts the parts together: one world, its parts, and the server in front of it. */
import { startServer } from './server.js';
import { createWorld, type World } from './world.js';

export interface SandboxOptions {
  /** Default: any free port. */
  readonly port?: number;
  /** With a seed, SIDs are the same in every run. */
  readonly seed?: string;
}

export interface Sandbox {
  /** Such as `http://127.0.0.1:4010`. */
  readonly url: string;
  /** The world of the moment, for tests of the sandbox itself. */
  readonly world: () => World;
  /** Forgets everything and starts a new world at the same address. */
  reset(): void;
  close(): Promise<void>;
}

export async function startSandbox({ port = 0, seed }: SandboxOptions = {}): Promise<Sandbox> {
  let url = '';
  let world: World | undefined;

  const current = (): World => {
    if (world === undefined) {
      world = createWorld({ url, ...(seed === undefined ? {} : { seed }) });
      addParts(world);
    }
    return world;
  };

  const server = await startServer({
    port,
    world: current,
    page: async () => undefined,
    intercept: async (_request, next) => next(),
  });
  url = server.url;

  const end = () => {
    world?.end();
    world = undefined;
  };
  return {
    url,
    world: current,
    reset: end,
    close() {
      end();
      return server.close();
    },
  };
}

function addParts(_world: World): void {}
