import { describe, expect, it } from 'vitest';
import {
  aLedger,
  anEarlierTask,
  aQueueSid,
  aTask,
  aTaskSid,
  aTransfer,
  aWorker,
  aWorkerSid,
} from '../testing';
import { parseTransferTrace, restoreTransfer } from './restore-transfer';
import { buildRedirectAttributes, buildTransferTaskAttributes } from './task-attributes/transfer-task';
import type { Transfer } from './transfer';

const attributesOf = (transfer: Transfer) =>
  buildTransferTaskAttributes({
    conversation: aLedger(),
    transfer,
    original: { channelSid: aLedger().conversationSid },
    originalQueueSid: aQueueSid(5),
    agentsInChat: [],
  }) ?? expect.fail();

const parties = {
  from: aWorker(1),
  to: { kind: 'queue' as const, label: 'Billing' },
  answerWithinMs: 60_000,
};
const taskSid = aTaskSid(2);

function restore(attributes: object, record: ReturnType<typeof aTask> | undefined) {
  const trace = parseTransferTrace(JSON.parse(JSON.stringify(attributes))) ?? expect.fail();
  return restoreTransfer(trace, { taskSid, record, createdAt: 0 }, parties);
}

describe('a restored transfer', () => {
  it.each([
    ['a queue', aTransfer({ note: 'Wants a refund' })],
    ['a worker', aTransfer({ mode: 'warm', target: { kind: 'worker', workerSid: aWorkerSid(2) } })],
  ])('to %s whose task waits is the one that was offered', (_target, transfer) => {
    // The release is not on the task. It matters only while the agent who transferred is in the chat.
    expect(restore(attributesOf(transfer), aTask())).toEqual({ ...transfer, release: 'on-accept' });
  });

  it.each(['declined', 'unanswered', 'cancelled'] as const)(
    'that was %s is open while its task returns',
    (reason) => {
      const returning = aTransfer({ state: reason, untakenReason: reason, declinedBy: [aWorkerSid(2)] });
      const attributes = buildRedirectAttributes(attributesOf(returning), returning) ?? expect.fail();
      expect(restore(attributes, aTask())).toEqual({ ...returning, release: 'on-accept' });
      expect(restore(attributes, aTask({ state: 'active', worker: aWorker(3) }))).toMatchObject({
        ...{ state: 'returned', untakenReason: reason, endedAt: 0 },
      });
    },
  );

  it.each([
    ['accepted', 'active', aWorker(2)],
    ['accepted', 'left', aWorker(2)],
    ['accepted', 'closed', aWorker(2)],
    ['returned', 'closed', undefined],
  ] as const)('is past and %s when its task is %s', (state, taskState, worker) => {
    const record = aTask({ state: taskState, ...(worker === undefined ? {} : { worker }) });
    const restored = restore(attributesOf(aTransfer({ note: 'Wants a refund' })), record);
    expect(restored).toMatchObject({ state, endedAt: 0 });
    expect(restored).not.toHaveProperty('note');
  });

  it('is requested when an event is about to record its task', () => {
    const restored = restore(attributesOf(aTransfer({ note: 'Wants a refund' })), undefined);
    expect(restored).toMatchObject({ state: 'requested', note: 'Wants a refund' });
    expect(restored).not.toHaveProperty('transferTaskSid');
  });
});

describe('parseTransferTrace', () => {
  const attributes = attributesOf(aTransfer());

  it('reads a task that an earlier version created', () => {
    expect(parseTransferTrace(anEarlierTask())).toEqual(parseTransferTrace(attributes));
  });

  it.each<[string, unknown]>([
    ['a task that no transfer created', { channelSid: aLedger().conversationSid }],
    ['no attributes', undefined],
    ['an id that is none of ours', { ...attributes, chatTransferId: 'x'.repeat(5_000) }],
    ['an unknown kind of target', { ...attributes, chatTransferTargetSid: 'WX1' }],
    ['an unknown mode', { ...attributes, chatTransfer: { mode: 'hot', previousTaskSid: aTaskSid(1) } }],
    [
      'a note that is too long for the ledger',
      {
        ...attributes,
        chatTransfer: { mode: 'cold', previousTaskSid: aTaskSid(1), note: 'x'.repeat(5_000) },
      },
    ],
  ])('returns undefined for %s', (_what, value) => {
    expect(parseTransferTrace(value)).toBeUndefined();
  });
});
