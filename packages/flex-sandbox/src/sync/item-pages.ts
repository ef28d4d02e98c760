/**
 * Selects the pages of a map's or list's items, ordered by key or index, for Sync's clients and for REST. A
 * page token contains the key at the edge of a page, not an offset, so that items which are added or removed
 * between two requests do not shift the pages.
 */
import { badRequest } from '../api-error.js';
import { isoMilliseconds } from '../clock.js';
import { parseJsonObject } from '../json.js';
import { type Params, text } from '../router.js';
import type { SyncItem, SyncObject } from './objects.js';

type Key = string | number;

interface PageRequest {
  readonly order: 'asc' | 'desc';
  readonly size: number;
  /** The key at which the page starts, in the given order. */
  readonly from?: Key | undefined;
  /** Whether the item with the key `from` is on the page. */
  readonly isFromIncluded: boolean;
  readonly after?: Key | undefined;
  readonly before?: Key | undefined;
}

export interface ItemPage {
  readonly items: readonly SyncItem[];
  readonly size: number;
  /** Absent on the first page. */
  readonly previousToken?: string;
  /** Absent on the last page. */
  readonly nextToken?: string;
}

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 100;

/**
 * The page that `PageSize`, `Order`, `From` and `Bounds`, or a `PageToken`, select. Throws 400 with
 * 54451 (Order), 54452 (Bounds), 54453 (PageToken) or 54454 (PageSize).
 */
export function selectItemPage(object: SyncObject, query: Params): ItemPage {
  const page = parsePageRequest(object, query);
  const sign = page.order === 'desc' ? -1 : 1;
  const compare = (a: Key, b: Key) => sign * (a < b ? -1 : a > b ? 1 : 0);
  const { after, before, from, isFromIncluded, size } = page;
  const sortedItems = [...object.items.values()]
    .sort((a, b) => compare(a.key, b.key))
    .filter(({ key }) => from === undefined || compare(key, from) >= (isFromIncluded ? 0 : 1));

  const items =
    before !== undefined
      ? sortedItems.filter(({ key }) => compare(key, before) < 0).slice(-size)
      : sortedItems.filter(({ key }) => after === undefined || compare(key, after) > 0).slice(0, size);

  const first = items[0]?.key;
  const last = items.at(-1)?.key;
  const buildToken = (edge: Partial<PageRequest>) =>
    Buffer.from(JSON.stringify({ order: page.order, size, from, isFromIncluded, ...edge })).toString(
      'base64url',
    );
  return {
    items,
    size,
    ...(first !== undefined && sortedItems[0]?.key !== first
      ? { previousToken: buildToken({ before: first }) }
      : {}),
    ...(last !== undefined && sortedItems.at(-1)?.key !== last
      ? { nextToken: buildToken({ after: last }) }
      : {}),
  };
}

/** A page as clients read it; with `Key` or `Index`, that item only. */
export function buildItemPage(object: SyncObject, query: Params): unknown {
  const requestedKey = text(query, object.kind === 'list' ? 'Index' : 'Key');
  if (requestedKey !== undefined) {
    const item = object.items.get(parseKey(object, requestedKey));
    return buildReplyBody(object, { items: item === undefined ? [] : [item], size: 1 });
  }
  return buildReplyBody(object, selectItemPage(object, query));
}

function parsePageRequest(object: SyncObject, query: Params): PageRequest {
  const size = Number(text(query, 'PageSize') ?? DEFAULT_PAGE_SIZE);
  if (!(size >= 1 && size <= 1000)) throw badRequest('PageSize must be in the range 1 to 1000', 54454);
  // Clients send only the token for the pages after the first.
  const token = text(query, 'PageToken');
  const from = text(query, 'From');
  return {
    order: parseChoice(query, 'Order', ['asc', 'desc'], 54451),
    from: from === undefined ? undefined : parseKey(object, from),
    isFromIncluded: parseChoice(query, 'Bounds', ['inclusive', 'exclusive'], 54452) === 'inclusive',
    size: Math.min(size, MAX_PAGE_SIZE),
    ...(token === undefined ? {} : parseToken(token)),
  };
}

/** The first choice is the default. */
function parseChoice<T extends string>(
  query: Params,
  name: string,
  choices: readonly [T, T],
  code: number,
): T {
  const value = text(query, name) ?? choices[0];
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw badRequest(`${name} must be one of ${choices.join(' and ')}`, code);
  return choice;
}

function parseToken(token: string): Partial<PageRequest> {
  const edge = parseJsonObject(Buffer.from(token, 'base64url').toString('utf8'));
  if (edge === undefined) throw badRequest('Invalid PageToken', 54453);
  return edge;
}

const parseKey = (object: SyncObject, key: string): Key => (object.kind === 'list' ? Number(key) : key);

function buildReplyBody(object: SyncObject, { items, previousToken, nextToken }: ItemPage) {
  return {
    items: items.map((item) => itemView(object, item)),
    meta: { key: 'items', previous_token: previousToken ?? null, next_token: nextToken ?? null },
  };
}

/** An item as clients read it. The index of a list item must be a number. */
export function itemView(object: SyncObject, item: SyncItem): Record<string, unknown> {
  return {
    [object.kind === 'list' ? 'index' : 'key']: item.key,
    url: object.itemUrl(item.key),
    data: item.data,
    revision: item.revision,
    last_event_id: item.lastEventId,
    date_created: isoMilliseconds(item.createdAtMs),
    date_updated: isoMilliseconds(item.updatedAtMs),
    date_expires: item.expiresAtMs === undefined ? null : isoMilliseconds(item.expiresAtMs),
    created_by: item.createdBy,
  };
}
