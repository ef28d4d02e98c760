/** Cells of the fault matrix that the functions do not repair yet. docs/fault-matrix.md names them. */
import type { CellId } from './cell';

/** Whether no item of the index could be added during a run: what the run must check later waits for the scan of all ledgers. */
export const isKnownLimit = ({ hits }: CellId): boolean =>
  hits.some(({ call, fault }) => call.name.startsWith('POST sync Maps') && fault === 'outage');
