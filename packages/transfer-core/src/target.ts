/** The target of a transfer: one worker, or any worker of a queue. */
import * as v from 'valibot';
import { parseQueueSid, parseWorkerSid, QueueSidSchema, WorkerSidSchema } from './sids';

export const TransferTargetSchema = v.variant('kind', [
  v.object({ kind: v.literal('worker'), workerSid: WorkerSidSchema }),
  v.object({ kind: v.literal('queue'), queueSid: QueueSidSchema }),
]);
export type TransferTarget = v.InferOutput<typeof TransferTargetSchema>;

/** Parses the `targetSid` of Flex's TransferTask action: `WK…` or `WQ…`. Returns `undefined` for anything else. */
export function parseTarget(targetSid: unknown): TransferTarget | undefined {
  const workerSid = parseWorkerSid(targetSid);
  if (workerSid !== undefined) return { kind: 'worker', workerSid };
  const queueSid = parseQueueSid(targetSid);
  return queueSid === undefined ? undefined : { kind: 'queue', queueSid };
}

export function isSameTarget(a: TransferTarget, b: TransferTarget): boolean {
  return targetSidOf(a) === targetSidOf(b);
}

export function targetSidOf(target: TransferTarget): string {
  switch (target.kind) {
    case 'worker':
      return target.workerSid;
    case 'queue':
      return target.queueSid;
  }
}
