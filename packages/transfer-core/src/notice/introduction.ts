/**
 * Who wrote a message. A message names its author by chat identity, and a notice names agents by public name. A notice that
 * introduces an agent also holds the key of that agent, which a reader compares with the key of a message's author.
 *
 * The key is a hash, so the notice does not contain the identity. The salt is the SID of the conversation: the same agent
 * has another key in each chat, and a table of keys is of no use for the next chat. It is no secret. A reader who guesses
 * an identity can compute its key, and Twilio shows the identities of a chat's members and authors to the other members.
 */
import type { Notice, TextNotice } from './notice';
import { sha256 } from './sha256';

/** Hexadecimal digits, of four bits each. Two of 1,000 agents of a chat share a key once in 10¹³ chats. */
const KEY_LENGTH = 16;

/** Returns the key of a chat identity in one conversation. */
export function authorKeyOf(conversationSid: string, identity: string): string {
  return sha256(`${conversationSid}:${identity}`).slice(0, KEY_LENGTH);
}

/** Public names by author key. */
export type AuthorNames = ReadonlyMap<string, string>;

/**
 * Collects the names of the agents whom notices introduce. If an agent has several names, the last one counts.
 * @param notices of one conversation, oldest first
 */
export function collectAuthorNames(notices: Iterable<Notice | TextNotice>): AuthorNames {
  const names = new Map<string, string>();
  for (const notice of notices) {
    if (notice.kind === 'transfer-started') {
      if (notice.fromKey !== undefined) names.set(notice.fromKey, notice.from);
    } else if (notice.kind === 'agent-joined' || notice.kind === 'agent-left') {
      if (notice.authorKey !== undefined) names.set(notice.authorKey, notice.name);
    }
  }
  return names;
}

/** Returns the public name of a message's author; `undefined` if no notice has introduced the author as an agent. */
export function findAuthorName(
  names: AuthorNames,
  conversationSid: string,
  author: string,
): string | undefined {
  return names.get(authorKeyOf(conversationSid, author));
}
