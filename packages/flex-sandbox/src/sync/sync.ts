/** Twilio Sync: one store of objects behind the REST API, the realtime endpoints and chat. */
import type { SandboxState } from '../sandbox-state.js';
import { Documents } from './documents.js';
import { type IndexRow, LiveQueries } from './live-query.js';
import { addRealtimeSync } from './realtime.js';
import { addSyncRest } from './rest.js';
import { SyncStore } from './store.js';

export interface Sync {
  /** For parts that keep their state in Sync objects, as chat does. */
  readonly store: SyncStore;
  /** Makes an index that Flex may query, such as `tr-worker`. `rows` gives all of its rows at the moment of asking. */
  addIndex(name: string, rows: () => readonly IndexRow[]): void;
  /** Says that the rows of an index may have changed; whoever follows them is told. */
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
