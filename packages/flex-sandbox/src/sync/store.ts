/**
 * All Sync objects by service, SID and unique name: documents and maps of clients and REST, and the objects
 * of chat. Each object says which access a caller has.
 */
import { ApiError } from '../api-error.js';
import type { Caller, PushConnection } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import { accessForbiddenError } from './limits.js';
import { type SyncKind, SyncObject, type SyncObjectOptions } from './objects.js';

/** How long a removed object is readable: an SDK may be opening it because of an earlier push. */
const REMOVED_READABLE_MS = 5_000;

/** https://www.twilio.com/docs/api/errors/54100, 54150 and 54200 */
export const NOT_FOUND_CODES: Record<SyncKind, number> = { document: 54100, list: 54150, map: 54200 };

export class SyncStore {
  private readonly objects = new Set<SyncObject>();
  private readonly byAddress = new Map<string, SyncObject>();
  private readonly removed = new Map<string, SyncObject>();

  constructor(private readonly sandbox: SandboxState) {}

  /** Creates an object. Throws 409/54301 when the service has an object of this kind with the unique name. */
  create(options: SyncObjectOptions): SyncObject {
    const { kind, serviceSid, uniqueName } = options;
    if (uniqueName !== undefined && this.find(kind, serviceSid, uniqueName) !== undefined) {
      throw new ApiError(409, 54301, 'Unique name already exists');
    }
    const object = new SyncObject(this.sandbox, options);
    this.objects.add(object);
    for (const address of listAddresses(object)) this.byAddress.set(address, object);
    return object;
  }

  /** Finds an object of one service. */
  find(kind: SyncKind, serviceSid: string, sidOrName: string): SyncObject | undefined {
    return this.byAddress.get(buildAddress(kind, serviceSid, sidOrName));
  }

  /** Finds an object for a client. Throws 404 for an unknown object (54300 for a name), 403/54007 without access. */
  read(kind: SyncKind, serviceSid: string, sidOrName: string, caller: Caller): SyncObject {
    const address = buildAddress(kind, serviceSid, sidOrName);
    const object = this.byAddress.get(address) ?? this.removed.get(address);
    if (object === undefined) throw buildNotFoundError(kind, sidOrName);
    if (object.access(caller) === 'none') throw accessForbiddenError();
    return object;
  }

  remove(object: SyncObject): void {
    this.objects.delete(object);
    for (const address of listAddresses(object)) {
      this.byAddress.delete(address);
      this.removed.set(address, object);
      this.sandbox.clock.after(REMOVED_READABLE_MS, () => {
        if (this.removed.get(address) === object) this.removed.delete(address);
      });
    }
    object.emitRemoval();
  }

  /** The objects of one service, or those of one kind, oldest first. */
  list(serviceSid: string, kind?: SyncKind): readonly SyncObject[] {
    return [...this.objects].filter(
      (object) => object.serviceSid === serviceSid && (kind === undefined || object.kind === kind),
    );
  }

  /** Ends all subscriptions of a closed connection. */
  removeConnection(connection: PushConnection): void {
    for (const object of this.objects) object.unsubscribe(connection);
  }
}

const SID_PATTERN = /^[A-Z]{2}[0-9a-f]{32}$/;

/** Flex UI looks for this message when a map does not exist. https://www.twilio.com/docs/api/errors/54300 */
const buildNotFoundError = (kind: SyncKind, sidOrName: string) =>
  SID_PATTERN.test(sidOrName)
    ? new ApiError(404, NOT_FOUND_CODES[kind], `${kind} ${sidOrName} was not found`)
    : new ApiError(404, 54300, 'Unique name not found');

const buildAddress = (kind: SyncKind, serviceSid: string, sidOrName: string) =>
  `${serviceSid}:${kind}:${sidOrName}`;

const listAddresses = ({ kind, serviceSid, sid, uniqueName }: SyncObject) =>
  [sid, uniqueName].flatMap((id) => (id === undefined ? [] : buildAddress(kind, serviceSid, id)));
