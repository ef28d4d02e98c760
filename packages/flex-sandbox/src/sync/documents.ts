/** Creates, updates and removes documents, by the rules that Sync's REST API and its clients share. */
import { ApiError, badRequest } from '../api-error.js';
import type { Caller } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import type { SyncObject } from './objects.js';
import type { SyncStore } from './store.js';

/** https://www.twilio.com/docs/sync/api/document-resource */
const MAX_DATA_BYTES = 16 * 1024;

export interface DocumentFields {
  /** An object or its JSON text. */
  readonly data?: unknown;
  /** Seconds until the document expires; 0 means never. */
  readonly ttl?: string | undefined;
}

export class Documents {
  private readonly expiryTimers = new Map<SyncObject, ReturnType<SandboxState['clock']['after']>>();

  constructor(
    private readonly sandbox: SandboxState,
    private readonly store: SyncStore,
  ) {}

  create(uniqueName: string | undefined, { data, ttl }: DocumentFields): SyncObject {
    const content = parseData(data) ?? {};
    const lifetimeMs = parseTtlMs(ttl);
    const document = this.store.create({
      kind: 'document',
      serviceSid: this.sandbox.account.syncServiceSid,
      uniqueName,
      data: content,
      access: (caller) => (mayUseSync(this.sandbox, caller) ? 'live' : 'none'),
    });
    this.setExpiry(document, lifetimeMs);
    return document;
  }

  /** `ifMatch` is a revision, with or without quotes. Throws 412/54103 when it is not the current one. */
  update(document: SyncObject, { data, ttl }: DocumentFields, ifMatch: string | undefined): void {
    const content = parseData(data);
    const lifetimeMs = parseTtlMs(ttl);
    requireRevision(document, ifMatch);
    if (lifetimeMs !== undefined) this.setExpiry(document, lifetimeMs);
    if (content !== undefined) document.setData(content);
  }

  remove(document: SyncObject, ifMatch: string | undefined): void {
    requireRevision(document, ifMatch);
    this.sandbox.clock.cancel(this.expiryTimers.get(document));
    this.expiryTimers.delete(document);
    this.store.remove(document);
  }

  /** Replaces the expiry. `undefined` and 0 remove it. */
  private setExpiry(document: SyncObject, lifetimeMs: number | undefined): void {
    this.sandbox.clock.cancel(this.expiryTimers.get(document));
    this.expiryTimers.delete(document);
    document.expiresAtMs = undefined;
    if (lifetimeMs === undefined || lifetimeMs === 0) return;
    document.expiresAtMs = this.sandbox.clock.nowMs() + lifetimeMs;
    const timer = this.sandbox.clock.after(lifetimeMs, () => this.remove(document, undefined));
    this.expiryTimers.set(document, timer);
  }
}

/** Whether the caller may use documents and live queries. A customer's chat token gives no access. */
export function mayUseSync(sandbox: SandboxState, caller: Caller): boolean {
  if (caller.kind === 'account') return true;
  const reading = sandbox.tokens.read(caller.token ?? '');
  if (!reading.ok) return false;
  const { kind, syncServiceSid } = reading.claims;
  return kind === 'flex' || syncServiceSid === 'default' || syncServiceSid === sandbox.account.syncServiceSid;
}

function requireRevision(document: SyncObject, ifMatch: string | undefined): void {
  const expected = ifMatch?.replace(/^W\//, '').replaceAll('"', '');
  if (expected === undefined || expected === '*' || expected === document.revision) return;
  throw new ApiError(412, 54103, 'The revision of the document does not match the expected revision');
}

function parseData(data: unknown): unknown {
  if (data === undefined || data === null) return undefined;
  const content: unknown = typeof data === 'string' ? parseJson(data) : data;
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw badRequest('Data must be a JSON object', 54008);
  }
  if (Buffer.byteLength(JSON.stringify(content)) > MAX_DATA_BYTES) {
    // The limit is documented; code 54006 and status 413 are assumed.
    throw new ApiError(413, 54006, 'Data exceeds 16 KiB');
  }
  return content;
}

function parseJson(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw badRequest('Data is not valid JSON', 54008);
  }
}

function parseTtlMs(ttl: string | undefined): number | undefined {
  if (ttl === undefined || ttl === '') return undefined;
  const seconds = Number(ttl);
  if (!Number.isInteger(seconds) || seconds < 0) throw badRequest('Ttl must be a whole number of seconds');
  return seconds * 1000;
}
