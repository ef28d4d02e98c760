/**
 * A Sync map: items by key, which Sync lists in the order of their keys. The map is created when its first item is
 * written. https://www.twilio.com/docs/sync/api/map-item-resource
 */
import { TwilioCallError } from './call';
import type { Twilio } from './client';

interface MapItem {
  readonly key: string;
  readonly data: unknown;
  /** For If-Match. */
  readonly revision: string;
}

export interface SyncMap {
  /** The items with the lowest keys, in one call. `limit`: 100 at most. */
  list(limit: number): Promise<readonly MapItem[]>;
  /** `undefined` when the map has an item with this key. */
  create(key: string, data: object, ttlSeconds: number): Promise<MapItem | undefined>;
  /** `undefined` when another run wrote or removed the item first. */
  update(key: string, data: object, ttlSeconds: number, revision: string): Promise<MapItem | undefined>;
  /** Does nothing when there is no such item. */
  remove(key: string): Promise<void>;
}

/** @param name the map's unique name */
export function createSyncMap({ client, calls }: Twilio, serviceSid: string, name: string): SyncMap {
  const { call, callAllowing } = calls;
  const { syncMaps } = client.sync.v1.services(serviceSid);
  const { syncMapItems: items } = syncMaps(name);

  return {
    async list(limit) {
      const page = await callAllowing([404], 'read the index of due chats', () =>
        items.page({ order: 'asc', pageSize: limit }),
      );
      return page?.instances ?? [];
    },

    async create(key, data, itemTtl) {
      const createItem = () => call('add a chat to the index', () => items.create({ key, data, itemTtl }));
      const creating = createItem().catch(async (error: unknown) => {
        if (!(error instanceof TwilioCallError) || error.status !== 404) throw error;
        // 409: another run has created the map meanwhile.
        await callAllowing([409], 'create the index of due chats', () =>
          syncMaps.create({ uniqueName: name }),
        );
        return createItem();
      });
      try {
        return await creating;
      } catch (error) {
        if (!(error instanceof TwilioCallError) || error.status !== 409) throw error;
        // The map may have an item with this key. Only a read says so.
        if ((await callAllowing([404], 'read an item of the index', () => items(key).fetch())) === undefined)
          throw error;
        return undefined;
      }
    },

    update: (key, data, itemTtl, ifMatch) =>
      callAllowing([404, 412], 'update the index of due chats', () =>
        items(key).update({ data, itemTtl, ifMatch }),
      ),

    async remove(key) {
      await callAllowing([404], 'remove a chat from the index', () => items(key).remove());
    },
  };
}
