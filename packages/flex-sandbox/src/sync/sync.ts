/** Twilio Sync: one store of objects behind the REST API, the realtime endpoints and chat. */
import type { SandboxState } from '../sandbox-state.js';
import { Documents } from './documents.js';
import { type IndexRow, LiveQueries } from './live-query.js';
import { addRealtimeSync } from './realtime.js';
import { addSyncRest } from './rest.js';
import { SyncStore } from './store.js';

export interface Sync {
  /** For products that publish their state as Sync objects, such as chat. */
  readonly store: SyncStore;
  /** Adds an index that Flex may query, such as `tr-worker`. `rows` returns all current rows. */
  addIndex(name: string, rows: () => readonly IndexRow[]): void;
  /** Pushes the changed rows of an index to its subscribers. Call it when rows may have changed. */
  refresh(name: string): void;
}

export function addSync(sandbox: SandboxState): Sync {
  const store = new SyncStore(sandbox);
  const documents = new Documents(sandbox, store);
  const queries = new LiveQueries();
  addRealtimeSync(sandbox, { store, documents, queries });
  addSyncRest(sandbox, store, documents);
  return {
    store,
    addIndex: (name, rows) => queries.addIndex(name, rows),
    refresh: (name) => queries.refresh(name),
  };
}
