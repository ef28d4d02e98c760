/**
 * Which agents are in the chat, and which of them wrote what, as far as the customer may know.
 *
 * Notices have public names, messages have identities, and nothing public ties one to the other. So it is worked out:
 * who writes while one agent is there is that agent, and among several whoever is left over. Who writes when nobody is left
 * over is quicker than the notice of their joining, and is the next one to join.
 */
import type { Notice, TextNotice } from '@chat-transfer/transfer-core';

/** Public names in the order of joining; two agents may have the same. */
export type AgentsPresent = readonly string[];

/** Who is there after `notice`, if `present` were there before it. */
export function agentsAfter(present: AgentsPresent, notice: Notice | TextNotice): AgentsPresent {
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
    case 'transfer-declined':
    case 'transfer-unanswered':
    case 'transfer-cancelled':
    case 'transfer-failed':
    case 'text':
      return present;
  }
}

/** The public names that are known to belong to identities, by identity. */
export type NamedAuthors = ReadonlyMap<string, string>;

/**
 * The public name of who wrote a message, if it can only be one: the one it was before, else the only agent present
 * whose messages are not known yet.
 */
export function nameOfAuthor(
  author: string,
  present: AgentsPresent,
  named: NamedAuthors,
): string | undefined {
  const known = named.get(author);
  if (known !== undefined) return known;
  const taken = new Set(named.values());
  const candidates = present.filter((name) => !taken.has(name));
  return candidates.length === 1 ? candidates[0] : undefined;
}

/** Whether somebody writes of whose joining nothing has been heard yet: everybody who is there is known already. */
export function isEarly(author: string, present: AgentsPresent, named: NamedAuthors): boolean {
  const taken = new Set(named.values());
  return !named.has(author) && present.every((name) => taken.has(name));
}
