/** Sync documents, as the ledgers use them: the only file that calls `client.sync`. */
import { isDeepStrictEqual } from 'node:util';
import { callAllowing } from './call';
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

  const read: Documents['read'] = (name) =>
    callAllowing([404], 'read the ledger', () => documents(name).fetch());

  /**
   * A write that is refused as out of date. Was it repeated, then its first try may have got through, and what it is
   * out of date with is itself.
   */
  const write = async (
    doing: string,
    refusals: readonly number[],
    { name, data, run }: { name: string; data: object; run: () => Promise<StoredDocument> },
  ): Promise<StoredDocument | undefined> => {
    let tries = 0;
    const written = await callAllowing(refusals, doing, () => {
      tries += 1;
      return run();
    });
    if (written !== undefined || tries === 1) return written;
    const found = await read(name);
    const isOurs = isDeepStrictEqual(found?.data, JSON.parse(JSON.stringify(data)));
    return isOurs ? found : undefined;
  };

  return {
    read,
    create: (uniqueName, data, ttl) =>
      write('create the ledger', [409], {
        name: uniqueName,
        data,
        run: () => documents.create({ uniqueName, data, ttl }),
      }),
    // 404: it expired between the read and the write.
    update: (name, data, ttl, ifMatch) =>
      write('write the ledger', [404, 412], {
        name,
        data,
        run: () => documents(name).update({ data, ttl, ifMatch }),
      }),
  };
}
