/** The fixture for tests of single products: a running server whose sandbox state has no endpoints. */
import { createSandboxState, type SandboxState } from './sandbox-state.js';
import { type Interceptor, startServer } from './server.js';

export interface SandboxFixture {
  readonly sandbox: SandboxState;
  close(): Promise<void>;
}

export async function startSandboxFixture(
  intercept: Interceptor = async (_, next) => next(),
): Promise<SandboxFixture> {
  let state: SandboxState | undefined;
  const server = await startServer({
    port: 0,
    sandbox() {
      if (state === undefined) throw new Error('Failed to handle a request: the fixture is not ready.');
      return state;
    },
    page: async () => undefined,
    intercept,
  });
  const sandbox = createSandboxState({ url: server.url });
  state = sandbox;
  return {
    sandbox,
    close() {
      sandbox.end();
      return server.close();
    },
  };
}
