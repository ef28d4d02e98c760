/** Sync documents, which hold the ledgers, and their service. The only file that calls `client.sync`. */
import { isDeepStrictEqual } from 'node:util';
import type { Twilio } from './client';

export interface StoredDocument {
  readonly data: unknown;
  /** For If-Match. */
  readonly revision: string;
}

/** A write returns `undefined` when another run wrote first. The caller must read the document again. */
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

export interface SyncServiceFacts {
  readonly isDefault: boolean;
  /** Whether a token opens only what the Permissions API grants to its identity. */
  readonly hasAcls: boolean;
}

/** https://www.twilio.com/docs/sync/api/service */
export async function fetchSyncService(
  { client, calls }: Twilio,
  serviceSid: string,
): Promise<SyncServiceFacts> {
  const { uniqueName, aclEnabled } = await calls.call('check the Sync service of the ledgers', () =>
    client.sync.v1.services(serviceSid).fetch(),
  );
  // Only Twilio sets the unique name of a service.
  return { isDefault: uniqueName === 'default', hasAcls: aclEnabled };
}

export function createDocuments({ client, calls }: Twilio, serviceSid: string): Documents {
  const { callAllowing } = calls;
  const documents = client.sync.v1.services(serviceSid).documents;

  const read: Documents['read'] = (name) =>
    callAllowing([404], 'read the ledger', () => documents(name).fetch());

  /**
   * Returns `undefined` when Twilio refuses the write as out of date. If the call was retried, its first
   * attempt may have succeeded without an answer. Then the document holds our data, and the write counts as
   * done.
   */
  const write = async (
    doing: string,
    refusals: readonly number[],
    { name, data, run }: { name: string; data: object; run: () => Promise<StoredDocument> },
  ): Promise<StoredDocument | undefined> => {
    let attempts = 0;
    const written = await callAllowing(refusals, doing, () => {
      attempts += 1;
      return run();
    });
    if (written !== undefined || attempts === 1) return written;
    const current = await read(name);
    const isOurs = isDeepStrictEqual(current?.data, JSON.parse(JSON.stringify(data)));
    return isOurs ? current : undefined;
  };

  return {
    read,
    create: (uniqueName, data, ttl) =>
      write('create the ledger', [409], {
        name: uniqueName,
        data,
        run: () => documents.create({ uniqueName, data, ttl }),
      }),
    // 404: the document expired between the read and the write.
    update: (name, data, ttl, ifMatch) =>
      write('write the ledger', [404, 412], {
        name,
        data,
        run: () => documents(name).update({ data, ttl, ifMatch }),
      }),
  };
}
