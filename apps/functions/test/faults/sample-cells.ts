/** Chooses a sample of the cells of a situation. */
import { shuffle } from '../support/seeded-random';

export interface SampleSize {
  /** Of all cells, from 0 to 1. */
  readonly share: number;
  readonly min: number;
}

/**
 * A random sample in the order of the cells. It has at least one cell of every fault that the cells have, so it may be
 * larger than its share.
 */
export function sampleCells<Cell extends { readonly fault: string }>(
  cells: readonly Cell[],
  { share, min }: SampleSize,
  random: () => number,
): Cell[] {
  const shuffled = shuffle(cells, random);
  const firstOfFault = new Map(shuffled.map((cell) => [cell.fault, cell]));
  const others = shuffled.filter((cell) => firstOfFault.get(cell.fault) !== cell);
  const size = Math.max(min, Math.ceil(cells.length * share), firstOfFault.size);
  const chosen = new Set([...firstOfFault.values(), ...others].slice(0, size));
  return cells.filter((cell) => chosen.has(cell));
}
