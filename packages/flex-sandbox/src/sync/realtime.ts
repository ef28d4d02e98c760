/** The `cds` endpoints: clients read Sync objects, subscribe, write documents and open live queries. */
import { forbidden, unauthorized } from '../api-error.js';
import { type ApiReply, type ApiRequest, type Handler, text } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import { type Documents, mayUseSync } from './documents.js';
import { buildItemPage } from './item-pages.js';
import type { LiveQueries } from './live-query.js';
import type { SyncKind } from './objects.js';
import type { SyncStore } from './store.js';
import { subscribe } from './subscriptions.js';
import { objectView } from './views.js';

const COLLECTIONS: Record<string, SyncKind> = { Documents: 'document', Maps: 'map', Lists: 'list' };

export interface RealtimeDependencies {
  readonly store: SyncStore;
  readonly documents: Documents;
  readonly queries: LiveQueries;
}

export function addRealtimeSync(
  sandbox: SandboxState,
  { store, documents, queries }: RealtimeDependencies,
): void {
  const { router } = sandbox;
  const knownConnections = new WeakSet<object>();

  const forUser =
    (handler: Handler): Handler =>
    (request) => {
      if (request.caller.kind !== 'user') throw unauthorized();
      return handler(request);
    };
  const forSyncUser = (handler: Handler): Handler =>
    forUser((request) => {
      if (!mayUseSync(sandbox, request.caller)) throw forbidden();
      return handler(request);
    });

  for (const [collection, kind] of Object.entries(COLLECTIONS)) {
    const open = (request: ApiRequest): ApiReply => {
      const object = store.read(kind, request.segments.object ?? '', request.caller);
      return { body: objectView(sandbox, object, text(request.query, 'Include') === 'items') };
    };
    router.on('GET', 'cds', `/v3/${collection}/:object`, forUser(open));
    if (kind === 'document') continue;
    router.on(
      'GET',
      'cds',
      `/v3/${collection}/:object/Items`,
      forUser((request) => ({
        body: buildItemPage(store.read(kind, request.segments.object ?? '', request.caller), request.query),
      })),
    );
  }

  router.on(
    'POST',
    'cds',
    '/v3/Documents',
    forSyncUser(({ body }) => {
      const fields = { data: body.data, ttl: text(body, 'ttl') };
      return {
        status: 201,
        body: objectView(sandbox, documents.create(text(body, 'unique_name'), fields), false),
      };
    }),
  );
  router.on(
    'POST',
    'cds',
    '/v3/Documents/:object',
    forSyncUser(({ segments, caller, body, headers }) => {
      const document = store.read('document', segments.object ?? '', caller);
      documents.update(document, { data: body.data, ttl: text(body, 'ttl') }, headers['if-match']);
      return { body: objectView(sandbox, document, false) };
    }),
  );
  router.on(
    'DELETE',
    'cds',
    '/v3/Documents/:object',
    forSyncUser(({ segments, caller, headers }) => {
      documents.remove(store.read('document', segments.object ?? '', caller), headers['if-match']);
      return { status: 204 };
    }),
  );

  router.on(
    'POST',
    'cds',
    '/v3/Insights/:index/Items',
    forSyncUser(({ segments, body }) => ({
      body: queries.open(segments.index ?? '', text(body, 'query_string') ?? ''),
    })),
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
      return subscribe({ sandbox, store, queries }, request);
    }),
  );
}
