/**
 * The services of Sync v1 REST, and what their nested resources share: `https://sync.twilio.com/v1/Services`.
 * https://www.twilio.com/docs/sync/api/service
 */
import { badRequest } from '../api-error.js';
import { forAccount } from '../iam/callers.js';
import { buildPage } from '../paging.js';
import { type ApiReply, type ApiRequest, flag, type Method, type Params, text } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import { requireSomeParameter } from './limits.js';
import type { ObjectsOfServices } from './objects-of-services.js';
import type { ServiceSettings, SyncService } from './services.js';
import { serviceView } from './views.js';

const MAX_NAME_LENGTH = 255;
/** https://www.twilio.com/docs/sync/api/service#service-properties */
const DEBOUNCING_WINDOW_MS = { min: 1_000, max: 30_000 };

type ServiceHandler = (request: ApiRequest, service: SyncService) => ApiReply;

/** Adds an endpoint below `/v1/Services/:service`, for the account only. `path` is '' for the service itself. */
export type AddServiceEndpoint = (method: Method, path: string, handler: ServiceHandler) => void;

/** Returns the function that adds the endpoints of a service's resources. */
export function addServicesRest(sandbox: SandboxState, objects: ObjectsOfServices): AddServiceEndpoint {
  const { router, account } = sandbox;
  const { services } = objects;
  const onService: AddServiceEndpoint = (method, path, handler) =>
    router.on(
      method,
      'sync',
      `/v1/Services/:service${path}`,
      forAccount((request) => handler(request, services.get(request.segments.service ?? ''))),
    );

  router.on(
    'GET',
    'sync',
    '/v1/Services',
    forAccount((request) =>
      buildPage(request, 'services', services.list(), (service) => serviceView(account.accountSid, service)),
    ),
  );
  router.on(
    'POST',
    'sync',
    '/v1/Services',
    forAccount(({ body }) => ({
      status: 201,
      body: serviceView(account.accountSid, services.create(parseSettings(body))),
    })),
  );
  onService('GET', '', (_, service) => ({ body: serviceView(account.accountSid, service) }));
  onService('POST', '', ({ body }, service) => {
    const settings = parseSettings(body);
    requireSomeParameter(...Object.values(settings));
    services.update(service, settings);
    return { body: serviceView(account.accountSid, service) };
  });
  onService('DELETE', '', (_, service) => {
    objects.removeService(service);
    return { status: 204 };
  });
  return onService;
}

/** The settings that the form has. Throws 400/54053 for an invalid name, 400/20001 for an invalid window. */
function parseSettings(body: Params): Partial<ServiceSettings> {
  const friendlyName = text(body, 'FriendlyName');
  if (friendlyName !== undefined && (friendlyName === '' || friendlyName.length > MAX_NAME_LENGTH)) {
    throw badRequest('Invalid friendly name', 54053);
  }
  const window = text(body, 'ReachabilityDebouncingWindow');
  const windowMs = window === undefined ? undefined : Number(window);
  const { min, max } = DEBOUNCING_WINDOW_MS;
  if (windowMs !== undefined && !(windowMs >= min && windowMs <= max)) {
    throw badRequest(`ReachabilityDebouncingWindow must be between ${min} and ${max}`);
  }
  const settings = {
    friendlyName,
    webhookUrl: text(body, 'WebhookUrl'),
    webhooksFromRestEnabled: flag(body, 'WebhooksFromRestEnabled'),
    reachabilityWebhooksEnabled: flag(body, 'ReachabilityWebhooksEnabled'),
    reachabilityDebouncingEnabled: flag(body, 'ReachabilityDebouncingEnabled'),
    reachabilityDebouncingWindow: windowMs,
    aclEnabled: flag(body, 'AclEnabled'),
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
