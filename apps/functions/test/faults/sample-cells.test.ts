import { describe, expect, it } from 'vitest';
import { createRandom } from '../support/seeded-random';
import { sampleCells } from './sample-cells';

const FAULTS = ['412', '429', '500', '503', 'lost before'];
const CELLS = Array.from({ length: 20 }, (_, call) => FAULTS.map((fault) => ({ call, fault }))).flat();

const sample = (seed: number) => sampleCells(CELLS, { share: 1 / 5, min: 8 }, createRandom(seed));

describe('sampleCells', () => {
  it('returns the share of the cells, in their order', () => {
    expect(sample(1)).toHaveLength(20);
    expect(sample(1)).toEqual(CELLS.filter((cell) => sample(1).includes(cell)));
  });

  it('returns at least the minimum, or all cells if there are fewer', () => {
    expect(sampleCells(CELLS.slice(0, 10), { share: 1 / 5, min: 8 }, createRandom(1))).toHaveLength(8);
    expect(sampleCells(CELLS.slice(0, 5), { share: 1 / 5, min: 8 }, createRandom(1))).toHaveLength(5);
  });

  it.each([1, 2, 3, 4])('has a cell of every fault with seed %i', (seed) => {
    const cells = sampleCells(CELLS, { share: 0, min: 0 }, createRandom(seed));
    expect(cells.map(({ fault }) => fault).sort()).toEqual([...FAULTS].sort());
  });

  it('returns other cells with another seed', () => {
    expect(sample(2)).not.toEqual(sample(1));
    expect(sample(1)).toEqual(sample(1));
  });
});
