/**
 * Creates and removes the objects that belong to a Sync service, and ends them when their TTL has passed.
 * The objects of chat are not created here.
 */
import type { Timer } from '../clock.js';
import { createRateLimiter } from '../rate-limiter.js';
import type { Caller } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import { OBJECT_RATE, rateLimitError, requireValidName } from './limits.js';
import type { SyncKind, SyncObject } from './objects.js';
import type { SyncService, SyncServices } from './services.js';
import type { SyncStore } from './store.js';

export interface NewServiceObject {
  readonly kind: SyncKind;
  readonly service: SyncService;
  readonly uniqueName: string | undefined;
  /** The initial data of a document. */
  readonly data?: unknown;
  /** `undefined` and 0 mean that the object does not expire. */
  readonly lifetimeMs: number | undefined;
  readonly caller: Caller;
}

export class ObjectsOfServices {
  private readonly timers = new Map<string, Timer>();
  private readonly mayRead: (sid: string) => boolean;
  private readonly mayWrite: (sid: string) => boolean;

  constructor(
    private readonly sandbox: SandboxState,
    private readonly store: SyncStore,
    readonly services: SyncServices,
  ) {
    this.mayRead = createRateLimiter(sandbox.clock, OBJECT_RATE);
    this.mayWrite = createRateLimiter(sandbox.clock, OBJECT_RATE);
  }

  /** Counts a read of an object or of its items. Throws 429/54009 when it is one too many. */
  countRead({ sid }: SyncObject): void {
    if (!this.mayRead(sid)) throw rateLimitError();
  }

  /** Counts a request that changes an object or its items. Throws 429/54009 when it is one too many. */
  countWrite({ sid }: SyncObject): void {
    if (!this.mayWrite(sid)) throw rateLimitError();
  }

  /**
   * Throws 400/54302 for an invalid name, 409/54301 for one in use. A client gets all rights on what it
   * creates (assumed).
   */
  create({ kind, service, uniqueName, data, lifetimeMs, caller }: NewServiceObject): SyncObject {
    requireValidName(uniqueName);
    const object = this.store.create({
      kind,
      serviceSid: service.sid,
      uniqueName,
      data,
      createdBy: caller.identity,
      access: (reader) => (this.services.may('read', object, reader) ? 'live' : 'none'),
    });
    if (caller.identity !== undefined) {
      object.permissions.set(caller.identity, { read: true, write: true, manage: true });
    }
    this.setLifetime(object, lifetimeMs ?? 0);
    return object;
  }

  remove(object: SyncObject): void {
    for (const key of object.items.keys()) this.cancel(getTimerKey(object, key));
    this.cancel(getTimerKey(object));
    this.store.remove(object);
  }

  removeService(service: SyncService): void {
    for (const object of this.store.list(service.sid)) this.remove(object);
    this.services.remove(service);
  }

  /** Replaces the expiry of an object, or of one item. 0 removes it. */
  setLifetime(object: SyncObject, lifetimeMs: number, itemKey?: string): void {
    const timerKey = getTimerKey(object, itemKey);
    if (itemKey === undefined) {
      object.expiresAtMs = this.schedule(timerKey, lifetimeMs, () => this.remove(object));
    } else {
      const expiresAtMs = this.schedule(timerKey, lifetimeMs, () => object.delete(itemKey));
      object.setItemExpiry(itemKey, expiresAtMs);
    }
  }

  removeItem(object: SyncObject, key: string): void {
    this.cancel(getTimerKey(object, key));
    object.delete(key);
  }

  /** Replaces the timer with this key. Returns when it runs; `undefined` when the lifetime is 0. */
  private schedule(timerKey: string, lifetimeMs: number, run: () => void): number | undefined {
    this.cancel(timerKey);
    if (lifetimeMs === 0) return undefined;
    const timer = this.sandbox.clock.after(lifetimeMs, () => {
      this.timers.delete(timerKey);
      run();
    });
    this.timers.set(timerKey, timer);
    return timer.dueAtMs;
  }

  private cancel(timerKey: string): void {
    this.sandbox.clock.cancel(this.timers.get(timerKey));
    this.timers.delete(timerKey);
  }
}

const getTimerKey = ({ sid }: SyncObject, itemKey?: string | number) =>
  itemKey === undefined ? sid : `${sid} ${itemKey}`;
