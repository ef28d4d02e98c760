/**
 * Documents of Sync v1 REST. The ETag is the revision.
 * https://www.twilio.com/docs/sync/api/document-resource
 */
import { notFound } from '../api-error.js';
import { buildPage } from '../paging.js';
import { type ApiReply, type ApiRequest, text } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import type { Documents } from './documents.js';
import type { SyncObject } from './objects.js';
import type { AddServiceEndpoint } from './rest-services.js';
import type { SyncService } from './services.js';
import type { SyncStore } from './store.js';
import { documentView } from './views.js';

export function addDocumentsRest(
  { account: { accountSid } }: SandboxState,
  on: AddServiceEndpoint,
  store: SyncStore,
  documents: Documents,
): void {
  /** Throws the general 404/20404, as the live API does. The `cds` endpoints throw Sync's own codes. */
  const find = ({ segments, path }: ApiRequest, service: SyncService): SyncObject => {
    const document = store.find('document', service.sid, segments.document ?? '');
    if (document === undefined) throw notFound(path);
    return document;
  };
  const buildReply = (document: SyncObject, status = 200): ApiReply => ({
    status,
    body: documentView(accountSid, document),
    headers: { etag: `"${document.revision}"` },
  });
  const parseFields = ({ body }: ApiRequest) => ({ data: body.Data, ttl: text(body, 'Ttl') });

  on('GET', '/Documents', (request, service) =>
    buildPage(request, 'documents', store.list(service.sid, 'document'), (document) =>
      documentView(accountSid, document),
    ),
  );
  on('POST', '/Documents', (request, service) => {
    const uniqueName = text(request.body, 'UniqueName');
    return buildReply(documents.create(service, uniqueName, parseFields(request), request.caller), 201);
  });
  on('GET', '/Documents/:document', (request, service) => buildReply(documents.read(find(request, service))));
  on('POST', '/Documents/:document', (request, service) => {
    const document = find(request, service);
    documents.update(document, parseFields(request), request.headers['if-match']);
    return buildReply(document);
  });
  on('DELETE', '/Documents/:document', (request, service) => {
    documents.remove(find(request, service), request.headers['if-match']);
    return { status: 204 };
  });
}
