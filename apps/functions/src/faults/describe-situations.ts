/** The test of each situation: one test for a situation, so that it says everything that is not well at once. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cell, type Laboratory, openLaboratory } from './matrix';
import type { Situation } from './situation';

declare module 'vitest' {
  interface TaskMeta {
    /** What became of every call with everything that went wrong with it, for the table in the documentation. */
    cells?: readonly Omit<Cell, 'faults'>[];
  }
}

/** On a busy machine. */
const TIMEOUT = { timeout: 120_000 };

export function describeSituations(situations: readonly Situation[]): void {
  let laboratory: Laboratory;
  beforeAll(async () => {
    laboratory = await openLaboratory();
  });
  afterAll(() => laboratory?.close());

  for (const situation of situations) {
    it(
      `${situation.endpoint}, ${situation.name}: ends well, whatever goes wrong with one call`,
      TIMEOUT,
      async ({ task }) => {
        const { cells } = await laboratory.play(situation);
        task.meta.cells = cells.map(({ faults: _faults, ...cell }) => cell);
        const wrong = cells.filter(({ ending }) => ending === 'wrong');
        expect(wrong.map(describeCell)).toEqual([]);
      },
    );
  }
}

function describeCell({ call, trouble, faults }: Cell): string {
  return [`${call.name} #${call.nth}, ${trouble}`, ...faults].join('\n  ');
}
