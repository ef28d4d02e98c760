/** Renders Sync objects for the `cds` endpoints and the REST API. */
import { isoMilliseconds, isoSeconds } from '../clock.js';
import type { SandboxState } from '../sandbox-state.js';
import { itemView } from './item-pages.js';
import type { SyncObject } from './objects.js';

/** An object as the `cds` endpoints return it. */
export function objectView(sandbox: SandboxState, object: SyncObject, withItems: boolean): unknown {
  return {
    account_sid: sandbox.account.accountSid,
    service_sid: object.serviceSid,
    sid: object.sid,
    unique_name: object.uniqueName ?? null,
    url: object.url,
    revision: object.revision,
    last_event_id: object.lastEventId,
    date_created: isoMilliseconds(object.createdAtMs),
    date_updated: isoMilliseconds(object.updatedAtMs),
    date_expires: object.expiresAtMs === undefined ? null : isoMilliseconds(object.expiresAtMs),
    created_by: 'system',
    ...(object.kind === 'document' ? { data: object.data } : { links: { items: `${object.url}/Items` } }),
    ...(withItems ? { items: [...object.items.values()].map((item) => itemView(object, item)) } : {}),
  };
}

/** A document as the REST API returns it. */
export function documentView(sandbox: SandboxState, document: SyncObject): Record<string, unknown> {
  const url = `https://sync.twilio.com/v1/Services/${document.serviceSid}/Documents/${document.sid}`;
  return {
    sid: document.sid,
    unique_name: document.uniqueName ?? null,
    account_sid: sandbox.account.accountSid,
    service_sid: document.serviceSid,
    url,
    links: { permissions: `${url}/Permissions` },
    revision: document.revision,
    data: document.data,
    date_expires: document.expiresAtMs === undefined ? null : isoSeconds(document.expiresAtMs),
    date_created: isoSeconds(document.createdAtMs),
    date_updated: isoSeconds(document.updatedAtMs),
    created_by: 'system',
  };
}
