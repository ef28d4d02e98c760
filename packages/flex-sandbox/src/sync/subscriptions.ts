/**
 * `POST /v4/Subscriptions`: a client says which objects it follows and how far it has seen each.
 * Everything it missed is replayed before the object counts as established; live events come after.
 */
import type { ApiReply, ApiRequest, PushConnection } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import { mayUseSync } from './documents.js';
import type { LiveQueries } from './live-query.js';
import { SYNC_EVENT, type SyncKind } from './objects.js';
import { NOT_FOUND_CODES, type SyncStore } from './store.js';

interface SubscriptionsBody {
  readonly action?: 'establish' | 'cancel';
  /** A number; it must come back as the same number, or the client asks again and again. */
  readonly correlation_id?: number;
  readonly requests?: readonly SubscriptionRequest[];
}

interface SubscriptionRequest {
  readonly object_sid: string;
  readonly object_type: SyncKind | 'live_query';
  readonly last_event_id?: number | null;
}

interface SubscriptionTargets {
  readonly sandbox: SandboxState;
  readonly store: SyncStore;
  readonly queries: LiveQueries;
}

/** `ttl_in_s: -1`: the client sets no timer to ask again. The estimate must be positive, or it never retries. */
const TERMS = { max_batch_size: 100, ttl_in_s: -1, estimated_delivery_in_ms: 30_000 };

export function subscribe({ sandbox, store, queries }: SubscriptionTargets, request: ApiRequest): ApiReply {
  const { connection } = request;
  const { action, correlation_id: correlationId, requests = [] } = request.body as SubscriptionsBody;
  if (connection === undefined) return { body: TERMS };

  const tell = (wanted: SubscriptionRequest, type: string, fields: Readonly<Record<string, unknown>> = {}) =>
    connection.notify(SYNC_EVENT, {
      event_type: type,
      correlation_id: correlationId,
      event: { object_sid: wanted.object_sid, object_type: wanted.object_type, ...fields },
    });

  const fail = (wanted: SubscriptionRequest, status: number, code: number) =>
    tell(wanted, 'subscription_failed', { error: { status, code, message: 'Subscription refused' } });

  const establish = (wanted: SubscriptionRequest) => {
    if (wanted.object_type === 'live_query') {
      // The SID of a query can be worked out from its text, so it must open nothing by itself.
      if (!mayUseSync(sandbox, request.caller)) return fail(wanted, 403, 54007);
      const lastEventId = queries.subscribe(wanted.object_sid, connection, wanted.last_event_id ?? 0);
      if (lastEventId === undefined) return fail(wanted, 404, 54100);
      return tell(wanted, 'subscription_established', {
        replay_status: 'completed',
        last_event_id: lastEventId,
      });
    }
    const object = store.find(wanted.object_type, wanted.object_sid);
    if (object === undefined) return fail(wanted, 404, NOT_FOUND_CODES[wanted.object_type]);
    if (object.access(request.caller) === 'none') return fail(wanted, 403, 54007);
    object.subscribe(connection, wanted.last_event_id ?? null);
    tell(wanted, 'subscription_established', {
      replay_status: 'completed',
      last_event_id: object.lastEventId,
    });
  };

  const cancel = (wanted: SubscriptionRequest) => {
    unsubscribe(store, queries, wanted, connection);
    tell(wanted, 'subscription_canceled');
  };

  return {
    body: TERMS,
    afterReply: () => requests.forEach(action === 'cancel' ? cancel : establish),
  };
}

function unsubscribe(
  store: SyncStore,
  queries: LiveQueries,
  wanted: SubscriptionRequest,
  connection: PushConnection,
): void {
  if (wanted.object_type === 'live_query') queries.unsubscribe(wanted.object_sid, connection);
  else store.find(wanted.object_type, wanted.object_sid)?.unsubscribe(connection);
}
