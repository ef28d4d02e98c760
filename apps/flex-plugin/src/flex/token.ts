/** The agent's Flex token, which Flex replaces by itself: no plugin can ask for it. */
import type { Manager } from '@twilio/flex-ui';

/** Flex looks every 15 to 20 s whether its token needs to be replaced. */
const LONGEST_WAIT_MS = 22_000;

/** Resolves when Flex has another token than this one, or has had the time to get one. */
export async function waitForNextToken(manager: Manager, token: string): Promise<void> {
  if (manager.user.token !== token) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      manager.events.removeListener('tokenUpdated', done);
      resolve();
    };
    const timer = setTimeout(done, LONGEST_WAIT_MS);
    manager.events.addListener('tokenUpdated', done);
  });
}
