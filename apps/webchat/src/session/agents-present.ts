/**
 * Which agents are in the chat, as far as the customer may know: by the public names in the notices.
 *
 * A message names its author by an identity that is no customer's business, and nothing public ties it to a name.
 * So an agent's message has a name only while there is one agent whose it can be.
 */
import type { BareNotice, Notice } from '@chat-transfer/transfer-core';

/** Public names in the order of joining; two agents may have the same. */
export type AgentsPresent = readonly string[];

/** Who is there after `notice`, if `present` were there before it. */
export function agentsAfter(present: AgentsPresent, notice: Notice | BareNotice): AgentsPresent {
  switch (notice.kind) {
    case 'agent-joined':
      return [...present, notice.name];
    case 'agent-left': {
      const leaving = present.indexOf(notice.name);
      return present.filter((_, position) => position !== leaving);
    }
    case 'chat-ended':
      return [];
    case 'customer-left':
    case 'transfer-started':
    case 'transfer-accepted':
    case 'transfer-declined':
    case 'transfer-unanswered':
    case 'transfer-cancelled':
    case 'bare':
      return present;
  }
}

/** The name to show with an agent's message: that of the only agent, `severalAgents` among several, else none. */
export function nameOfAuthor(present: AgentsPresent, severalAgents: string): string | undefined {
  return present.length > 1 ? severalAgents : present[0];
}
