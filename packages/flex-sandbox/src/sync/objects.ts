/**
 * Sync's objects: documents, maps and lists. Each keeps a log of its events: a client subscribes about 100 ms
 * after it reads an object, so the events between the two reach the client only by replay.
 *
 * Event ids increase within an object. Clients ignore events that are not newer than their last one.
 */
import { isoMilliseconds } from '../clock.js';
import type { Caller, PushConnection } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';

export type SyncKind = 'document' | 'map' | 'list';

/**
 * A caller's access to an object. `live`: reads and pushes. `readable`: reads without pushes, for a member
 * who has just been removed: their client may be opening the object because of an earlier push.
 */
export type SyncAccess = 'live' | 'readable' | 'none';

/** `write`: change the data and the items. `manage`: delete the object. */
export type SyncRight = 'read' | 'write' | 'manage';

/** The rights of one identity. They count only while the ACL of the object's service is on. */
export type Permission = Readonly<Record<SyncRight, boolean>>;

export interface SyncEvent {
  readonly type: string;
  readonly event: Readonly<Record<string, unknown>> & { readonly id: number };
}

/** An item of a map (the key is text) or of a list (the key is an index from 0 that is never reused). */
export interface SyncItem {
  readonly key: string | number;
  readonly data: unknown;
  readonly lastEventId: number;
  readonly revision: string;
  /** An identity, or `system`. */
  readonly createdBy: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly expiresAtMs: number | undefined;
}

export interface SyncObjectOptions {
  readonly kind: SyncKind;
  readonly serviceSid: string;
  readonly uniqueName?: string | undefined;
  /** The initial data of a document. */
  readonly data?: unknown;
  /** An identity. Default `system`, for objects of the REST API and of chat. */
  readonly createdBy?: string | undefined;
  readonly access: (caller: Caller) => SyncAccess;
}

const SID_PREFIX: Record<SyncKind, string> = { document: 'ET', map: 'MP', list: 'ES' };

/** The message type of every Sync push. */
export const SYNC_EVENT = 'twilio.sync.event';

export class SyncObject {
  readonly sid: string;
  readonly kind: SyncKind;
  readonly serviceSid: string;
  readonly uniqueName: string | undefined;
  readonly createdBy: string;
  /** By identity. */
  readonly permissions = new Map<string, Permission>();
  readonly access: (caller: Caller) => SyncAccess;
  readonly createdAtMs: number;
  readonly items = new Map<string | number, SyncItem>();
  updatedAtMs: number;
  lastEventId = 0;
  expiresAtMs: number | undefined;
  private content: unknown;
  private nextIndex = 0;
  /** Ids have no gaps: each id is the previous one plus 1. */
  private log: SyncEvent[] = [];
  /** By connection: the id of the last event sent to it. */
  private readonly subscribers = new Map<PushConnection, number>();

  constructor(
    private readonly sandbox: SandboxState,
    options: SyncObjectOptions,
  ) {
    this.sid = sandbox.sids(SID_PREFIX[options.kind]);
    this.kind = options.kind;
    this.serviceSid = options.serviceSid;
    this.uniqueName = options.uniqueName;
    this.createdBy = options.createdBy ?? 'system';
    this.access = options.access;
    this.createdAtMs = sandbox.clock.nowMs();
    this.updatedAtMs = this.createdAtMs;
    this.content = options.data ?? {};
  }

  /** The data of a document. */
  get data(): unknown {
    return this.content;
  }

  /** Changes with every event. */
  get revision(): string {
    return String(this.lastEventId);
  }

  get url(): string {
    const collection = { document: 'Documents', map: 'Maps', list: 'Lists' }[this.kind];
    return `https://cds.us1.twilio.com/v3/${collection}/${this.sid}`;
  }

  itemUrl(key: string | number): string {
    return `${this.url}/Items/${encodeURIComponent(key)}`;
  }

  /** Replaces the data of a document. */
  setData(data: unknown): void {
    this.content = data;
    this.emit('document_updated', { document_unique_name: this.uniqueName, document_data: data });
  }

  /** Adds an item or replaces the data of the item with this key. `createdBy` is used for a new item. */
  put(key: string | number, data: unknown, createdBy = 'system'): void {
    const previous = this.items.get(key);
    const nowMs = this.sandbox.clock.nowMs();
    const id = this.lastEventId + 1;
    this.items.set(key, {
      key,
      data,
      lastEventId: id,
      revision: String(id),
      createdBy: previous?.createdBy ?? createdBy,
      createdAtMs: previous?.createdAtMs ?? nowMs,
      updatedAtMs: nowMs,
      expiresAtMs: previous?.expiresAtMs,
    });
    this.emit(`${this.kind}_item_${previous === undefined ? 'added' : 'updated'}`, {
      ...this.itemFields(key, data),
      item_url: this.itemUrl(key),
      item_revision: String(id),
    });
  }

  /** Sets when an item expires. Like a new expiry of the object, this causes no event. */
  setItemExpiry(key: string | number, expiresAtMs: number | undefined): void {
    const item = this.items.get(key);
    if (item !== undefined) this.items.set(key, { ...item, expiresAtMs });
  }

  /** Adds an item to a list and returns its index. */
  push(data: unknown): number {
    const index = this.nextIndex++;
    this.put(index, data);
    return index;
  }

  delete(key: string | number): void {
    const item = this.items.get(key);
    if (item === undefined) return;
    this.items.delete(key);
    this.emit(`${this.kind}_item_removed`, this.itemFields(key, item.data));
  }

  /** Pushes the removal of the object, then ends all subscriptions. */
  emitRemoval(): void {
    this.emit(`${this.kind}_removed`, {});
    this.subscribers.clear();
  }

  /**
   * Sends the events after `since` and every later event. `null` means that the client has no data: it gets
   * the items as added events.
   */
  subscribe(connection: PushConnection, since: number | null): void {
    const isLive = this.access(connection.caller) === 'live';
    this.subscribers.set(connection, since ?? (isLive ? this.lastEventId : 0));
    if (since !== null) this.sendMissedEvents(connection);
    else if (isLive) for (const item of this.items.values()) push(connection, this.buildAddedEvent(item));
  }

  unsubscribe(connection: PushConnection): void {
    this.subscribers.delete(connection);
  }

  /** Whether any client is subscribed. */
  get isWatched(): boolean {
    return this.subscribers.size > 0;
  }

  hasSubscriber(identity: string): boolean {
    return [...this.subscribers.keys()].some((connection) => connection.identity === identity);
  }

  /**
   * Sends a subscriber the events that it has not received. A subscriber without `live` access gets no events
   * but stays subscribed: when a user is removed and added again at once, the client does not subscribe
   * again.
   */
  private sendMissedEvents(connection: PushConnection): void {
    const sentId = this.subscribers.get(connection);
    if (sentId === undefined || this.access(connection.caller) !== 'live') return;
    this.subscribers.set(connection, this.lastEventId);
    const firstId = this.log[0]?.event.id ?? 0;
    for (const event of this.log.slice(Math.max(sentId + 1 - firstId, 0))) push(connection, event);
  }

  private buildAddedEvent(item: SyncItem): SyncEvent {
    return {
      type: `${this.kind}_item_added`,
      event: {
        id: item.lastEventId,
        date_created: isoMilliseconds(item.updatedAtMs),
        [`${this.kind}_sid`]: this.sid,
        ...this.itemFields(item.key, item.data),
        item_url: this.itemUrl(item.key),
        item_revision: item.revision,
      },
    };
  }

  private itemFields(key: string | number, data: unknown): Record<string, unknown> {
    return { [this.kind === 'list' ? 'item_index' : 'item_key']: key, item_data: data };
  }

  private emit(type: string, fields: Readonly<Record<string, unknown>>): void {
    this.lastEventId += 1;
    this.updatedAtMs = this.sandbox.clock.nowMs();
    const event = {
      id: this.lastEventId,
      date_created: isoMilliseconds(this.updatedAtMs),
      [`${this.kind}_sid`]: this.sid,
      [`${this.kind}_revision`]: this.revision,
      ...fields,
    };
    // A document's event contains the whole document, so a replay needs only the last event.
    if (this.kind === 'document') this.log = [];
    this.log.push({ type, event });
    for (const connection of this.subscribers.keys()) this.sendMissedEvents(connection);
  }
}

const push = (connection: PushConnection, { type, event }: SyncEvent) =>
  connection.notify(SYNC_EVENT, { event_type: type, event });
