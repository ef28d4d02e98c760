/** One conversation of a sweep: repairs it, and replaces its items in the index. */
import { type ConversationSid, type Ledger, nextDueAt } from '@chat-transfer/transfer-core';
import { sweepConversation } from '../conversation/sweep-conversation';
import type { DueItem } from '../ledger/due-index';
import { planIndex } from '../ledger/plan-index';
import { logFailedSweep } from '../log';
import type { Services } from './services';

/**
 * Never throws. If a call to the index fails, the items stay, and the next sweep works on the conversation again.
 * @param items the due items of the conversation
 */
export async function sweepChat(
  services: Services,
  conversationSid: ConversationSid,
  items: readonly DueItem[],
): Promise<void> {
  try {
    const swept = await repair(services, conversationSid);
    const next = planNextItem(swept, items, services.nowMs());
    if (next !== undefined) await services.index.add(conversationSid, next.dueAt, next.failingSince);
    await Promise.all(items.map((item) => services.index.remove(item)));
  } catch (error) {
    logFailedSweep({ conversationSid, error });
  }
}

/** `undefined` when the repair has failed. */
async function repair(
  services: Services,
  conversationSid: ConversationSid,
): Promise<{ readonly ledger: Ledger | undefined } | undefined> {
  try {
    const swept = await sweepConversation(services, conversationSid);
    if (swept.ok) return { ledger: swept.value };
    logFailedSweep({ conversationSid, failure: swept.failure });
  } catch (error) {
    logFailedSweep({ conversationSid, error });
  }
  return undefined;
}

const MIN_RETRY_MS = 20_000;
const MAX_RETRY_MS = 30 * 60_000;

interface NextItem {
  readonly dueAt: number;
  readonly failingSince?: number;
}

/** The item that replaces the due ones; `undefined` when the conversation needs none, or has one that is not due. */
function planNextItem(
  swept: { readonly ledger: Ledger | undefined } | undefined,
  items: readonly DueItem[],
  now: number,
): NextItem | undefined {
  const ledger = swept?.ledger;
  const dueAt = ledger === undefined ? undefined : nextDueAt(ledger);
  if (swept !== undefined && (dueAt === undefined || dueAt > now)) {
    const { add } = planIndex(ledger?.indexedAt ?? [], dueAt, now);
    return add === undefined ? undefined : { dueAt: add };
  }
  // It failed, or is still due. The longer it lasts, the longer the wait: a fifth of the time.
  const failingSince = Math.min(now, ...items.flatMap((item) => item.failingSince ?? []));
  const waitMs = Math.min(Math.max((now - failingSince) / 5, MIN_RETRY_MS), MAX_RETRY_MS);
  return { dueAt: now + waitMs, failingSince };
}
