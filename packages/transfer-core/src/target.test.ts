import { describe, expect, it } from 'vitest';
import { aQueueSid, aTaskSid, aWorkerSid } from '../testing';
import { isSameTarget, parseTarget, type TransferTarget, targetSidOf } from './target';

const worker: TransferTarget = { kind: 'worker', workerSid: aWorkerSid(1) };
const queue: TransferTarget = { kind: 'queue', queueSid: aQueueSid(1) };

describe('parseTarget', () => {
  it('tells a worker from a queue', () => {
    expect(parseTarget(aWorkerSid(1))).toEqual(worker);
    expect(parseTarget(aQueueSid(1))).toEqual(queue);
  });

  it.each<[string, unknown]>([
    ['a task', aTaskSid(1)],
    ['a SID that is too short', aWorkerSid(1).slice(0, -1)],
    ['a SID that is too long', `${aWorkerSid(1)}0`],
    ['a SID in capitals', `WK${'A'.repeat(32)}`],
    ['a SID with something before it', ` ${aWorkerSid(1)}`],
    ['a SID with a line after it', `${aQueueSid(1)}\n`],
    ['a name', 'Bob'],
    ['nothing', undefined],
    ['a target that is parsed already', worker],
  ])('does not take %s', (_what, value) => {
    expect(parseTarget(value)).toBeUndefined();
  });

  it('gives the SID back', () => {
    expect(targetSidOf(worker)).toBe(aWorkerSid(1));
    expect(targetSidOf(queue)).toBe(aQueueSid(1));
  });
});

describe('isSameTarget', () => {
  it('compares what is meant, not the object', () => {
    expect(isSameTarget(worker, { ...worker })).toBe(true);
    expect(isSameTarget(worker, { kind: 'worker', workerSid: aWorkerSid(2) })).toBe(false);
    expect(isSameTarget(worker, queue)).toBe(false);
  });
});
