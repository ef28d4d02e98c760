/**
 * All Sync objects by SID and unique name: documents of clients and REST, and the objects of chat.
 * Each object says which access a caller has.
 */
import { ApiError } from '../api-error.js';
import type { Caller, PushConnection } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import { type SyncKind, SyncObject, type SyncObjectOptions } from './objects.js';

/** How long a removed object is readable: an SDK may be opening it because of an earlier push. */
const REMOVED_READABLE_MS = 5_000;

/** https://www.twilio.com/docs/api/errors/54100, 54150 and 54200 */
export const NOT_FOUND_CODES: Record<SyncKind, number> = { document: 54100, list: 54150, map: 54200 };

export class SyncStore {
  private readonly bySid = new Map<string, SyncObject>();
  private readonly byName = new Map<string, SyncObject>();
  private readonly removed = new Map<string, SyncObject>();

  constructor(private readonly sandbox: SandboxState) {}

  /** Creates an object. Throws 409/54301 when the unique name is in use. */
  create(options: SyncObjectOptions): SyncObject {
    const name = buildNameKey(options.kind, options.uniqueName);
    if (name !== undefined && this.byName.has(name)) {
      throw new ApiError(409, 54301, 'An object with given unique name already exists');
    }
    const object = new SyncObject(this.sandbox, options);
    this.bySid.set(object.sid, object);
    if (name !== undefined) this.byName.set(name, object);
    return object;
  }

  find(kind: SyncKind, sidOrName: string): SyncObject | undefined {
    const object = this.bySid.get(sidOrName) ?? this.byName.get(`${kind}:${sidOrName}`);
    return object?.kind === kind ? object : undefined;
  }

  /** Finds an object for a client. Throws 404 for an unknown object, 403/54007 without access. */
  read(kind: SyncKind, sidOrName: string, caller: Caller): SyncObject {
    const object = this.find(kind, sidOrName) ?? this.removed.get(sidOrName);
    if (object === undefined || object.kind !== kind) {
      throw new ApiError(404, NOT_FOUND_CODES[kind], `${kind} ${sidOrName} was not found`);
    }
    if (object.access(caller) === 'none') {
      throw new ApiError(403, 54007, 'Access forbidden for identity');
    }
    return object;
  }

  remove(object: SyncObject): void {
    this.bySid.delete(object.sid);
    const name = buildNameKey(object.kind, object.uniqueName);
    if (name !== undefined) this.byName.delete(name);
    for (const id of [object.sid, object.uniqueName]) {
      if (id === undefined) continue;
      this.removed.set(id, object);
      this.sandbox.clock.after(REMOVED_READABLE_MS, () => {
        if (this.removed.get(id) === object) this.removed.delete(id);
      });
    }
    object.emitRemoval();
  }

  /** The objects of one kind in one service, oldest first. */
  list(kind: SyncKind, serviceSid: string): readonly SyncObject[] {
    return [...this.bySid.values()].filter(
      (object) => object.kind === kind && object.serviceSid === serviceSid,
    );
  }

  /** Ends all subscriptions of a closed connection. */
  removeConnection(connection: PushConnection): void {
    for (const object of this.bySid.values()) object.unsubscribe(connection);
  }
}

const buildNameKey = (kind: SyncKind, uniqueName: string | undefined) =>
  uniqueName === undefined ? undefined : `${kind}:${uniqueName}`;
