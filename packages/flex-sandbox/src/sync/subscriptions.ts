/**
 * `POST /v4/Subscriptions`: a client subscribes to objects and sends the last event id that it knows of each.
 * It gets the missed events before `subscription_established`, and live events afterwards.
 */
import type { ApiReply, ApiRequest } from '../router.js';
import type { ComputedMaps } from './computed-maps.js';
import type { LiveQueries } from './live-query.js';
import { SYNC_EVENT, type SyncKind } from './objects.js';
import type { SyncServices } from './services.js';
import { NOT_FOUND_CODES, type SyncStore } from './store.js';

interface SubscriptionsBody {
  readonly action?: 'establish' | 'cancel';
  /** The events must repeat this value as a number. Otherwise the client retries for ever. */
  readonly correlation_id?: number;
  readonly requests?: readonly SubscriptionRequest[];
}

interface SubscriptionRequest {
  readonly object_sid: string;
  readonly object_type: SyncKind | 'live_query';
  readonly last_event_id?: number | null;
}

interface SubscriptionDependencies {
  readonly store: SyncStore;
  readonly services: SyncServices;
  readonly queries: LiveQueries;
  readonly computedMaps: ComputedMaps;
  /** The service whose objects the client can reach; `undefined` when its token has no grant for one. */
  readonly serviceSid: string | undefined;
}

/** With `ttl_in_s: -1`, clients do not renew. They retry only when the estimated delivery is positive. */
const TERMS = { max_batch_size: 100, ttl_in_s: -1, estimated_delivery_in_ms: 30_000 };

export function subscribe(
  { store, services, queries, computedMaps, serviceSid }: SubscriptionDependencies,
  request: ApiRequest,
): ApiReply {
  const { connection } = request;
  const { action, correlation_id: correlationId, requests = [] } = request.body as SubscriptionsBody;
  if (connection === undefined) return { body: TERMS };

  /** A computed map gets its current items: they may have changed since the client has opened it. */
  const findObject = (kind: SyncKind, sid: string) =>
    (serviceSid === undefined ? undefined : store.find(kind, serviceSid, sid)) ?? computedMaps.open(sid);

  const notify = (
    subscription: SubscriptionRequest,
    type: string,
    fields: Readonly<Record<string, unknown>> = {},
  ) =>
    connection.notify(SYNC_EVENT, {
      event_type: type,
      correlation_id: correlationId,
      event: { object_sid: subscription.object_sid, object_type: subscription.object_type, ...fields },
    });

  const refuse = (subscription: SubscriptionRequest, status: number, code: number) =>
    notify(subscription, 'subscription_failed', { error: { status, code, message: 'Subscription refused' } });

  const establish = (subscription: SubscriptionRequest) => {
    if (subscription.object_type === 'live_query') {
      // The SID is a hash of the query, which every client can compute. So the SID alone must not give
      // access.
      if (!services.hasDefaultGrant(request.caller)) return refuse(subscription, 403, 54007);
      const lastEventId = queries.subscribe(
        subscription.object_sid,
        connection,
        subscription.last_event_id ?? 0,
      );
      if (lastEventId === undefined) return refuse(subscription, 404, 54100);
      return notify(subscription, 'subscription_established', {
        replay_status: 'completed',
        last_event_id: lastEventId,
      });
    }
    const object = findObject(subscription.object_type, subscription.object_sid);
    if (object === undefined && serviceSid === undefined) return refuse(subscription, 403, 54007);
    if (object === undefined) return refuse(subscription, 404, NOT_FOUND_CODES[subscription.object_type]);
    if (object.access(request.caller) === 'none') return refuse(subscription, 403, 54007);
    object.subscribe(connection, subscription.last_event_id ?? null);
    notify(subscription, 'subscription_established', {
      replay_status: 'completed',
      last_event_id: object.lastEventId,
    });
  };

  const cancel = (subscription: SubscriptionRequest) => {
    const { object_type: kind, object_sid: sid } = subscription;
    if (kind === 'live_query') queries.unsubscribe(sid, connection);
    else findObject(kind, sid)?.unsubscribe(connection);
    notify(subscription, 'subscription_canceled');
  };

  return {
    body: TERMS,
    afterReply: () => requests.forEach(action === 'cancel' ? cancel : establish),
  };
}
