/** Whether a push to a browser comes before the reply to the request that caused it, or after it. */
import type { SandboxState } from './sandbox-state.js';

/** Longer than a reply takes to reach a client on the same machine. */
const AFTER_REPLY_MS = 25;

/** Sends a push now, or after the reply if the account has this quirk. Pushes keep their order. Uses real time. */
export function sendPush({ quirks }: SandboxState, send: () => void): void {
  if (quirks.pushesFollowReplies) setTimeout(send, AFTER_REPLY_MS);
  else send();
}
