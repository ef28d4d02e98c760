/** Creates, updates and removes maps and their items, by the rules that Sync's REST API and its clients share. */
import { ApiError, badRequest } from '../api-error.js';
import type { Caller } from '../router.js';
import { MAP_ITEM_CODES, parseData, parseTtlMs, requireRevision, requireSomeParameter } from './limits.js';
import type { SyncItem, SyncObject } from './objects.js';
import type { ObjectsOfServices } from './objects-of-services.js';
import type { SyncService } from './services.js';

/** https://www.twilio.com/docs/sync/api/map-item-resource; the page of code 54209 says 256. */
const MAX_KEY_LENGTH = 320;
/** The revision that a client sends for "only when there is no item with this key". */
const NO_ITEM_REVISION = '-1';

export interface ItemFields {
  /** An object or its JSON text. */
  readonly data?: unknown;
  /** Seconds until the item expires; 0 means never. */
  readonly ttl?: string | undefined;
  /** Seconds until the map expires; 0 means never. */
  readonly collectionTtl?: string | undefined;
}

export class Maps {
  constructor(private readonly objects: ObjectsOfServices) {}

  create(
    service: SyncService,
    uniqueName: string | undefined,
    ttl: string | undefined,
    caller: Caller,
  ): SyncObject {
    return this.objects.create({
      kind: 'map',
      service,
      uniqueName,
      lifetimeMs: parseTtlMs(ttl),
      caller,
    });
  }

  /** Returns the map for one request. Throws 429/54009 when the map is read too often. */
  read(map: SyncObject): SyncObject {
    this.objects.countRead(map);
    return map;
  }

  update(map: SyncObject, ttl: string | undefined): void {
    this.objects.countWrite(map);
    requireSomeParameter(ttl);
    this.objects.setLifetime(map, parseTtlMs(ttl) ?? 0);
  }

  remove(map: SyncObject): void {
    this.objects.remove(map);
  }

  /** Throws 409/54208 when the map has an item with this key. */
  createItem(map: SyncObject, key: string, fields: ItemFields, caller: Caller): SyncItem {
    this.objects.countWrite(map);
    requireKeyAndData(key, fields);
    const write = this.prepare(map, key, fields, caller);
    if (map.items.has(key)) {
      throw new ApiError(409, 54208, 'An Item with given key already exists in the Map');
    }
    return write();
  }

  /** Throws 412/54205 when `ifMatch` is not the current revision of the item. */
  updateItem(
    map: SyncObject,
    item: SyncItem,
    fields: ItemFields,
    ifMatch: string | undefined,
    caller: Caller,
  ): SyncItem {
    this.objects.countWrite(map);
    requireSomeParameter(fields.data, fields.ttl);
    const write = this.prepare(map, String(item.key), fields, caller);
    requireRevision(item.revision, ifMatch, MAP_ITEM_CODES);
    return write();
  }

  /** Creates or replaces an item, as clients do. */
  putItem(
    map: SyncObject,
    key: string,
    fields: ItemFields,
    ifMatch: string | undefined,
    caller: Caller,
  ): SyncItem {
    this.objects.countWrite(map);
    requireKeyAndData(key, fields);
    const write = this.prepare(map, key, fields, caller);
    requireRevision(map.items.get(key)?.revision ?? NO_ITEM_REVISION, ifMatch, MAP_ITEM_CODES);
    return write();
  }

  /** Throws 412/54205 when `ifMatch` is not the current revision of the item. */
  removeItem(map: SyncObject, item: SyncItem, ifMatch: string | undefined): void {
    this.objects.countWrite(map);
    requireRevision(item.revision, ifMatch, MAP_ITEM_CODES);
    this.objects.removeItem(map, String(item.key));
  }

  /** Checks the fields. The returned function writes them, and throws nothing. */
  private prepare(map: SyncObject, key: string, fields: ItemFields, caller: Caller): () => SyncItem {
    const content = parseData(fields.data, MAP_ITEM_CODES);
    const lifetimeMs = parseTtlMs(fields.ttl);
    const mapLifetimeMs = parseTtlMs(fields.collectionTtl);
    return () => {
      if (content !== undefined) map.put(key, content, caller.identity);
      if (lifetimeMs !== undefined) this.objects.setLifetime(map, lifetimeMs, key);
      if (mapLifetimeMs !== undefined) this.objects.setLifetime(map, mapLifetimeMs);
      const item = map.items.get(key);
      if (item === undefined) throw new Error(`Failed to write the item ${key}: it has no data.`);
      return item;
    };
  }
}

/** Throws 400/54209 for an empty or too long key, 400/54206 without data. */
function requireKeyAndData(key: string, { data }: ItemFields): void {
  if (key === '' || key.length > MAX_KEY_LENGTH) throw badRequest('Invalid Map Item key', 54209);
  if (data === undefined) throw badRequest('Invalid Map Item data', MAP_ITEM_CODES.nullData);
}
