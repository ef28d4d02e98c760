/** The `cds` endpoints with which clients write maps and their items. realtime.ts has those that read. */
import { ApiError } from '../api-error.js';
import { isoMilliseconds } from '../clock.js';
import { type ApiReply, type ApiRequest, text } from '../router.js';
import { itemView } from './item-pages.js';
import type { ItemFields, Maps } from './maps.js';
import type { SyncItem, SyncObject, SyncRight } from './objects.js';
import type { SyncServices } from './services.js';
import { objectView } from './views.js';

export interface RealtimeMapsDependencies {
  readonly accountSid: string;
  readonly services: SyncServices;
  readonly maps: Maps;
  /** Adds an endpoint for users. */
  readonly on: (
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    handler: (request: ApiRequest) => ApiReply,
  ) => void;
  /** The map in the path. Throws 404, and 403/54007 when the caller may not read it. */
  readonly read: (request: ApiRequest) => SyncObject;
}

export function addRealtimeMaps({ accountSid, services, maps, on, read }: RealtimeMapsDependencies): void {
  const findMap = (right: SyncRight, request: ApiRequest): SyncObject => {
    const map = read(request);
    services.require(right, map, request.caller);
    return map;
  };
  const parseFields = ({ body }: ApiRequest): ItemFields => ({
    data: body.data,
    ttl: text(body, 'item_ttl') ?? text(body, 'ttl'),
    collectionTtl: text(body, 'collection_ttl'),
  });

  on('POST', '/v3/Maps', ({ body, caller }) => {
    const service = services.getForToken(caller);
    const map = maps.create(service, text(body, 'unique_name'), text(body, 'ttl'), caller);
    return { status: 201, body: objectView(accountSid, map, false) };
  });
  on('POST', '/v3/Maps/:object', (request) => {
    const map = findMap('write', request);
    maps.update(map, text(request.body, 'ttl'));
    return { body: objectView(accountSid, map, false) };
  });
  on('DELETE', '/v3/Maps/:object', (request) => {
    maps.remove(findMap('manage', request));
    return { status: 204 };
  });

  on('PUT', '/v3/Maps/:object/Items/:key', (request) => {
    const map = findMap('write', request);
    const { segments, headers, caller } = request;
    const key = segments.key ?? '';
    const status = map.items.has(key) ? 200 : 201;
    const item = maps.putItem(map, key, parseFields(request), headers['if-match'], caller);
    return { status, body: itemView(map, item) };
  });
  on('POST', '/v3/Maps/:object/Items/:key', (request) => {
    const map = findMap('write', request);
    const { headers, caller } = request;
    const item = maps.updateItem(
      map,
      findItem(map, request),
      parseFields(request),
      headers['if-match'],
      caller,
    );
    return { body: itemView(map, item) };
  });
  on('DELETE', '/v3/Maps/:object/Items/:key', (request) => {
    const map = findMap('write', request);
    maps.removeItem(map, findItem(map, request), request.headers['if-match']);
    return { body: { last_event_id: map.lastEventId, date_updated: isoMilliseconds(map.updatedAtMs) } };
  });
}

/** Throws 404/54201. */
function findItem(map: SyncObject, { segments }: ApiRequest): SyncItem {
  const item = map.items.get(segments.key ?? '');
  if (item === undefined) throw new ApiError(404, 54201, 'Map Item not found');
  return item;
}
