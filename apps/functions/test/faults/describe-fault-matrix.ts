/** The test of each situation, on each backend: one for a situation, so that it says everything that is not well at once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BACKENDS } from '../support/twilio-chats';
import { type Cell, type Laboratory, openLaboratory, type Place } from './fault-matrix';
import type { Situation } from './situation';

declare module 'vitest' {
  interface TaskMeta {
    /** What became of every call with everything that went wrong with it, for the table in the documentation. */
    cells?: readonly Omit<Cell, 'faults'>[];
  }
}

/** On a busy machine. */
const TIMEOUT = { timeout: 120_000 };

type NamedPlace = Place & { readonly name: string };

const PLACES: readonly NamedPlace[] = BACKENDS.map((backend) => ({ backend, name: backend }));

export function describeSituations(
  situations: readonly Situation[],
  places: readonly NamedPlace[] = PLACES,
): void {
  for (const { name: placeName, ...place } of places) {
    describe(`on ${placeName}`, () => {
      let laboratory: Laboratory;
      beforeAll(async () => {
        laboratory = await openLaboratory(place);
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
    });
  }
}

function describeCell({ call, trouble, faults }: Cell): string {
  return [`${call.name} #${call.nth}, ${trouble}`, ...faults].join('\n  ');
}
