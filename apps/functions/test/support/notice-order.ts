/** The order of the notices of a chat, as readers see it. */
import type { Notice } from '@chat-transfer/transfer-core';

/**
 * What is wrong with the notices, if anything. Each is posted once, an agent joins before leaving, a transfer starts
 * before anything else is said about it, and nothing follows the end. `adoptedTasks`: their agents were in the chat
 * before it had a ledger, so no notice says that they joined.
 */
export function findNoticeProblem(
  notices: readonly Pick<Notice, 'id' | 'kind'>[],
  adoptedTasks: ReadonlySet<string> = new Set(),
): string | undefined {
  const earlier = new Set<string>();
  for (const { id, kind } of notices) {
    const position = `in ${notices.map((notice) => notice.id).join(', ')}`;
    if (earlier.has(id)) return `the notice ${id} is posted twice ${position}`;
    if (earlier.has('chat-ended')) return `the notice ${id} follows the end ${position}`;
    const required = findRequiredNotice(id, kind, adoptedTasks);
    if (required !== undefined && !earlier.has(required))
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
