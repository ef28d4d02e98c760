/** Twilio Sync: one store of objects behind the REST API, the realtime endpoints and chat. */
import type { SandboxState } from '../sandbox-state.js';
import { ComputedMaps } from './computed-maps.js';
import { Documents } from './documents.js';
import { type IndexRow, LiveQueries } from './live-query.js';
import { Maps } from './maps.js';
import { ObjectsOfServices } from './objects-of-services.js';
import { addRealtimeSync } from './realtime.js';
import { addDocumentsRest } from './rest-documents.js';
import { addMapsRest } from './rest-maps.js';
import { addPermissionsRest } from './rest-permissions.js';
import { addServicesRest } from './rest-services.js';
import { SyncServices } from './services.js';
import { SyncStore } from './store.js';

export interface Sync {
  /** For products that publish their state as Sync objects, such as chat. */
  readonly store: SyncStore;
  /** Adds an index that Flex may query, such as `tr-worker`. `rows` returns all current rows. */
  addIndex(name: string, rows: () => readonly IndexRow[]): void;
  /** Pushes the changed rows of an index to its subscribers. Call it when rows may have changed. */
  refresh(name: string): void;
  /** Adds maps that Twilio writes itself. `readItems` returns their current items by unique name. */
  addComputedMaps(readItems: (uniqueName: string) => ReadonlyMap<string, unknown> | undefined): void;
  /** Pushes the changed items of the computed maps to their subscribers. */
  refreshComputedMaps(): void;
}

export function addSync(sandbox: SandboxState): Sync {
  const store = new SyncStore(sandbox);
  const services = new SyncServices(sandbox);
  const objects = new ObjectsOfServices(sandbox, store, services);
  const documents = new Documents(objects);
  const maps = new Maps(objects);
  const queries = new LiveQueries();
  const computedMaps = new ComputedMaps(store);
  addRealtimeSync(sandbox, { store, services, documents, maps, queries, computedMaps });
  const onService = addServicesRest(sandbox, objects);
  addDocumentsRest(sandbox, onService, store, documents);
  addMapsRest({ sandbox, on: onService, store, maps });
  addPermissionsRest(sandbox, onService, store);
  return {
    store,
    addIndex: (name, rows) => queries.addIndex(name, rows),
    refresh: (name) => queries.refresh(name),
    addComputedMaps: (readItems) => computedMaps.addSource(readItems),
    refreshComputedMaps: () => computedMaps.refresh(),
  };
}
