/**
 * Tracks which agents are in the chat, and infers which agent wrote a message.
 *
 * Notices contain public names, messages contain identities, and nothing that a customer can read links the
 * two. So an unknown author gets the name of the only agent present whose identity is unknown. If there is no
 * such agent, the message arrived before the `agent-joined` of its author, who is then the next agent to join.
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

/** The public names of the known authors, by identity. */
export type AuthorNames = ReadonlyMap<string, string>;

/**
 * Returns the public name of a message's author: the known name, else that of the only agent present whose
 * identity is unknown. `undefined` if there is no such agent or more than one.
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

/** Whether the `agent-joined` of an unknown author is missing: the identities of all agents present are known. */
export function isUnannounced(author: string, present: AgentsPresent, authorNames: AuthorNames): boolean {
  const knownNames = new Set(authorNames.values());
  return !authorNames.has(author) && present.every((name) => knownNames.has(name));
}
