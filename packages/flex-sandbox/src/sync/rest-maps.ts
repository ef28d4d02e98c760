/**
 * Maps and their items in Sync v1 REST. The ETag is the revision.
 * https://www.twilio.com/docs/sync/api/map-resource and …/map-item-resource
 */
import { notFound } from '../api-error.js';
import { buildPage } from '../paging.js';
import { type ApiReply, type ApiRequest, text } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import { type ItemPage, selectItemPage } from './item-pages.js';
import type { ItemFields, Maps } from './maps.js';
import type { SyncItem, SyncObject } from './objects.js';
import type { AddServiceEndpoint } from './rest-services.js';
import type { SyncService } from './services.js';
import type { SyncStore } from './store.js';
import { mapItemView, mapView } from './views.js';

export interface MapsRestDependencies {
  readonly sandbox: SandboxState;
  readonly on: AddServiceEndpoint;
  readonly store: SyncStore;
  readonly maps: Maps;
}

export function addMapsRest(dependencies: MapsRestDependencies): void {
  const { sandbox, on, store, maps } = dependencies;
  const { accountSid } = sandbox.account;
  const buildReply = (map: SyncObject, status = 200): ApiReply => ({
    status,
    body: mapView(accountSid, map),
    headers: { etag: `"${map.revision}"` },
  });
  const parseTtl = ({ body }: ApiRequest) => text(body, 'CollectionTtl') ?? text(body, 'Ttl');

  on('GET', '/Maps', (request, service) =>
    buildPage(request, 'maps', store.list(service.sid, 'map'), (map) => mapView(accountSid, map)),
  );
  on('POST', '/Maps', (request, service) => {
    const uniqueName = text(request.body, 'UniqueName');
    return buildReply(maps.create(service, uniqueName, parseTtl(request), request.caller), 201);
  });
  on('GET', '/Maps/:map', (request, service) => buildReply(maps.read(findMap(store, request, service))));
  on('POST', '/Maps/:map', (request, service) => {
    const map = findMap(store, request, service);
    maps.update(map, parseTtl(request));
    return buildReply(map);
  });
  on('DELETE', '/Maps/:map', (request, service) => {
    maps.remove(findMap(store, request, service));
    return { status: 204 };
  });
  addItems(dependencies);
}

function addItems({ sandbox, on, store, maps }: MapsRestDependencies): void {
  const { accountSid } = sandbox.account;
  const find = (request: ApiRequest, service: SyncService) => {
    const map = findMap(store, request, service);
    const item = map.items.get(request.segments.key ?? '');
    if (item === undefined) throw notFound(request.path);
    return { map, item };
  };
  const buildReply = (map: SyncObject, item: SyncItem, status = 200): ApiReply => ({
    status,
    body: mapItemView(accountSid, map, item),
    headers: { etag: `"${item.revision}"` },
  });

  on('GET', '/Maps/:map/Items', (request, service) => {
    const map = maps.read(findMap(store, request, service));
    const page = selectItemPage(map, request.query);
    const items = page.items.map((item) => mapItemView(accountSid, map, item));
    return { body: { items, meta: buildMeta(request, page) } };
  });
  on('POST', '/Maps/:map/Items', (request, service) => {
    const map = findMap(store, request, service);
    const key = text(request.body, 'Key') ?? '';
    return buildReply(map, maps.createItem(map, key, parseFields(request), request.caller), 201);
  });
  on('GET', '/Maps/:map/Items/:key', (request, service) => {
    const { map, item } = find(request, service);
    return buildReply(maps.read(map), item);
  });
  on('POST', '/Maps/:map/Items/:key', (request, service) => {
    const { map, item } = find(request, service);
    const ifMatch = request.headers['if-match'];
    return buildReply(map, maps.updateItem(map, item, parseFields(request), ifMatch, request.caller));
  });
  on('DELETE', '/Maps/:map/Items/:key', (request, service) => {
    const { map, item } = find(request, service);
    maps.removeItem(map, item, request.headers['if-match']);
    return { status: 204 };
  });
}

/** Throws the general 404/20404, as the live API does. The `cds` endpoints throw Sync's own codes. */
function findMap(store: SyncStore, { segments, path }: ApiRequest, service: SyncService): SyncObject {
  const map = store.find('map', service.sid, segments.map ?? '');
  if (map === undefined) throw notFound(path);
  return map;
}

const parseFields = ({ body }: ApiRequest): ItemFields => ({
  data: body.Data,
  ttl: text(body, 'ItemTtl') ?? text(body, 'Ttl'),
  collectionTtl: text(body, 'CollectionTtl'),
});

/** The links keep all other parameters of the request. `Page` only counts the pages. */
function buildMeta(request: ApiRequest, { size, previousToken, nextToken }: ItemPage) {
  const number = Number(text(request.query, 'Page') ?? 0);
  const buildLink = (page: number, token?: string) => {
    const url = new URL(`https://${request.host}${request.path}`);
    for (const name of ['Order', 'From', 'Bounds']) {
      const value = text(request.query, name);
      if (value !== undefined) url.searchParams.set(name, value);
    }
    url.searchParams.set('PageSize', String(size));
    url.searchParams.set('Page', String(page));
    if (token !== undefined) url.searchParams.set('PageToken', token);
    return url.href;
  };
  return {
    key: 'items',
    page: number,
    page_size: size,
    url: buildLink(number, text(request.query, 'PageToken')),
    first_page_url: buildLink(0),
    previous_page_url: previousToken === undefined ? null : buildLink(number - 1, previousToken),
    next_page_url: nextToken === undefined ? null : buildLink(number + 1, nextToken),
  };
}
