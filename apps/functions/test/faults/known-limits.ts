/** Cells of the fault matrix that the functions do not repair yet. docs/fault-matrix.md names them. */
import type { CellId } from './cell';

interface KnownLimit {
  readonly why: string;
  readonly hits: (call: string, fault: string) => boolean;
}

const KNOWN_LIMITS: readonly KnownLimit[] = [
  {
    why: 'A late write of the attributes of a Programmable Chat replaces a newer one.',
    hits: (call, fault) =>
      call === 'POST chat Channels/CH' && ['8 s late', 'hangs before', 'hangs after'].includes(fault),
  },
  {
    why: 'A chat without an item in the index is found by the scan of all ledgers, which takes up to an hour.',
    hits: (call) => call.startsWith('POST sync Maps'),
  },
  {
    why: 'A chat whose first ledger is written by a run that crashes then has an item, and its effects wait for a sweep.',
    hits: (call, fault) => call === 'POST sync Documents' && fault === 'crash after',
  },
];

/** Why the functions do not repair this cell; `undefined` if they must. */
export function findKnownLimit({ hits }: CellId): string | undefined {
  return KNOWN_LIMITS.find((limit) => hits.some(({ call, fault }) => limit.hits(call.name, fault)))?.why;
}
