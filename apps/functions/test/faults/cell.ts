/** The cells of the fault matrix: what can go wrong in one run of a situation. */
import type { Call, Fault } from '../support/fault-injector';
import { createRandom, shuffle } from '../support/seeded-random';
import { type CallFault, listFaults, type MatrixFault } from './matrix-faults';
import type { Trigger } from './situation';

/** A fault in one call. */
interface CallHit {
  readonly call: Call;
  readonly fault: CallFault;
}

/**
 * `open`: the page retries and sweeps. `closed`: the page is gone when the request has left it; for an event, no page is
 * open. The admin's scheduled call sweeps either way.
 */
export type Page = 'open' | 'closed';

export interface CellId {
  /** The row of the report. */
  readonly call: Call;
  /** The column of the report. */
  readonly fault: MatrixFault;
  readonly page: Page;
  /** The calls that are hit; none for a fault that is outside the run. */
  readonly hits: readonly CallHit[];
}

/** The row of faults that hit no single call. */
const WHOLE_RUN: Call = { name: 'the whole run', nth: 1 };

/** How often two faults hit one situation. */
const PAIRS = 12;

/** All cells of a situation. `calls`: those of a run without a fault. */
export function listCells(kind: Trigger['kind'], calls: readonly Call[], seed: number): readonly CellId[] {
  const pages: readonly Page[] = kind === 'request' ? ['open', 'closed'] : ['closed'];
  const single = calls.flatMap((call) => listFaults(call.name).map((fault): CallHit => ({ call, fault })));
  const cells: ReadonlyArray<Omit<CellId, 'page'>> = [
    ...single.map((hit) => ({ ...hit, hits: [hit] })),
    ...pickPairs(single, seed).map((hits) => ({ call: WHOLE_RUN, fault: 'two faults' as const, hits })),
    ...(['Sync down', 'events lost', 'events late'] as const).map((fault) => ({
      call: WHOLE_RUN,
      fault,
      hits: [],
    })),
  ];
  return cells.flatMap((cell) => pages.map((page) => ({ ...cell, page })));
}

/** Pairs of faults in different calls. */
function pickPairs(single: readonly CallHit[], seed: number): ReadonlyArray<readonly CallHit[]> {
  const random = createRandom(seed);
  return Array.from({ length: PAIRS }, () => {
    const [first, ...others] = shuffle(single, random);
    const second = others.find(({ call }) => call !== first?.call);
    return [first, second].filter((hit) => hit !== undefined);
  });
}

/** The faults for the calls of the run. */
export const toFaults = ({ hits }: CellId): readonly Fault[] =>
  hits.map(({ call, fault }) => ({
    kind: fault,
    hits: ({ name, nth }) => name === call.name && nth === call.nth,
  }));

/** Such as `POST chat Messages (agent-left) #1 503, page open`. */
export function describeCell({ call, fault, page, hits }: CellId): string {
  const what =
    hits.length === 0
      ? `${call.name}: ${fault}`
      : hits.map((hit) => `${hit.call.name} #${hit.call.nth} ${hit.fault}`).join(' and ');
  return `${what}, page ${page}`;
}
