/**
 * Live and instant queries over indexes such as `tr-worker`, which Flex's directory and Teams view read. The
 * owner of an index adds it and calls `refresh` when rows may have changed. `LiveQueries` compares the rows
 * and pushes the differences.
 */
import { createHash } from 'node:crypto';
import type { PushConnection } from '../router.js';
import { SYNC_EVENT } from './objects.js';
import { parseQuery, type RowTest } from './query-expression.js';

/** How many events a query keeps for clients that have opened it and not yet subscribed. */
const MAX_LOG_LENGTH = 500;

export interface IndexRow {
  readonly key: string;
  readonly data: unknown;
}

interface Query {
  readonly sid: string;
  readonly index: string;
  readonly matches: RowTest;
  readonly subscribers: Set<PushConnection>;
  /** The last pushed version of each row, by key. */
  readonly pushedRows: Map<string, { readonly content: string; readonly revision: number }>;
  /** Revisions of removed rows, by key. A row that returns needs a newer revision. */
  readonly removedRevisions: Map<string, number>;
  /** The latest events, for clients that subscribe shortly after they have opened the query. */
  readonly log: Array<Readonly<Record<string, unknown>> & { readonly last_event_id: number }>;
  lastEventId: number;
}

export class LiveQueries {
  private readonly indexes = new Map<string, () => readonly IndexRow[]>();
  private readonly queries = new Map<string, Query>();

  addIndex(name: string, rows: () => readonly IndexRow[]): void {
    this.indexes.set(name, rows);
  }

  /** The response of `POST /v3/Insights/{index}/Items`. An unknown index has no rows. */
  open(index: string, queryString: string): unknown {
    const sid = `QR${createHash('md5').update(`${index}|${queryString}`).digest('hex')}`;
    const query = this.queries.get(sid) ?? {
      sid,
      index,
      matches: parseQuery(queryString),
      subscribers: new Set(),
      pushedRows: new Map(),
      removedRevisions: new Map(),
      log: [],
      lastEventId: 1,
    };
    this.queries.set(sid, query);
    this.pushChanges(query);
    return {
      query_id: sid,
      last_event_id: query.lastEventId,
      items: this.findRows(query).map(({ key, data }) => ({
        key,
        data,
        revision: query.pushedRows.get(key)?.revision,
      })),
      meta: {},
    };
  }

  /** Replays the events after `since`. Returns the query's last event id; `undefined` for an unknown SID. */
  subscribe(sid: string, connection: PushConnection, since: number): number | undefined {
    const query = this.queries.get(sid);
    if (query === undefined) return undefined;
    this.pushChanges(query);
    query.subscribers.add(connection);
    for (const event of query.log) {
      if (event.last_event_id > since) connection.notify(SYNC_EVENT, buildMessage(event));
    }
    return query.lastEventId;
  }

  unsubscribe(sid: string, connection: PushConnection): void {
    this.queries.get(sid)?.subscribers.delete(connection);
  }

  /** Pushes every changed, added and removed row of an index to the subscribers. */
  refresh(index: string): void {
    for (const query of this.queries.values()) {
      if (query.index === index && query.subscribers.size > 0) this.pushChanges(query);
    }
  }

  removeConnection(connection: PushConnection): void {
    for (const query of this.queries.values()) query.subscribers.delete(connection);
  }

  private findRows(query: Query): readonly IndexRow[] {
    return (this.indexes.get(query.index)?.() ?? []).filter(query.matches);
  }

  private pushChanges(query: Query): void {
    const rows = new Map(this.findRows(query).map(({ key, data }) => [key, data]));
    for (const [key, data] of rows) {
      const content = JSON.stringify(data);
      const previous = query.pushedRows.get(key);
      if (previous?.content === content) continue;
      const revision = (previous?.revision ?? query.removedRevisions.get(key) ?? 0) + 1;
      query.removedRevisions.delete(key);
      query.pushedRows.set(key, { content, revision });
      push(query, 'live_query_item_updated', { item_key: key, item_data: data, item_revision: revision });
    }
    for (const [key, { revision }] of [...query.pushedRows]) {
      if (rows.has(key)) continue;
      query.pushedRows.delete(key);
      query.removedRevisions.set(key, revision + 1);
      push(query, 'live_query_item_removed', { item_key: key, item_revision: revision + 1 });
    }
  }
}

function push(query: Query, type: string, fields: Readonly<Record<string, unknown>>): void {
  query.lastEventId += 1;
  const event = { query_id: query.sid, last_event_id: query.lastEventId, type, ...fields };
  query.log.push(event);
  if (query.log.length > MAX_LOG_LENGTH) query.log.shift();
  for (const connection of query.subscribers) connection.notify(SYNC_EVENT, buildMessage(event));
}

const buildMessage = ({ type, ...event }: Readonly<Record<string, unknown>>) => ({
  event_type: type,
  strictly_ordered: true,
  event,
});
