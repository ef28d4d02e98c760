/** The transfer workflow's configuration, kept for a while: with hundreds of queues it is a megabyte. */
import { hasRuleForQueue, type QueueSid } from '@chat-transfer/transfer-core';
import type { TaskRouter } from '../twilio/task-router';

/** What a process remembers. */
export interface WorkflowMemory {
  kept?: { readonly workflowSid: string; readonly configuration: string; readonly readAt: number };
}

export interface WorkflowPorts {
  readonly taskRouter: Pick<TaskRouter, 'readWorkflow'>;
  readonly transferWorkflowSid: string;
  readonly workflowMemory: WorkflowMemory;
  readonly nowMs: () => number;
}

const KEEP_MS = 60_000;

/**
 * Whether the transfer workflow has a rule for the queue. Says no only after a read: the rule may be new. Says yes when
 * the workflow cannot be read, because the offer to a queue without a rule ends in time, too.
 */
export async function hasRule(ports: WorkflowPorts, queueSid: QueueSid): Promise<boolean> {
  const { taskRouter, transferWorkflowSid: workflowSid, workflowMemory: memory, nowMs } = ports;
  const { kept } = memory;
  const isFresh = kept?.workflowSid === workflowSid && nowMs() - kept.readAt < KEEP_MS;
  if (isFresh && hasRuleForQueue(kept.configuration, queueSid)) return true;
  const configuration = await taskRouter.readWorkflow(workflowSid);
  if (configuration === undefined) return true;
  memory.kept = { workflowSid, configuration, readAt: nowMs() };
  return hasRuleForQueue(configuration, queueSid);
}
