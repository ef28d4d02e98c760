/** The `cds` endpoints: clients read Sync objects, subscribe, write documents and open live queries. */
import { forbidden, unauthorized } from '../api-error.js';
import { type ApiReply, type ApiRequest, type Handler, text } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import type { ComputedMaps } from './computed-maps.js';
import type { Documents } from './documents.js';
import { buildItemPage } from './item-pages.js';
import { accessForbiddenError } from './limits.js';
import type { LiveQueries } from './live-query.js';
import type { Maps } from './maps.js';
import type { SyncKind, SyncObject } from './objects.js';
import { addRealtimeMaps } from './realtime-maps.js';
import type { SyncServices } from './services.js';
import type { SyncStore } from './store.js';
import { subscribe } from './subscriptions.js';
import { objectView } from './views.js';

const COLLECTIONS: Record<string, SyncKind> = { Documents: 'document', Maps: 'map', Lists: 'list' };

/** The chat SDKs name this product in each request, Sync's own SDK `data_sync`, Flex `flex_insights`. */
const CHAT_PRODUCT = 'ip_messaging';
const INSIGHTS_PRODUCT = 'flex_insights';

export interface RealtimeDependencies {
  readonly store: SyncStore;
  readonly services: SyncServices;
  readonly documents: Documents;
  readonly maps: Maps;
  readonly queries: LiveQueries;
  readonly computedMaps: ComputedMaps;
}

export function addRealtimeSync(
  sandbox: SandboxState,
  { store, services, documents, maps, queries, computedMaps }: RealtimeDependencies,
): void {
  const { router, account } = sandbox;
  const knownConnections = new WeakSet<object>();

  const forUser =
    (handler: Handler): Handler =>
    (request) => {
      if (request.caller.kind !== 'user') throw unauthorized();
      return handler(request);
    };
  /** The service whose objects a request can reach; `undefined` without a grant for one. */
  const findServiceSid = ({ product, caller }: ApiRequest): string | undefined =>
    product === CHAT_PRODUCT ? account.chatServiceSid : services.findForToken(caller)?.sid;
  const openComputedMap = (kind: SyncKind, { product, segments, caller }: ApiRequest) => {
    if (kind !== 'map' || product !== INSIGHTS_PRODUCT) return undefined;
    const map = computedMaps.open(segments.object ?? '');
    if (map?.access(caller) === 'none') throw accessForbiddenError();
    return map;
  };
  const read = (kind: SyncKind, request: ApiRequest): SyncObject => {
    const computedMap = openComputedMap(kind, request);
    if (computedMap !== undefined) return computedMap;
    const serviceSid = findServiceSid(request);
    if (serviceSid === undefined) throw accessForbiddenError();
    return store.read(kind, serviceSid, request.segments.object ?? '', request.caller);
  };

  /** Counts the read, except for the objects of chat: Twilio does not state their rate. */
  const countedRead = (kind: SyncKind, request: ApiRequest): SyncObject => {
    const object = read(kind, request);
    if (object.serviceSid === account.chatServiceSid) return object;
    return kind === 'document' ? documents.read(object) : maps.read(object);
  };

  for (const [collection, kind] of Object.entries(COLLECTIONS)) {
    const open = (request: ApiRequest): ApiReply => {
      const withItems = text(request.query, 'Include') === 'items';
      return { body: objectView(account.accountSid, countedRead(kind, request), withItems) };
    };
    router.on('GET', 'cds', `/v3/${collection}/:object`, forUser(open));
    if (kind === 'document') continue;
    router.on(
      'GET',
      'cds',
      `/v3/${collection}/:object/Items`,
      forUser((request) => ({ body: buildItemPage(countedRead(kind, request), request.query) })),
    );
  }

  router.on(
    'POST',
    'cds',
    '/v3/Documents',
    forUser(({ body, caller }) => {
      const fields = { data: body.data, ttl: text(body, 'ttl') };
      const service = services.getForToken(caller);
      const document = documents.create(service, text(body, 'unique_name'), fields, caller);
      return { status: 201, body: objectView(account.accountSid, document, false) };
    }),
  );
  router.on(
    'POST',
    'cds',
    '/v3/Documents/:object',
    forUser((request) => {
      const { body, headers } = request;
      const document = read('document', request);
      services.require('write', document, request.caller);
      documents.update(document, { data: body.data, ttl: text(body, 'ttl') }, headers['if-match']);
      return { body: objectView(account.accountSid, document, false) };
    }),
  );
  router.on(
    'DELETE',
    'cds',
    '/v3/Documents/:object',
    forUser((request) => {
      const document = read('document', request);
      services.require('manage', document, request.caller);
      documents.remove(document, request.headers['if-match']);
      return { status: 204 };
    }),
  );

  addRealtimeMaps({
    accountSid: account.accountSid,
    services,
    maps,
    on: (method, path, handler) => router.on(method, 'cds', path, forUser(handler)),
    read: (request) => read('map', request),
  });

  router.on(
    'POST',
    'cds',
    '/v3/Insights/:index/Items',
    forUser(({ segments, body, caller }) => {
      if (!services.hasDefaultGrant(caller)) throw forbidden();
      return { body: queries.open(segments.index ?? '', text(body, 'query_string') ?? '') };
    }),
  );

  router.on(
    'POST',
    'cds',
    '/v4/Subscriptions',
    forUser((request) => {
      const { connection } = request;
      if (connection !== undefined && !knownConnections.has(connection)) {
        knownConnections.add(connection);
        connection.onClose(() => {
          store.removeConnection(connection);
          queries.removeConnection(connection);
        });
      }
      const serviceSid = findServiceSid(request);
      return subscribe({ store, services, queries, computedMaps, serviceSid }, request);
    }),
  );
}
