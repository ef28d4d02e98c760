/** Whether a chat whose ledger was lost has ended, and who ended it. */
import { type Backend, CHAT_ENDED, CUSTOMER_LEFT, type Ledger } from '@chat-transfer/transfer-core';
import type { ConversationBackend } from '../backend/backend';

export interface ChatEndPorts {
  readonly backends: Readonly<Record<Backend, Pick<ConversationBackend, 'findNotices' | 'isClosed'>>>;
}

/**
 * `undefined` for an open chat. On Programmable Chat, Flex's channel janitor closes a chat that must stay open
 * when one of its tasks completes. There, only the notice `chat-ended` proves the end: no client can post it.
 */
export async function findChatEnd(
  { backends }: ChatEndPorts,
  ledger: Ledger,
): Promise<NonNullable<Ledger['ended']>['by'] | undefined> {
  const backend = backends[ledger.backend];
  if (!(await backend.isClosed(ledger))) return undefined;
  const { ids } = await backend.findNotices(ledger, [CHAT_ENDED, CUSTOMER_LEFT], 0);
  if (ledger.backend === 'programmable-chat' && !ids.has(CHAT_ENDED.id)) return undefined;
  return ids.has(CUSTOMER_LEFT.id) ? 'customer' : 'last-agent';
}
