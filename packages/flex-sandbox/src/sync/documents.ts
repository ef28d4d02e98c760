/** Creates, updates and removes documents, by the rules that Sync's REST API and its clients share. */
import type { Caller } from '../router.js';
import { DOCUMENT_CODES, parseData, parseTtlMs, requireRevision, requireSomeParameter } from './limits.js';
import type { SyncObject } from './objects.js';
import type { ObjectsOfServices } from './objects-of-services.js';
import type { SyncService } from './services.js';

export interface DocumentFields {
  /** An object or its JSON text. */
  readonly data?: unknown;
  /** Seconds until the document expires; 0 means never. */
  readonly ttl?: string | undefined;
}

export class Documents {
  constructor(private readonly objects: ObjectsOfServices) {}

  create(
    service: SyncService,
    uniqueName: string | undefined,
    { data, ttl }: DocumentFields,
    caller: Caller,
  ): SyncObject {
    return this.objects.create({
      kind: 'document',
      service,
      uniqueName,
      data: parseData(data, DOCUMENT_CODES),
      lifetimeMs: parseTtlMs(ttl),
      caller,
    });
  }

  /** Returns the document for one request. Throws 429/54009 when the document is read too often. */
  read(document: SyncObject): SyncObject {
    this.objects.countRead(document);
    return document;
  }

  /** Throws 429/54009 for too many changes, 412/54103 when `ifMatch` is not the current revision. */
  update(document: SyncObject, { data, ttl }: DocumentFields, ifMatch: string | undefined): void {
    this.objects.countWrite(document);
    requireSomeParameter(data, ttl);
    const content = parseData(data, DOCUMENT_CODES);
    const lifetimeMs = parseTtlMs(ttl);
    requireRevision(document.revision, ifMatch, DOCUMENT_CODES);
    if (lifetimeMs !== undefined) this.objects.setLifetime(document, lifetimeMs);
    if (content !== undefined) document.setData(content);
  }

  /** Throws 412/54103 when `ifMatch` is not the current revision. */
  remove(document: SyncObject, ifMatch: string | undefined): void {
    this.objects.countWrite(document);
    requireRevision(document.revision, ifMatch, DOCUMENT_CODES);
    this.objects.remove(document);
  }
}
