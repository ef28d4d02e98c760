/** How notices name the target of a transfer: an agent by public name, a queue by its public label. */
import {
  type NoticeParty,
  publicNameOf,
  type QueueSid,
  type TransferTarget,
} from '@chat-transfer/transfer-core';
import type { Settings } from '../settings';
import type { TaskRouter } from '../twilio/task-router';

export interface TargetPorts {
  readonly taskRouter: Pick<TaskRouter, 'fetchWorkerAttributes' | 'queueExists'>;
  readonly settings: Pick<Settings, 'defaultAgentName' | 'queuePublicLabels'>;
}

/** `undefined` when the workspace has no such worker or queue. */
export async function describeTarget(
  { taskRouter, settings }: TargetPorts,
  target: TransferTarget,
): Promise<NoticeParty | undefined> {
  switch (target.kind) {
    case 'worker': {
      const attributes = await taskRouter.fetchWorkerAttributes(target.workerSid);
      return attributes && { kind: 'agent', name: publicNameOf(attributes, settings.defaultAgentName) };
    }
    case 'queue': {
      return (await taskRouter.queueExists(target.queueSid))
        ? labelQueue(settings, target.queueSid)
        : undefined;
    }
  }
}

/** The queue, as notices name it. */
export function labelQueue(
  { queuePublicLabels }: Pick<Settings, 'queuePublicLabels'>,
  queueSid: QueueSid,
): NoticeParty {
  const label = queuePublicLabels[queueSid];
  return { kind: 'queue', ...(label === undefined ? {} : { label }) };
}
