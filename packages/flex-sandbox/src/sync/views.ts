/** Renders Sync objects for the `cds` endpoints and the REST API. */
import { isoMilliseconds, isoSeconds } from '../clock.js';
import { itemView } from './item-pages.js';
import type { Permission, SyncItem, SyncObject } from './objects.js';
import type { SyncService } from './services.js';

const SERVICES = 'https://sync.twilio.com/v1/Services';

/** An object as the `cds` endpoints return it. */
export function objectView(accountSid: string, object: SyncObject, withItems: boolean): unknown {
  return {
    account_sid: accountSid,
    service_sid: object.serviceSid,
    sid: object.sid,
    unique_name: object.uniqueName ?? null,
    url: object.url,
    revision: object.revision,
    last_event_id: object.lastEventId,
    date_created: isoMilliseconds(object.createdAtMs),
    date_updated: isoMilliseconds(object.updatedAtMs),
    date_expires: object.expiresAtMs === undefined ? null : isoMilliseconds(object.expiresAtMs),
    created_by: object.createdBy,
    ...(object.kind === 'document' ? { data: object.data } : { links: { items: `${object.url}/Items` } }),
    ...(withItems ? { items: [...object.items.values()].map((item) => itemView(object, item)) } : {}),
  };
}

/** A service as the REST API returns it. */
export function serviceView(accountSid: string, service: SyncService): Record<string, unknown> {
  const url = `${SERVICES}/${service.sid}`;
  return {
    sid: service.sid,
    unique_name: service.uniqueName,
    account_sid: accountSid,
    friendly_name: service.friendlyName,
    date_created: isoSeconds(service.createdAtMs),
    date_updated: isoSeconds(service.updatedAtMs),
    url,
    webhook_url: service.webhookUrl,
    webhooks_from_rest_enabled: service.webhooksFromRestEnabled,
    reachability_webhooks_enabled: service.reachabilityWebhooksEnabled,
    acl_enabled: service.aclEnabled,
    reachability_debouncing_enabled: service.reachabilityDebouncingEnabled,
    reachability_debouncing_window: service.reachabilityDebouncingWindow,
    links: {
      documents: `${url}/Documents`,
      lists: `${url}/Lists`,
      maps: `${url}/Maps`,
      streams: `${url}/Streams`,
    },
  };
}

/** A document as the REST API returns it. */
export function documentView(accountSid: string, document: SyncObject): Record<string, unknown> {
  const url = `${SERVICES}/${document.serviceSid}/Documents/${document.sid}`;
  return {
    ...sharedMembers(accountSid, document),
    url,
    links: { permissions: `${url}/Permissions` },
    data: document.data,
  };
}

/** A map as the REST API returns it. */
export function mapView(accountSid: string, map: SyncObject): Record<string, unknown> {
  const url = `${SERVICES}/${map.serviceSid}/Maps/${map.sid}`;
  return {
    ...sharedMembers(accountSid, map),
    url,
    links: { items: `${url}/Items`, permissions: `${url}/Permissions` },
  };
}

/** An item of a map as the REST API returns it. */
export function mapItemView(accountSid: string, map: SyncObject, item: SyncItem): Record<string, unknown> {
  return {
    key: item.key,
    account_sid: accountSid,
    service_sid: map.serviceSid,
    map_sid: map.sid,
    url: `${SERVICES}/${map.serviceSid}/Maps/${map.sid}/Items/${encodeURIComponent(item.key)}`,
    data: item.data,
    ...revisionAndDates(item),
  };
}

/** A permission of a document or a map as the REST API returns it. */
export function permissionView(
  accountSid: string,
  { kind, serviceSid, sid }: SyncObject,
  identity: string,
  permission: Permission,
): Record<string, unknown> {
  const collection = kind === 'document' ? 'Documents' : 'Maps';
  return {
    account_sid: accountSid,
    service_sid: serviceSid,
    [`${kind}_sid`]: sid,
    identity,
    ...permission,
    url: `${SERVICES}/${serviceSid}/${collection}/${sid}/Permissions/${encodeURIComponent(identity)}`,
  };
}

const sharedMembers = (accountSid: string, object: SyncObject) => ({
  sid: object.sid,
  unique_name: object.uniqueName ?? null,
  account_sid: accountSid,
  service_sid: object.serviceSid,
  ...revisionAndDates(object),
});

const revisionAndDates = (resource: SyncObject | SyncItem) => ({
  revision: resource.revision,
  date_expires: resource.expiresAtMs === undefined ? null : isoSeconds(resource.expiresAtMs),
  date_created: isoSeconds(resource.createdAtMs),
  date_updated: isoSeconds(resource.updatedAtMs),
  created_by: resource.createdBy,
});
