import { describe, expect, it } from 'vitest';
import { aQueueSid, aTaskSid, aWorkerSid } from '../testing';
import { isSameTarget, parseTarget, type TransferTarget, targetSidOf } from './target';

const worker: TransferTarget = { kind: 'worker', workerSid: aWorkerSid(1) };
const queue: TransferTarget = { kind: 'queue', queueSid: aQueueSid(1) };

describe('parseTarget', () => {
  it('returns a worker for WK… and a queue for WQ…', () => {
    expect(parseTarget(aWorkerSid(1))).toEqual(worker);
    expect(parseTarget(aQueueSid(1))).toEqual(queue);
  });

  it.each<[string, unknown]>([
    ['a task', aTaskSid(1)],
    ['a SID that is too short', aWorkerSid(1).slice(0, -1)],
    ['a SID that is too long', `${aWorkerSid(1)}0`],
    ['a SID in upper case', `WK${'A'.repeat(32)}`],
    ['a SID after a space', ` ${aWorkerSid(1)}`],
    ['a SID before a line break', `${aQueueSid(1)}\n`],
    ['a name', 'Bob'],
    ['nothing', undefined],
    ['a parsed target', worker],
  ])('returns undefined for %s', (_what, value) => {
    expect(parseTarget(value)).toBeUndefined();
  });

  it('is the inverse of targetSidOf', () => {
    expect(targetSidOf(worker)).toBe(aWorkerSid(1));
    expect(targetSidOf(queue)).toBe(aQueueSid(1));
  });
});

describe('isSameTarget', () => {
  it('compares kind and SID, not the object', () => {
    expect(isSameTarget(worker, { ...worker })).toBe(true);
    expect(isSameTarget(worker, { kind: 'worker', workerSid: aWorkerSid(2) })).toBe(false);
    expect(isSameTarget(worker, queue)).toBe(false);
  });
});
