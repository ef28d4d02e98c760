/** The order of the notices of a chat, as readers see it. */
import type { Notice } from '@chat-transfer/transfer-core';

/** A notice, as far as its place among the others depends on it. */
export interface OrderedNotice extends Pick<Notice, 'id' | 'kind'> {
  /** The agent of `agent-joined` and `agent-left`. */
  readonly authorKey?: string | undefined;
}

/** What was in the chat before it had a ledger. No notice says that these agents joined. */
export interface Adopted {
  readonly tasks: ReadonlySet<string>;
  /** The author keys of the agents of these tasks. */
  readonly authorKeys: ReadonlySet<string>;
}

const NOTHING_ADOPTED: Adopted = { tasks: new Set(), authorKeys: new Set() };

/**
 * What is wrong with the notices, if anything. Each is posted once, an agent joins before leaving, a transfer starts
 * before anything else is said about it, and nothing follows the end. An agent who accepts a second task of the chat has
 * joined already.
 */
export function findNoticeProblem(
  notices: readonly OrderedNotice[],
  adopted: Adopted = NOTHING_ADOPTED,
): string | undefined {
  const earlier = new Set<string>();
  const inChat = new Set(adopted.authorKeys);
  for (const { id, kind, authorKey } of notices) {
    const position = `in ${notices.map((notice) => notice.id).join(', ')}`;
    if (earlier.has(id)) return `the notice ${id} is posted twice ${position}`;
    if (earlier.has('chat-ended')) return `the notice ${id} follows the end ${position}`;
    const required = findRequiredNotice(id, kind, adopted.tasks);
    const hasJoined = authorKey !== undefined && inChat.has(authorKey);
    if (kind === 'agent-joined' && authorKey !== undefined) inChat.add(authorKey);
    if (kind === 'agent-left' && authorKey !== undefined) inChat.delete(authorKey);
    if (required !== undefined && !earlier.has(required) && !hasJoined)
      return `the notice ${id} comes before ${required} ${position}`;
    earlier.add(id);
  }
  return undefined;
}

/** The id of the notice that must come before this one. */
function findRequiredNotice(
  id: string,
  kind: Notice['kind'],
  adoptedTasks: ReadonlySet<string>,
): string | undefined {
  if (kind === 'agent-left') {
    const isAdopted = adoptedTasks.has(id.replace('agent-left:', ''));
    return isAdopted ? undefined : id.replace('agent-left', 'agent-joined');
  }
  const isAboutTransfer = kind.startsWith('transfer-') && kind !== 'transfer-started';
  return isAboutTransfer ? id.replace(kind, 'transfer-started') : undefined;
}
