/**
 * The account's Sync services, and what a token may do in them. The account's credentials may do everything.
 *
 * A client's request names no service: it reaches the service of the SyncGrant in its token, and no object of
 * another service. A Flex token has the grant for the account's default service. While a service's ACL is
 * off, a token with its grant may do everything in it; while it is on, only what a Permission allows:
 * https://www.twilio.com/docs/sync/api/permissions
 */
import { notFound } from '../api-error.js';
import type { Caller } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import { accessForbiddenError } from './limits.js';
import type { SyncObject, SyncRight } from './objects.js';

/** The settings that a request may change. Webhooks and reachability are stored only. */
export interface ServiceSettings {
  friendlyName: string | null;
  webhookUrl: string | null;
  webhooksFromRestEnabled: boolean;
  reachabilityWebhooksEnabled: boolean;
  reachabilityDebouncingEnabled: boolean;
  reachabilityDebouncingWindow: number;
  aclEnabled: boolean;
}

export interface SyncService extends ServiceSettings {
  readonly sid: string;
  /** Read-only: only the default service has one. */
  readonly uniqueName: string | null;
  readonly createdAtMs: number;
  updatedAtMs: number;
}

/** The address of the default service in URLs and SyncGrants. */
const DEFAULT = 'default';

const INITIAL_SETTINGS: ServiceSettings = {
  friendlyName: null,
  webhookUrl: null,
  webhooksFromRestEnabled: false,
  reachabilityWebhooksEnabled: false,
  reachabilityDebouncingEnabled: false,
  reachabilityDebouncingWindow: 5_000,
  aclEnabled: false,
};

export class SyncServices {
  private readonly bySid = new Map<string, SyncService>();

  constructor(private readonly sandbox: SandboxState) {
    this.add(sandbox.account.syncServiceSid, DEFAULT, { friendlyName: 'Default Service' });
  }

  create(settings: Partial<ServiceSettings>): SyncService {
    return this.add(this.sandbox.sids('IS'), null, settings);
  }

  /** Finds a service by SID; `default` is the default service. Throws 404/20404. */
  get(sidOrName: string): SyncService {
    const service = this.find(sidOrName);
    if (service === undefined) throw notFound(`/Services/${sidOrName}`);
    return service;
  }

  update(service: SyncService, settings: Partial<ServiceSettings>): void {
    Object.assign(service, settings, { updatedAtMs: this.sandbox.clock.nowMs() });
  }

  remove(service: SyncService): void {
    this.bySid.delete(service.sid);
  }

  /** Oldest first. */
  list(): readonly SyncService[] {
    return [...this.bySid.values()];
  }

  /** The service of the caller's SyncGrant; `undefined` without a grant for an existing service. */
  findForToken({ token = '' }: Caller): SyncService | undefined {
    const reading = this.sandbox.tokens.read(token);
    if (!reading.ok) return undefined;
    const { kind, syncServiceSid } = reading.claims;
    const name = kind === 'flex' ? DEFAULT : syncServiceSid;
    return name === undefined ? undefined : this.find(name);
  }

  /** Like `findForToken`, but throws 403/54007. */
  getForToken(caller: Caller): SyncService {
    const service = this.findForToken(caller);
    if (service === undefined) throw accessForbiddenError();
    return service;
  }

  /** Whether the caller may use the default service, to which live queries belong. */
  hasDefaultGrant(caller: Caller): boolean {
    return this.findForToken(caller)?.uniqueName === DEFAULT;
  }

  /** Whether a token may use an object that belongs to a service. */
  may(right: SyncRight, object: SyncObject, caller: Caller): boolean {
    const service = this.bySid.get(object.serviceSid);
    if (service === undefined || this.findForToken(caller) !== service) return false;
    return !service.aclEnabled || object.permissions.get(caller.identity ?? '')?.[right] === true;
  }

  /** Throws 403/54007 when the token may not do this. Clients cannot change the objects of chat. */
  require(right: SyncRight, object: SyncObject, caller: Caller): void {
    if (!this.may(right, object, caller)) throw accessForbiddenError();
  }

  private find(sidOrName: string): SyncService | undefined {
    return this.bySid.get(sidOrName) ?? this.list().find(({ uniqueName }) => uniqueName === sidOrName);
  }

  private add(sid: string, uniqueName: string | null, settings: Partial<ServiceSettings>): SyncService {
    const nowMs = this.sandbox.clock.nowMs();
    const service = {
      ...INITIAL_SETTINGS,
      ...settings,
      sid,
      uniqueName,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    };
    this.bySid.set(sid, service);
    return service;
  }
}
