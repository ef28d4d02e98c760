/** The tests of the fault matrix: one for each situation and setup, which reports every cell that fails. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSampleRandom, isSampled, tierDescription } from '../support/test-tier';
import { BACKENDS } from '../support/twilio-chats';
import { type Cell, type ChooseCells, type FaultMatrix, openFaultMatrix, type Setup } from './fault-matrix';
import { sampleCells } from './sample-cells';
import type { Situation } from './situation';

declare module 'vitest' {
  interface TaskMeta {
    /** For the report of `npm run bench -- faults`. */
    cells?: readonly Omit<Cell, 'differences'>[];
  }
}

/** For a busy machine. */
const TIMEOUT = { timeout: 300_000 };

/** Of a situation's cells. */
const SAMPLE = { share: 1 / 5, min: 8 };

type NamedSetup = Setup & { readonly name: string };

const SETUPS: readonly NamedSetup[] = BACKENDS.map((backend) => ({ backend, name: backend }));

export function describeFaultMatrix(
  situations: readonly Situation[],
  setups: readonly NamedSetup[] = SETUPS,
): void {
  console.log(`The fault matrix runs ${tierDescription}.`);
  for (const { name: setupName, ...setup } of setups) {
    describe(`the fault matrix on ${setupName}`, () => {
      let matrix: FaultMatrix;
      beforeAll(async () => {
        matrix = await openFaultMatrix(setup);
      });
      afterAll(() => matrix?.close());

      for (const situation of situations) {
        const { endpoint, name } = situation;
        const sample: ChooseCells = (cells) =>
          sampleCells(cells, SAMPLE, createSampleRandom(`${setupName} ${endpoint} ${name}`));

        it(
          `ends ${endpoint}, ${name}, as without a fault, whichever call has one`,
          TIMEOUT,
          async ({ task }) => {
            const cells = await matrix.runAll(situation, isSampled ? sample : undefined);
            task.meta.cells = cells.map(({ differences: _differences, ...cell }) => cell);
            const failed = cells.filter(({ ending }) => ending === 'different');
            expect(failed.map(describeCell), `Of ${tierDescription}`).toEqual([]);
          },
        );
      }
    });
  }
}

function describeCell({ call, fault, differences }: Cell): string {
  return [`${call.name} #${call.nth}, ${fault}`, ...differences].join('\n  ');
}
