/**
 * The index of ledgers that are due at some time: a Sync map in the service of the ledgers. The key of an item is a due
 * time and a conversation, so that Sync lists the items that are due first. An item may be stale: the ledger says what is
 * true. A chat may have several items.
 *
 * One more item, which sorts before all others, holds the state of the sweeps. Reading the index reads it too.
 */
import { type ConversationSid, parseConversationSid } from '@chat-transfer/transfer-core';
import * as v from 'valibot';
import { PageCursorSchema } from '../twilio/sync-document-pages';
import type { SyncMap } from '../twilio/sync-map';

/** The unique name of the map. */
export const INDEX_NAME = 'chat-transfer.due';

export interface DueItem {
  readonly key: string;
  readonly conversationSid: ConversationSid;
  /** Milliseconds since 1970, like all times here. */
  readonly dueAt: number;
  /** Since when sweeps of this chat fail. */
  readonly failingSince: number | undefined;
}

const SweepStateSchema = v.object({
  /** No sweep begins before. */
  nextAt: v.number(),
  /** The scan of all ledgers. */
  scan: v.object({
    startedAt: v.number(),
    /** When the next page is read. */
    nextAt: v.number(),
    /** The next page. Absent for the first one. */
    cursor: v.exactOptional(PageCursorSchema),
  }),
});
export type SweepState = v.InferOutput<typeof SweepStateSchema>;

export interface StoredSweepState {
  readonly state: SweepState | undefined;
  /** `undefined` when no sweep has written it. */
  readonly revision: string | undefined;
}

interface IndexPage {
  /** Earliest first. */
  readonly items: readonly DueItem[];
  /** Whether the index may have more items than these. */
  readonly isFull: boolean;
  readonly stored: StoredSweepState;
}

export interface DueIndex {
  /** Adds an item. Does nothing when the chat has one with this time. */
  add(conversationSid: ConversationSid, dueAt: number, failingSince?: number): Promise<void>;
  remove(item: DueItem): Promise<void>;
  /** The items that are due first, and the state of the sweeps, in one call. */
  read(): Promise<IndexPage>;
  /** `undefined` when another run wrote the state first. */
  writeState(stored: StoredSweepState, next: SweepState): Promise<StoredSweepState | undefined>;
}

/** As many items as one call returns; more are read by the next sweep. */
const MAX_ITEMS = 50;

/** As long as a ledger: an item that no sweep finds must not stay for ever. */
const LIFETIME_SECONDS = 30 * 24 * 60 * 60;

/** 15 digits, so that the order of keys is the order of times. */
const toKey = (dueAt: number, subject: string): string =>
  `${String(Math.ceil(dueAt)).padStart(15, '0')}.${subject}`;

const STATE_KEY = toKey(0, 'sweeps');

const ItemDataSchema = v.object({ failingSince: v.optional(v.number()) });

export function createDueIndex(map: SyncMap): DueIndex {
  return {
    async add(conversationSid, dueAt, failingSince) {
      const data = failingSince === undefined ? {} : { failingSince };
      await map.create(toKey(dueAt, conversationSid), data, LIFETIME_SECONDS);
    },

    remove: ({ key }) => map.remove(key),

    async read() {
      const items = await map.list(MAX_ITEMS);
      const state = items.find(({ key }) => key === STATE_KEY);
      const parsed = v.safeParse(SweepStateSchema, state?.data);
      return {
        items: items.flatMap(({ key, data }) => parseItem(key, data) ?? []),
        isFull: items.length === MAX_ITEMS,
        stored: { state: parsed.success ? parsed.output : undefined, revision: state?.revision },
      };
    },

    async writeState({ revision }, state) {
      const written =
        revision === undefined
          ? await map.create(STATE_KEY, state, LIFETIME_SECONDS)
          : await map.update(STATE_KEY, state, LIFETIME_SECONDS, revision);
      return written && { state, revision: written.revision };
    },
  };
}

function parseItem(key: string, data: unknown): DueItem | undefined {
  const [time = '', sid] = key.split('.');
  const conversationSid = parseConversationSid(sid);
  if (conversationSid === undefined) return undefined;
  const parsed = v.safeParse(ItemDataSchema, data);
  const failingSince = parsed.success ? parsed.output.failingSince : undefined;
  return { key, conversationSid, dueAt: Number(time), failingSince };
}
