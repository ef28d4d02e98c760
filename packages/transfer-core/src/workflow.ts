/**
 * The TaskRouter workflow that routes transfer tasks, generated from the account's queues. Its name lets setup,
 * deployment and `generate-env` find it.
 */
import type { QueueSid } from './sids';

export const TRANSFER_WORKFLOW_NAME = 'Chat Transfer';

export interface TransferWorkflowOptions {
  /** A queue that every worker is in: TaskRouter finds a known worker only inside the queue of the rule. */
  readonly everyoneQueueSid: QueueSid;
  /** How long a chosen agent has for an answer before anybody in the fallback queue gets the chat. Default 60 s. */
  readonly answerTimeoutSeconds?: number;
  /** Default: `everyoneQueueSid`. */
  readonly fallbackQueueSid?: QueueSid;
}

export interface TransferQueue {
  readonly sid: QueueSid;
  readonly name: string;
}

/** A TaskRouter workflow configuration: https://www.twilio.com/docs/taskrouter/workflow-configuration */
export interface WorkflowConfiguration {
  readonly task_routing: {
    readonly filters: readonly WorkflowFilter[];
    readonly default_filter: { readonly queue: string };
  };
}

export interface WorkflowFilter {
  readonly filter_friendly_name: string;
  readonly expression: string;
  readonly targets: ReadonlyArray<{
    readonly queue: string;
    readonly expression?: string;
    readonly known_worker_sid?: string;
    readonly timeout?: number;
  }>;
}

/** Agents who take part in the chat already are not asked again. */
const NOT_IN_THE_CHAT = 'worker.sid NOT IN task.workerSidsInConversation';

/**
 * One rule for a chosen agent, one per queue. Rules match queues by SID, so renaming a queue changes nothing.
 * Stringify it for `configuration` of the workflow.
 */
export function buildTransferWorkflow(
  queues: readonly TransferQueue[],
  {
    everyoneQueueSid,
    answerTimeoutSeconds = 60,
    fallbackQueueSid = everyoneQueueSid,
  }: TransferWorkflowOptions,
): WorkflowConfiguration {
  return {
    task_routing: {
      filters: [
        {
          filter_friendly_name: 'Chosen agent',
          expression: "transferTargetType == 'worker'",
          targets: [
            {
              queue: everyoneQueueSid,
              known_worker_sid: 'task.transferTargetSid',
              timeout: answerTimeoutSeconds,
            },
            { queue: fallbackQueueSid, expression: NOT_IN_THE_CHAT },
          ],
        },
        ...queues.map((queue) => ({
          filter_friendly_name: `Queue ${queue.name}`,
          expression: `transferTargetType == 'queue' AND transferTargetSid == '${queue.sid}'`,
          targets: [{ queue: queue.sid, expression: NOT_IN_THE_CHAT }],
        })),
      ],
      default_filter: { queue: fallbackQueueSid },
    },
  };
}
