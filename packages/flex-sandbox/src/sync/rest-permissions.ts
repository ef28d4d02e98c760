/**
 * Permissions of documents and maps in Sync v1 REST. A permission binds an identity to an object.
 * https://www.twilio.com/docs/sync/api/document-permission-resource
 */
import { notFound } from '../api-error.js';
import { buildPage } from '../paging.js';
import { type ApiReply, type ApiRequest, flag, type Params, requireText } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import { requireValidIdentity } from './limits.js';
import type { SyncKind, SyncObject } from './objects.js';
import type { AddServiceEndpoint } from './rest-services.js';
import type { SyncService } from './services.js';
import type { SyncStore } from './store.js';
import { permissionView } from './views.js';

const COLLECTIONS: ReadonlyArray<readonly [path: string, kind: SyncKind]> = [
  ['/Documents/:object/Permissions', 'document'],
  ['/Maps/:object/Permissions', 'map'],
];

export function addPermissionsRest(
  { account: { accountSid } }: SandboxState,
  on: AddServiceEndpoint,
  store: SyncStore,
): void {
  for (const [path, kind] of COLLECTIONS) {
    const findObject = ({ segments, path: requested }: ApiRequest, service: SyncService): SyncObject => {
      const object = store.find(kind, service.sid, segments.object ?? '');
      if (object === undefined) throw notFound(requested);
      return object;
    };
    /** Throws 404/20404 for an identity without a permission (assumed; 54354 is documented). */
    const buildReply = (request: ApiRequest, object: SyncObject): ApiReply => {
      const identity = request.segments.identity ?? '';
      const permission = object.permissions.get(identity);
      if (permission === undefined) throw notFound(request.path);
      return { body: permissionView(accountSid, object, identity, permission) };
    };

    on('GET', path, (request, service) => {
      const object = findObject(request, service);
      return buildPage(request, 'permissions', [...object.permissions], ([identity, permission]) =>
        permissionView(accountSid, object, identity, permission),
      );
    });
    on('GET', `${path}/:identity`, (request, service) => buildReply(request, findObject(request, service)));
    on('POST', `${path}/:identity`, (request, service) => {
      const object = findObject(request, service);
      const { segments, body } = request;
      object.permissions.set(requireValidIdentity(segments.identity ?? ''), {
        read: requireFlag(body, 'Read'),
        write: requireFlag(body, 'Write'),
        manage: requireFlag(body, 'Manage'),
      });
      return buildReply(request, object);
    });
    on('DELETE', `${path}/:identity`, (request, service) => {
      const object = findObject(request, service);
      if (!object.permissions.delete(request.segments.identity ?? '')) throw notFound(request.path);
      return { status: 204 };
    });
  }
}

/** Throws 400/20001 when the parameter is absent or empty. */
function requireFlag(body: Params, name: string): boolean {
  requireText(body, name);
  return flag(body, name) ?? false;
}
