/**
 * The conversation as a list of things to show: days, notices and messages, with the names a customer may read.
 * Pure. The only place where a message is taken for a notice: everything that is not one shows its text.
 */
import { type Notice, parseNotice, type TextNotice } from '@chat-transfer/transfer-core';
import { type AgentsPresent, agentsAfter, isEarly, type NamedAuthors, nameOfAuthor } from './agents-present';
import type { Conversation, OutgoingMessage } from './conversation';

/** Messages of one author within this time form a group: one name above, one time below. */
const GROUP_MS = 5 * 60_000;
/** How long after an agent the notice of their joining may come. */
const NOTICE_LATE_MS = 15_000;

export interface MessageItem {
  readonly type: 'message';
  readonly key: string;
  readonly from: 'customer' | 'agent';
  /** With an agent's first message of a group, when it is known. */
  readonly name?: string;
  readonly body: string;
  readonly attachment?: string;
  readonly at: number;
  readonly firstOfGroup: boolean;
  readonly lastOfGroup: boolean;
  /** Of a message that has not arrived yet. */
  readonly outgoing?: { readonly id: string; readonly state: OutgoingMessage['state'] };
}

export type TimelineItem =
  | MessageItem
  | { readonly type: 'notice'; readonly key: string; readonly notice: Notice | TextNotice }
  | { readonly type: 'day'; readonly key: string; readonly at: number };

export interface Timeline {
  readonly items: readonly TimelineItem[];
  /** Who is in the chat after all of it. */
  readonly present: AgentsPresent;
  /** Whose messages are known by then. */
  readonly named: NamedAuthors;
}

/** A message with what decides on its group; the rest of the work is to find where groups begin and end. */
interface Draft extends Omit<MessageItem, 'firstOfGroup' | 'lastOfGroup'> {
  readonly author: string;
}
type Entry = Draft | Exclude<TimelineItem, MessageItem>;

/**
 * @param customer the identity of the customer
 * @param someAgent the name of an agent who is there but cannot be told from the others
 * @param dayOf the same text for all times of one day, in the reader's time zone
 */
export function buildTimeline(
  { messages, outgoing }: Pick<Conversation, 'messages' | 'outgoing'>,
  customer: string,
  someAgent: string,
  dayOf: (at: number) => string = (at) => new Date(at).toDateString(),
): Timeline {
  const entries: Entry[] = [];
  let present: AgentsPresent = [];
  const named = new Map<string, string>();
  /** Who wrote before they were said to have joined, and when (ms since 1970). */
  const early = new Map<string, number>();
  let day: string | undefined;
  const enterDay = (at: number) => {
    if (dayOf(at) === day) return;
    day = dayOf(at);
    entries.push({ type: 'day', key: `day ${day}`, at });
  };

  for (const message of messages) {
    enterDay(message.sentAt);
    const key = `message ${message.index}`;
    const notice = parseNotice(message);
    if (notice) {
      present = agentsAfter(present, notice);
      if (notice.kind === 'agent-joined') {
        const [newcomer, ...others] = [...early].filter(([, at]) => message.sentAt - at < NOTICE_LATE_MS);
        if (newcomer !== undefined && others.length === 0) named.set(newcomer[0], notice.name);
        early.clear();
      }
      entries.push({ type: 'notice', key, notice });
      continue;
    }
    const { author, body, attachment, sentAt: at } = message;
    const isAgent = author !== customer;
    const known = isAgent ? nameOfAuthor(author, present, named) : undefined;
    if (known !== undefined) named.set(author, known);
    else if (isAgent && isEarly(author, present, named)) early.set(author, at);
    const name = known ?? (isAgent && present.length > 0 ? someAgent : undefined);
    entries.push({
      type: 'message',
      key,
      author,
      from: author === customer ? 'customer' : 'agent',
      body,
      at,
      ...(attachment === undefined ? {} : { attachment }),
      ...(name === undefined ? {} : { name }),
    });
  }
  for (const { id, state, body, writtenAt: at } of outgoing) {
    enterDay(at);
    entries.push({
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
    items: entries
      .map((entry) => withName(entry, named))
      .map((entry, place, all) => grouped(entry, all[place - 1], all[place + 1])),
    present,
    named,
  };
}

/** Who wrote a message may have become known after it. */
function withName(entry: Entry, named: NamedAuthors): Entry {
  const name = entry.type === 'message' ? named.get(entry.author) : undefined;
  return entry.type === 'message' && name !== undefined ? { ...entry, name } : entry;
}

function grouped(entry: Entry, before: Entry | undefined, after: Entry | undefined): TimelineItem {
  if (entry.type !== 'message') return entry;
  const { author, name, ...item } = entry;
  const firstOfGroup = !sameGroup(before, entry);
  return {
    ...item,
    ...(firstOfGroup && name !== undefined ? { name } : {}),
    firstOfGroup,
    lastOfGroup: !sameGroup(entry, after),
  };
}

function sameGroup(one: Entry | undefined, next: Entry | undefined): boolean {
  return (
    one?.type === 'message' &&
    next?.type === 'message' &&
    one.author === next.author &&
    one.name === next.name &&
    next.at - one.at < GROUP_MS
  );
}
