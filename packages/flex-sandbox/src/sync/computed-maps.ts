/**
 * Maps that Twilio writes itself, such as the statistics of Flex's Queues view. Their items are computed when a
 * client opens the map, and at each refresh while a client is subscribed. They belong to no service of the
 * account, so REST does not have them.
 */
import { isSupervisor } from '../iam/callers.js';
import type { SyncObject } from './objects.js';
import type { SyncStore } from './store.js';

/** The items of the map with this unique name, by key; `undefined` when there is no such map. */
type ReadItems = (uniqueName: string) => ReadonlyMap<string, unknown> | undefined;

/** In place of the SID of a service. */
const NO_SERVICE = 'computed';

export class ComputedMaps {
  private readonly sources: ReadItems[] = [];
  private readonly opened = new Map<string, SyncObject>();

  constructor(private readonly store: SyncStore) {}

  addSource(readItems: ReadItems): void {
    this.sources.push(readItems);
  }

  /** Finds a map by unique name, or by the SID of an opened map, with its current items. */
  open(sidOrName: string): SyncObject | undefined {
    const opened = this.find(sidOrName);
    const uniqueName = opened?.uniqueName ?? sidOrName;
    const items = this.readItems(uniqueName);
    if (items === undefined) return undefined;
    const map = opened ?? this.create(uniqueName);
    putItems(map, items);
    return map;
  }

  find(sidOrName: string): SyncObject | undefined {
    return this.opened.get(sidOrName) ?? [...this.opened.values()].find(({ sid }) => sid === sidOrName);
  }

  /** Pushes the changed items of every map that a client is subscribed to. */
  refresh(): void {
    for (const [uniqueName, map] of this.opened) {
      const items = map.isWatched ? this.readItems(uniqueName) : undefined;
      if (items !== undefined) putItems(map, items);
    }
  }

  private readItems(uniqueName: string): ReadonlyMap<string, unknown> | undefined {
    for (const readItems of this.sources) {
      const items = readItems(uniqueName);
      if (items !== undefined) return items;
    }
    return undefined;
  }

  /** Only supervisors may read the statistics (assumed). */
  private create(uniqueName: string): SyncObject {
    const map = this.store.create({
      kind: 'map',
      serviceSid: NO_SERVICE,
      uniqueName,
      access: (caller) => (isSupervisor(caller) ? 'live' : 'none'),
    });
    this.opened.set(uniqueName, map);
    return map;
  }
}

function putItems(map: SyncObject, items: ReadonlyMap<string, unknown>): void {
  for (const [key, data] of items) {
    if (JSON.stringify(map.items.get(key)?.data) !== JSON.stringify(data)) map.put(key, data);
  }
}
