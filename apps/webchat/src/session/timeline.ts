/**
 * Builds the list of items to show: days, notices and messages, with the names that a customer may read.
 * Pure. Only this file decides whether a message is a notice. Every other message is shown as text.
 */
import {
  type AuthorNames,
  collectAuthorNames,
  findAuthorName,
  type Notice,
  parseNotice,
  type TextNotice,
} from '@chat-transfer/transfer-core';
import type { ChatMessage } from '../chat/client';
import { type AgentsPresent, applyNotice } from './agents-present';
import type { Conversation, OutgoingMessage } from './conversation';

/** Consecutive messages of one author less than this apart form a group, with one name and one time. */
const MAX_GROUP_GAP_MS = 5 * 60_000;

export interface MessageItem {
  readonly type: 'message';
  readonly key: string;
  /** `other`: an agent, a bot or another program. */
  readonly from: 'customer' | 'other';
  /** The public name of an agent; for another author `unnamedAuthor`, or nothing before an agent has joined. */
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
  /** The names of all agents whom the chat's notices introduce. */
  readonly authorNames: AuthorNames;
}

/** A message before grouping. Its author and name decide which group it belongs to. */
interface UngroupedMessage extends Omit<MessageItem, 'firstOfGroup' | 'lastOfGroup'> {
  readonly author: string;
}
type UngroupedItem = UngroupedMessage | Exclude<TimelineItem, MessageItem>;

/** The people and the words of a timeline. */
export interface TimelineContext {
  readonly conversationSid: string;
  /** The identity of the customer. */
  readonly customer: string;
  /** What to show in the place of a name above the message of an author whom no notice has introduced. */
  readonly unnamedAuthor: string;
  /** Returns the same text for all times of one day in the reader's time zone. */
  readonly dayOf?: (at: number) => string;
}

export function buildTimeline(
  { messages, outgoing }: Pick<Conversation, 'messages' | 'outgoing'>,
  { conversationSid, customer, unnamedAuthor, dayOf = (at) => new Date(at).toDateString() }: TimelineContext,
): Timeline {
  const items: UngroupedItem[] = [];
  const { notices, repeats } = readNotices(messages);
  const authorNames = collectAuthorNames(notices.values());
  const nameOf = cacheNames((author) => findAuthorName(authorNames, conversationSid, author));
  let agentsPresent: AgentsPresent = [];
  let hasAgentJoined = false;
  let lastDay: string | undefined;
  const addDayIfNew = (at: number) => {
    const day = dayOf(at);
    if (day === lastDay) return;
    lastDay = day;
    items.push({ type: 'day', key: `day ${day}`, at });
  };

  for (const message of messages) {
    if (repeats.has(message.index)) continue;
    const notice = notices.get(message.index);
    addDayIfNew(message.sentAt);
    const key = `message ${message.index}`;
    if (notice !== undefined) {
      agentsPresent = applyNotice(agentsPresent, notice);
      hasAgentJoined ||= notice.kind === 'agent-joined';
      items.push({ type: 'notice', key, notice });
      continue;
    }
    const { author, body, attachment, sentAt: at } = message;
    const isCustomer = author === customer;
    const agentName = isCustomer ? undefined : nameOf(author);
    // Without a label, the customer could take the message for one of the agent above it.
    const name = agentName ?? (hasAgentJoined && !isCustomer ? unnamedAuthor : undefined);
    items.push({
      type: 'message',
      key,
      author,
      from: isCustomer ? 'customer' : 'other',
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
    items: items.map((item, index) => addGroup(item, items[index - 1], items[index + 1])),
    agentsPresent,
    authorNames,
  };
}

/**
 * Returns the notices by the index of their message, and the indexes of messages that repeat an earlier notice: a post
 * whose answer was lost may arrive after it was repeated.
 */
function readNotices(messages: readonly ChatMessage[]) {
  const notices = new Map<number, Notice | TextNotice>();
  const repeats = new Set<number>();
  const ids = new Set<string>();
  for (const message of messages) {
    const notice = parseNotice(message);
    if (notice === undefined) continue;
    if (notice.kind !== 'text' && ids.has(notice.id)) {
      repeats.add(message.index);
      continue;
    }
    if (notice.kind !== 'text') ids.add(notice.id);
    notices.set(message.index, notice);
  }
  return { notices, repeats };
}

/** A chat has many messages and few authors, and a lookup takes a hash. */
function cacheNames(find: (author: string) => string | undefined): typeof find {
  const names = new Map<string, string | undefined>();
  return (author) => {
    if (!names.has(author)) names.set(author, find(author));
    return names.get(author);
  };
}

/** Adds the place in the group. Removes the author: the identity of an agent must not reach the page. */
function addGroup(
  item: UngroupedItem,
  previous: UngroupedItem | undefined,
  next: UngroupedItem | undefined,
): TimelineItem {
  if (item.type !== 'message') return item;
  const { author: _, ...message } = item;
  return {
    ...message,
    firstOfGroup: !areGrouped(previous, item),
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
