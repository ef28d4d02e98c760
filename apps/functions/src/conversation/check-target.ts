/**
 * Reads the target of a new transfer: how notices name it, and whether TaskRouter can offer it a chat now. The target may
 * change right after. The transfer then ends in time like one that is not answered.
 */
import {
  type NoticeParty,
  publicNameOf,
  type TargetRefusal,
  type TransferTarget,
} from '@chat-transfer/transfer-core';
import type { TaskRouter } from '../twilio/task-router';
import { labelQueue, type TargetPorts } from './describe-target';
import { hasRule, type WorkflowPorts } from './workflow-memory';

export interface CheckTargetPorts extends TargetPorts, Pick<WorkflowPorts, 'workflowMemory'> {
  readonly taskRouter: TargetPorts['taskRouter'] &
    WorkflowPorts['taskRouter'] &
    Pick<TaskRouter, 'fetchWorker' | 'listCapacities'>;
  readonly transferWorkflowSid: string;
  readonly nowMs: () => number;
}

export interface CheckedTarget {
  readonly to: NoticeParty;
  /** Why the target cannot be offered a task of this task channel now; `undefined` when it can. */
  readonly findRefusal: (taskChannel: string) => TargetRefusal | undefined;
}

/** `undefined` when the workspace has no such worker or queue. A queue may have no available worker: its chats wait. */
export async function checkTarget(
  ports: CheckTargetPorts,
  target: TransferTarget,
): Promise<CheckedTarget | undefined> {
  const { taskRouter, settings } = ports;
  switch (target.kind) {
    case 'worker': {
      const { workerSid } = target;
      const [worker, capacities] = await Promise.all([
        taskRouter.fetchWorker(workerSid),
        taskRouter.listCapacities(workerSid),
      ]);
      if (worker === undefined) return undefined;
      const name = publicNameOf(worker.attributes, settings.defaultAgentName);
      return {
        to: { kind: 'agent', name },
        findRefusal(taskChannel) {
          if (!worker.isAvailable) return { code: 'target-unavailable', name };
          const capacity = capacities?.find((each) => each.taskChannel === taskChannel);
          return capacity?.hasRoom === false ? { code: 'target-at-capacity', name } : undefined;
        },
      };
    }
    case 'queue': {
      const { queueSid } = target;
      const [exists, isRouted] = await Promise.all([
        taskRouter.queueExists(queueSid),
        hasRule(ports, queueSid),
      ]);
      if (!exists) return undefined;
      const refusal: TargetRefusal | undefined = isRouted
        ? undefined
        : { code: 'queue-without-rule', queueSid };
      return { to: labelQueue(settings, queueSid), findRefusal: () => refusal };
    }
  }
}
