/** Sync documents, as the ledgers use them: the only file that calls `client.sync`. */
import { callUnless } from './call';
import type { TwilioClient } from './client';

export interface StoredDocument {
  readonly data: unknown;
  /** For If-Match. */
  readonly revision: string;
}

/** `undefined` from a write means that somebody else was there first: read again. */
export interface Documents {
  read(name: string): Promise<StoredDocument | undefined>;
  create(name: string, data: object, ttlSeconds: number): Promise<StoredDocument | undefined>;
  update(
    name: string,
    data: object,
    ttlSeconds: number,
    revision: string,
  ): Promise<StoredDocument | undefined>;
}

export function createDocuments(client: TwilioClient, serviceSid: string): Documents {
  const documents = client.sync.v1.services(serviceSid).documents;

  return {
    read: (name) => callUnless([404], 'read the ledger', () => documents(name).fetch()),
    create: (uniqueName, data, ttl) =>
      callUnless([409], 'create the ledger', () => documents.create({ uniqueName, data, ttl })),
    // 404: it expired between the read and the write.
    update: (name, data, ttl, ifMatch) =>
      callUnless([404, 412], 'write the ledger', () => documents(name).update({ data, ttl, ifMatch })),
  };
}
