import { describe, expect, it } from 'vitest';
import { planIndex } from './plan-index';

const now = 1_000_000;
const seconds = (count: number) => now + count * 1_000;

describe('planIndex', () => {
  it.each<[string, number[], number | undefined, number | undefined, number[]]>([
    ['nothing is due', [], undefined, undefined, []],
    ['there is no item', [], seconds(11), seconds(11), [seconds(11)]],
    [
      'the item is later than the due time',
      [seconds(90)],
      seconds(11),
      seconds(11),
      [seconds(11), seconds(90)],
    ],
    ['an item is early enough', [seconds(5)], seconds(11), undefined, [seconds(5)]],
    ['the item is in the past', [seconds(-1)], seconds(11), seconds(11), [seconds(11)]],
    ['the item is due at this moment', [now], seconds(11), seconds(11), [seconds(11)]],
    ['the ledger is due since long', [], 0, now, [now]],
    ['a lasting item is early enough', [seconds(60)], seconds(1_800), undefined, [seconds(60)]],
    [
      'the only item does not last',
      [seconds(11)],
      seconds(1_800),
      seconds(1_800),
      [seconds(11), seconds(1_800)],
    ],
    ['the chat has ended', [seconds(60)], undefined, undefined, [seconds(60)]],
  ])('when %s', (_, indexedAt, dueAt, add, recorded) => {
    expect(planIndex(indexedAt, dueAt, now)).toEqual({ add, indexedAt: recorded });
  });

  it('keeps the number of items small in a chat that changes every second', () => {
    let indexedAt: readonly number[] = [];
    for (let at = now; at < now + 3_600_000; at += 1_000) {
      ({ indexedAt } = planIndex(indexedAt, at + 11_000, at));
      ({ indexedAt } = planIndex(indexedAt, at + 1_800_000, at));
      expect(indexedAt.length).toBeLessThanOrEqual(4);
    }
  });
});
