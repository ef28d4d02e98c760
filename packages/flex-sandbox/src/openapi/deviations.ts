/**
 * Where the sandbox differs from Twilio's API descriptions on purpose, because something else shows what Twilio
 * does: its SDKs, its documentation, an answer of a real account. openapi.test.ts fails for every other difference,
 * and for a deviation that no longer occurs.
 */
import type { OperationDifference } from './compare.js';

export interface Deviation extends OperationDifference {
  /** What shows that the description is wrong, with a link. */
  readonly reason: string;
}

export const DEVIATIONS: readonly Deviation[] = [];

export interface Explanation {
  /** The differences without a reason. */
  readonly unexplained: readonly OperationDifference[];
  /** The deviations that do not occur. */
  readonly gone: readonly Deviation[];
}

export function explain(
  differences: readonly OperationDifference[],
  deviations: readonly Deviation[],
): Explanation {
  return {
    unexplained: differences.filter((difference) => !deviations.some(isSame(difference))),
    gone: deviations.filter((deviation) => !differences.some(isSame(deviation))),
  };
}

const isSame = (a: OperationDifference) => (b: OperationDifference) =>
  a.operation === b.operation && a.pointer === b.pointer && a.problem === b.problem;
