/**
 * Tracks which agents are in the chat, and infers which agent wrote a message.
 *
 * Notices carry public names, messages carry identities, and nothing that a customer can read links the two.
 * So an author without a name gets the name of the only agent present who has no author yet. If every agent
 * present has an author, the message arrived before the notice of its author's joining: the author is the
 * next agent who joins.
 */
import type { Notice, TextNotice } from '@chat-transfer/transfer-core';

/** The public names of the agents in the chat, in the order of joining. Two agents may have the same name. */
export type AgentsPresent = readonly string[];

/** Returns the agents present after `notice`. */
export function applyNotice(present: AgentsPresent, notice: Notice | TextNotice): AgentsPresent {
  switch (notice.kind) {
    case 'agent-joined':
      return [...present, notice.name];
    case 'agent-left': {
      const leaving = present.indexOf(notice.name);
      return present.filter((_, index) => index !== leaving);
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

/** The public name of each author whose name is known, by identity. */
export type AuthorNames = ReadonlyMap<string, string>;

/**
 * Returns the public name of a message's author: the known name, else that of the only agent present who has
 * no author. `undefined` if no agent or more than one agent is possible.
 */
export function findAuthorName(
  author: string,
  present: AgentsPresent,
  authorNames: AuthorNames,
): string | undefined {
  const knownName = authorNames.get(author);
  if (knownName !== undefined) return knownName;
  const knownNames = new Set(authorNames.values());
  const candidates = present.filter((name) => !knownNames.has(name));
  return candidates.length === 1 ? candidates[0] : undefined;
}

/** Whether an author's `agent-joined` is missing: they have no name, but all agents present have an author. */
export function isUnannounced(author: string, present: AgentsPresent, authorNames: AuthorNames): boolean {
  const knownNames = new Set(authorNames.values());
  return !authorNames.has(author) && present.every((name) => knownNames.has(name));
}
