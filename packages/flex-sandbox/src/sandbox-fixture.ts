/** For tests of single products: a running server whose sandbox state has no endpoints yet. */
import { createSandboxState, type SandboxState } from './sandbox-state.js';
import { type Interceptor, startServer } from './server.js';

export interface SandboxFixture {
  readonly sandbox: SandboxState;
  close(): Promise<void>;
}

export async function startSandboxFixture(
  intercept: Interceptor = async (_, next) => next(),
): Promise<SandboxFixture> {
  const ready: { sandbox?: SandboxState } = {};
  const server = await startServer({
    port: 0,
    sandbox() {
      if (ready.sandbox === undefined) throw new Error('A request arrived before the fixture was ready.');
      return ready.sandbox;
    },
    page: async () => undefined,
    intercept,
  });
  const sandbox = createSandboxState({ url: server.url });
  ready.sandbox = sandbox;
  return {
    sandbox,
    close() {
      sandbox.end();
      return server.close();
    },
  };
}
