/**
 * Documents of Sync v1 REST: `https://sync.twilio.com/v1/Services/{IS or default}/Documents`.
 * The ETag is the revision. https://www.twilio.com/docs/sync/api/document-resource
 */
import { badRequest, notFound } from '../api-error.js';
import { forAccount } from '../iam/callers.js';
import { buildPage } from '../paging.js';
import { type ApiReply, type ApiRequest, type Handler, text } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import type { Documents } from './documents.js';
import type { SyncObject } from './objects.js';
import type { SyncStore } from './store.js';
import { documentView } from './views.js';

const MAX_NAME_LENGTH = 320;
const COLLECTION = '/v1/Services/:service/Documents';

export function addSyncRest(sandbox: SandboxState, store: SyncStore, documents: Documents): void {
  const { syncServiceSid } = sandbox.account;

  const forService = (handler: Handler) =>
    forAccount((request) => {
      if (![syncServiceSid, 'default'].includes(request.segments.service ?? '')) throw notFound(request.path);
      return handler(request);
    });
  /** Throws the general 404/20404 (assumed). The `cds` endpoints throw Sync's own codes. */
  const findDocument = ({ segments, path }: ApiRequest): SyncObject => {
    const document = store.find('document', segments.document ?? '');
    if (document === undefined || document.serviceSid !== syncServiceSid) throw notFound(path);
    return document;
  };
  const buildReply = (document: SyncObject, status = 200): ApiReply => ({
    status,
    body: documentView(sandbox, document),
    headers: { etag: `"${document.revision}"` },
  });
  const on = (method: 'GET' | 'POST' | 'DELETE', template: string, handler: Handler) =>
    sandbox.router.on(method, 'sync', template, forService(handler));

  on('GET', COLLECTION, (request) =>
    buildPage(request, 'documents', store.list('document', syncServiceSid), (document) =>
      documentView(sandbox, document),
    ),
  );
  on('POST', COLLECTION, ({ body }) => {
    const uniqueName = text(body, 'UniqueName');
    if ((uniqueName?.length ?? 0) > MAX_NAME_LENGTH) throw badRequest('UniqueName is too long', 54302);
    return buildReply(
      documents.create(uniqueName || undefined, { data: body.Data, ttl: parseTtl(body) }),
      201,
    );
  });
  on('GET', `${COLLECTION}/:document`, (request) => buildReply(findDocument(request)));
  on('POST', `${COLLECTION}/:document`, (request) => {
    const document = findDocument(request);
    const { body, headers } = request;
    documents.update(document, { data: body.Data, ttl: parseTtl(body) }, headers['if-match']);
    return buildReply(document);
  });
  on('DELETE', `${COLLECTION}/:document`, (request) => {
    documents.remove(findDocument(request), request.headers['if-match']);
    return { status: 204 };
  });
}

const parseTtl = (body: ApiRequest['body']) => text(body, 'Ttl');
