/**
 * Builds the pages of a map's or list's items, as Sync's clients request them. A page token contains the key
 * at the edge of a page, not an offset, so that added items do not shift the pages.
 */
import { badRequest } from '../api-error.js';
import { isoMilliseconds } from '../clock.js';
import { type Params, text } from '../router.js';
import type { SyncItem, SyncObject } from './objects.js';

type Key = string | number;

interface PageRequest {
  readonly order: 'asc' | 'desc';
  readonly size: number;
  /** The key at which the page starts, in the given order. */
  readonly from?: Key | undefined;
  readonly after?: Key | undefined;
  readonly before?: Key | undefined;
}

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 100;

/** The page that `Key`, `Index`, `PageToken`, or `PageSize`, `Order` and `From` select. */
export function buildItemPage(object: SyncObject, query: Params): unknown {
  const requestedKey = text(query, object.kind === 'list' ? 'Index' : 'Key');
  if (requestedKey !== undefined) {
    const item = object.items.get(parseKey(object, requestedKey));
    return buildReplyBody(object, item === undefined ? [] : [item], {});
  }

  const page = parsePageRequest(object, query);
  const sign = page.order === 'desc' ? -1 : 1;
  const compare = (a: Key, b: Key) => sign * (a < b ? -1 : a > b ? 1 : 0);
  const sortedItems = [...object.items.values()].sort((a, b) => compare(a.key, b.key));

  const { after, before, from, size } = page;
  const items =
    before !== undefined
      ? sortedItems.filter(({ key }) => compare(key, before) < 0).slice(-size)
      : sortedItems
          .filter(({ key }) => after === undefined || compare(key, after) > 0)
          .filter(({ key }) => from === undefined || compare(key, from) >= 0)
          .slice(0, size);

  const first = items[0]?.key;
  const last = items.at(-1)?.key;
  const buildToken = (edge: Partial<PageRequest>) =>
    Buffer.from(JSON.stringify({ order: page.order, size, ...edge })).toString('base64url');
  return buildReplyBody(object, items, {
    ...(first !== undefined && sortedItems[0]?.key !== first
      ? { previous_token: buildToken({ before: first }) }
      : {}),
    ...(last !== undefined && sortedItems.at(-1)?.key !== last
      ? { next_token: buildToken({ after: last }) }
      : {}),
  });
}

function parsePageRequest(object: SyncObject, query: Params): PageRequest {
  const token = text(query, 'PageToken');
  if (token !== undefined) {
    try {
      return JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as PageRequest;
    } catch {
      throw badRequest('Invalid PageToken');
    }
  }
  const from = text(query, 'From');
  return {
    order: text(query, 'Order') === 'desc' ? 'desc' : 'asc',
    size: Math.min(Number(text(query, 'PageSize') ?? DEFAULT_PAGE_SIZE), MAX_PAGE_SIZE),
    from: from === undefined ? undefined : parseKey(object, from),
  };
}

const parseKey = (object: SyncObject, key: string): Key => (object.kind === 'list' ? Number(key) : key);

function buildReplyBody(
  object: SyncObject,
  items: readonly SyncItem[],
  tokens: Readonly<Record<string, string>>,
) {
  return {
    items: items.map((item) => itemView(object, item)),
    meta: { key: 'items', previous_token: null, next_token: null, ...tokens },
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
