/**
 * Builds the list of items to show: days, notices and messages, with the names that a customer may read.
 * Pure. Only this file decides whether a message is a notice. Every other message is shown as text.
 */
import { type Notice, parseNotice, type TextNotice } from '@chat-transfer/transfer-core';
import {
  type AgentsPresent,
  type AuthorNames,
  applyNotice,
  findAuthorName,
  isUnannounced,
} from './agents-present';
import type { Conversation, OutgoingMessage } from './conversation';

/** Consecutive messages of one author less than this apart form a group, with one name and one time. */
const MAX_GROUP_GAP_MS = 5 * 60_000;
/** How long after a message of an unannounced author the notice of their joining may arrive. */
const MAX_NOTICE_DELAY_MS = 15_000;

export interface MessageItem {
  readonly type: 'message';
  readonly key: string;
  readonly from: 'customer' | 'agent';
  /** The agent's public name, on the first message of a group, if it is known. */
  readonly name?: string;
  readonly body: string;
  readonly attachment?: string;
  readonly at: number;
  readonly firstOfGroup: boolean;
  readonly lastOfGroup: boolean;
  /** Set until the message arrives from Twilio. */
  readonly outgoing?: { readonly id: string; readonly state: OutgoingMessage['state'] };
}

export type TimelineItem =
  | MessageItem
  | { readonly type: 'notice'; readonly key: string; readonly notice: Notice | TextNotice }
  | { readonly type: 'day'; readonly key: string; readonly at: number };

export interface Timeline {
  readonly items: readonly TimelineItem[];
  /** The agents present after the last message. */
  readonly agentsPresent: AgentsPresent;
  /** The author names known after the last message. */
  readonly authorNames: AuthorNames;
}

/** A message before grouping. Its author and name decide which group it belongs to. */
interface UngroupedMessage extends Omit<MessageItem, 'firstOfGroup' | 'lastOfGroup'> {
  readonly author: string;
}
type UngroupedItem = UngroupedMessage | Exclude<TimelineItem, MessageItem>;

/**
 * @param customer the identity of the customer
 * @param unknownAgent the name to show for an agent whose public name is not known
 * @param dayOf returns the same text for all times of one day in the reader's time zone
 */
export function buildTimeline(
  { messages, outgoing }: Pick<Conversation, 'messages' | 'outgoing'>,
  customer: string,
  unknownAgent: string,
  dayOf: (at: number) => string = (at) => new Date(at).toDateString(),
): Timeline {
  const items: UngroupedItem[] = [];
  let agentsPresent: AgentsPresent = [];
  const authorNames = new Map<string, string>();
  /** When each unannounced author wrote last, in ms since 1970. */
  const unannounced = new Map<string, number>();
  let lastDay: string | undefined;
  const addDayIfNew = (at: number) => {
    const day = dayOf(at);
    if (day === lastDay) return;
    lastDay = day;
    items.push({ type: 'day', key: `day ${day}`, at });
  };

  for (const message of messages) {
    addDayIfNew(message.sentAt);
    const key = `message ${message.index}`;
    const notice = parseNotice(message);
    if (notice) {
      agentsPresent = applyNotice(agentsPresent, notice);
      if (notice.kind === 'agent-joined') {
        const recent = [...unannounced].filter(([, at]) => message.sentAt - at < MAX_NOTICE_DELAY_MS);
        const [candidate, ...others] = recent;
        if (candidate !== undefined && others.length === 0) authorNames.set(candidate[0], notice.name);
        unannounced.clear();
      }
      items.push({ type: 'notice', key, notice });
      continue;
    }
    const { author, body, attachment, sentAt: at } = message;
    const isAgent = author !== customer;
    const knownName = isAgent ? findAuthorName(author, agentsPresent, authorNames) : undefined;
    if (knownName !== undefined) authorNames.set(author, knownName);
    else if (isAgent && isUnannounced(author, agentsPresent, authorNames)) unannounced.set(author, at);
    const name = knownName ?? (isAgent && agentsPresent.length > 0 ? unknownAgent : undefined);
    items.push({
      type: 'message',
      key,
      author,
      from: isAgent ? 'agent' : 'customer',
      body,
      at,
      ...(attachment === undefined ? {} : { attachment }),
      ...(name === undefined ? {} : { name }),
    });
  }
  for (const { id, state, body, writtenAt: at } of outgoing) {
    addDayIfNew(at);
    items.push({
      type: 'message',
      key: `outgoing ${id}`,
      author: customer,
      from: 'customer',
      body,
      at,
      outgoing: { id, state },
    });
  }
  return {
    items: items
      .map((item) => addName(item, authorNames))
      .map((item, index, all) => addGroup(item, all[index - 1], all[index + 1])),
    agentsPresent,
    authorNames,
  };
}

/** Adds the name of an author whose name became known after the message. */
function addName(item: UngroupedItem, authorNames: AuthorNames): UngroupedItem {
  const name = item.type === 'message' ? authorNames.get(item.author) : undefined;
  return item.type === 'message' && name !== undefined ? { ...item, name } : item;
}

/** Adds the place in the group. Removes the author: the identity of an agent must not reach the page. */
function addGroup(
  item: UngroupedItem,
  previous: UngroupedItem | undefined,
  next: UngroupedItem | undefined,
): TimelineItem {
  if (item.type !== 'message') return item;
  const { author, name, ...message } = item;
  const firstOfGroup = !areGrouped(previous, item);
  return {
    ...message,
    ...(firstOfGroup && name !== undefined ? { name } : {}),
    firstOfGroup,
    lastOfGroup: !areGrouped(item, next),
  };
}

function areGrouped(first: UngroupedItem | undefined, second: UngroupedItem | undefined): boolean {
  return (
    first?.type === 'message' &&
    second?.type === 'message' &&
    first.author === second.author &&
    first.name === second.name &&
    second.at - first.at < MAX_GROUP_GAP_MS
  );
}
