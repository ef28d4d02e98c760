/** The tests of the fault matrix: one for each situation and setup, which reports every cell that fails. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shuffle } from '../support/seeded-random';
import { createSampleRandom, faultCells, isSampled, tierDescription } from '../support/test-tier';
import { BACKENDS } from '../support/twilio-chats';
import { describeCell } from './cell';
import { type Cell, type ChooseCells, type FaultMatrix, openFaultMatrix, type Setup } from './fault-matrix';
import { sampleCells } from './sample-cells';
import type { Situation } from './situation';

declare module 'vitest' {
  interface TaskMeta {
    /** For the report of `npm run bench -- faults`. */
    cells?: readonly Omit<Cell, 'differences' | 'id'>[];
  }
}

/** Ends a test that hangs. A busy machine takes long. */
const TIMEOUT = { timeout: 1_800_000 };

/** Of the situations. */
const SAMPLE_OF_SITUATIONS = 1 / 6;
/** Of a situation's cells. */
const SAMPLE = { share: 1 / 16, min: 8 };

const runsSample = isSampled && faultCells === undefined;

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

      for (const situation of runsSample ? sampleSituations(situations, setupName) : situations) {
        const { endpoint, name } = situation;
        const choose: ChooseCells = (cells) => {
          const pattern = faultCells;
          if (pattern !== undefined) return cells.filter((cell) => pattern.test(describeCell(cell)));
          if (!isSampled) return cells;
          return sampleCells(cells, SAMPLE, createSampleRandom(`${setupName} ${endpoint} ${name}`));
        };

        it(`ends ${endpoint}, ${name}, as it may, whatever fails`, TIMEOUT, async ({ task }) => {
          const cells = await matrix.runAll(situation, choose);
          task.meta.cells = cells.map(({ differences: _differences, id: _id, ...cell }) => cell);
          const failed = cells.filter(({ ending }) => ending === 'wrong');
          expect(failed.map(describeFailure), `Of ${tierDescription}`).toEqual([]);
        });
      }
    });
  }
}

/** Other situations with every seed. */
function sampleSituations(situations: readonly Situation[], setupName: string): readonly Situation[] {
  const random = createSampleRandom(`${setupName} ${situations.map(({ name }) => name).join()}`);
  return shuffle(situations, random).slice(0, Math.ceil(situations.length * SAMPLE_OF_SITUATIONS));
}

const describeFailure = ({ id, differences }: Cell): string =>
  [describeCell(id), ...differences].join('\n  ');
