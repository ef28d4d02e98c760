/** Waits for a new Flex token. Only Flex decides when to replace its token; a plugin cannot request a new one. */
import type { Manager } from '@twilio/flex-ui';

/** Flex checks every 15 to 20 s whether to replace its token. */
const MAX_WAIT_MS = 22_000;

/** Resolves when Flex has replaced `token`, or has had the time to do so. */
export async function waitForNextToken(manager: Manager, token: string): Promise<void> {
  if (manager.user.token !== token) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      manager.events.removeListener('tokenUpdated', done);
      resolve();
    };
    const timer = setTimeout(done, MAX_WAIT_MS);
    manager.events.addListener('tokenUpdated', done);
  });
}
