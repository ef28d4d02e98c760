/**
 * The TaskRouter workflow that routes transfer tasks, generated from the account's queues. Its name lets setup,
 * deployment and `generate-env` find it.
 *
 * TaskRouter cancels a task that comes to the end of its rule, so the last target of every rule has no timeout and is
 * open to everybody in its queue. Timeouts add up along a rule and count from the task's creation:
 * https://www.twilio.com/docs/taskrouter/task-evaluation
 */
import { jsonSize } from '../json-size';
import type { QueueSid } from '../sids';

export const TRANSFER_WORKFLOW_NAME = 'Chat Transfer';

/**
 * Seconds between an agent's or a queue's time running out and anybody else being asked. The functions take the task
 * back in that time; it goes on by itself only when they are silent.
 */
export const GRACE_SECONDS = 5;

/** The longest configuration that TaskRouter takes, as JSON: https://www.twilio.com/docs/taskrouter/limits */
export const WORKFLOW_BUDGET_BYTES = 1_038_576;

export interface TransferWorkflowOptions {
  /** A queue that every worker is in: TaskRouter finds a known worker only inside the queue of the target. */
  readonly everyoneQueueSid: QueueSid;
  /** How long a chosen agent has for an answer. Default 60 s. */
  readonly answerSeconds?: number;
  /** How long a chosen queue has for an answer. Default: `answerSeconds`. */
  readonly queueAnswerSeconds?: number;
  /** Who is asked when nobody else would be. Default: `everyoneQueueSid`. */
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
  readonly targets: readonly WorkflowTarget[];
}

export interface WorkflowTarget {
  readonly queue: string;
  readonly expression?: string;
  readonly known_worker_sid?: string;
  readonly timeout?: number;
  readonly skip_if?: string;
}

const NOT_IN_THE_CHAT = 'worker.sid NOT IN task.workerSidsInConversation';
const NOT_DECLINED = 'worker.sid NOT IN task.transferDeclinedBy';
const NOBODY = '1==2';
/** Evaluated only when nobody could be asked at once: https://www.twilio.com/docs/taskrouter/worker-presence */
const UNLESS_FREE_NOW = '1==1';

const CHOSEN_AGENT = "transferTargetType == 'worker'";
const RETURN = "transferTargetType == 'return'";
const returnTo = (queue: string) => `${RETURN} AND transferReturnQueueSid == '${queue}'`;
const chosenQueue = (queue: string) => `transferTargetType == 'queue' AND transferTargetSid == '${queue}'`;

/**
 * Whether a rule with this expression is one that `buildTransferWorkflow` makes, for whichever queue. What a rule
 * matches tells whose it is; its name follows the queue's, and its targets follow the options.
 */
export function isTransferExpression(expression: string): boolean {
  const [sid = ''] = /WQ[0-9a-f]{32}/.exec(expression) ?? [];
  return [CHOSEN_AGENT, RETURN, returnTo(sid), chosenQueue(sid)].includes(expression);
}

/**
 * The rules: back to a queue, one per queue and one for any other; the chosen agent; the chosen queue, one per queue.
 * They match queues by SID, so renaming a queue changes nothing. Stringify it for `configuration` of the workflow.
 *
 * Throws when a queue is listed twice, when a time is not a whole number of seconds above 0, and when there are so
 * many queues that TaskRouter would refuse the configuration (some 800).
 */
export function buildTransferWorkflow(
  queues: readonly TransferQueue[],
  {
    everyoneQueueSid,
    answerSeconds = 60,
    queueAnswerSeconds = answerSeconds,
    fallbackQueueSid = everyoneQueueSid,
  }: TransferWorkflowOptions,
): WorkflowConfiguration {
  requireSeconds('answerSeconds', answerSeconds);
  requireSeconds('queueAnswerSeconds', queueAnswerSeconds);
  requireDistinct(queues);

  /** The agent who transferred, if they can take the chat back right now. */
  const backToAgent = (timeout: number): WorkflowTarget => ({
    queue: everyoneQueueSid,
    known_worker_sid: 'task.transferFromSid',
    expression: NOT_DECLINED,
    skip_if: UNLESS_FREE_NOW,
    timeout,
  });
  /** Those who were not asked yet; then anybody, so that a chat never waits for somebody who does not exist. */
  const anybodyIn = (queue: QueueSid, first: string): readonly WorkflowTarget[] => [
    { queue, expression: first, timeout: answerSeconds },
    { queue },
  ];
  /** Where a task goes that the functions did not take back. */
  const leftAlone = (queue: QueueSid): readonly WorkflowTarget[] => [
    { queue, expression: NOBODY, timeout: GRACE_SECONDS },
    backToAgent(answerSeconds),
    ...anybodyIn(fallbackQueueSid, `${NOT_IN_THE_CHAT} AND ${NOT_DECLINED}`),
  ];
  // A task comes back at any age up to the end of its grace, and that age counts against the timeout.
  const oldestReturn = Math.max(answerSeconds, queueAnswerSeconds) + GRACE_SECONDS;
  const back = (queue: QueueSid): readonly WorkflowTarget[] => [
    backToAgent(oldestReturn + answerSeconds),
    ...anybodyIn(queue, NOT_DECLINED),
  ];

  return requireWithinBudget({
    task_routing: {
      filters: [
        ...queues.map(({ sid, name }) => ({
          filter_friendly_name: `Return to ${name}`,
          expression: returnTo(sid),
          targets: back(sid),
        })),
        { filter_friendly_name: 'Return', expression: RETURN, targets: back(fallbackQueueSid) },
        {
          filter_friendly_name: 'Chosen agent',
          expression: CHOSEN_AGENT,
          targets: [
            {
              queue: everyoneQueueSid,
              known_worker_sid: 'task.transferTargetSid',
              expression: NOT_DECLINED,
              timeout: answerSeconds,
            },
            ...leftAlone(everyoneQueueSid),
          ],
        },
        ...queues.map(({ sid, name }) => ({
          filter_friendly_name: `Queue ${name}`,
          expression: chosenQueue(sid),
          targets: [
            { queue: sid, expression: NOT_IN_THE_CHAT, timeout: queueAnswerSeconds },
            ...leftAlone(sid),
          ],
        })),
      ],
      default_filter: { queue: fallbackQueueSid },
    },
  });
}

/** The configuration, or an error that says that TaskRouter would refuse it. */
export function requireWithinBudget<Configuration extends object>(
  configuration: Configuration,
): Configuration {
  const size = jsonSize(configuration);
  if (size <= WORKFLOW_BUDGET_BYTES) return configuration;
  throw new Error(
    `Failed to build the workflow "${TRANSFER_WORKFLOW_NAME}": it takes ${size} bytes, and TaskRouter allows ` +
      `${WORKFLOW_BUDGET_BYTES}. Name only the queues that chats are transferred to or from.`,
  );
}

function requireSeconds(name: string, seconds: number): void {
  if (Number.isInteger(seconds) && seconds > 0) return;
  throw new Error(
    `Failed to build the workflow "${TRANSFER_WORKFLOW_NAME}": ${name} is ${seconds}, and TaskRouter counts in whole ` +
      'seconds above 0.',
  );
}

function requireDistinct(queues: readonly TransferQueue[]): void {
  const seen = new Set<QueueSid>();
  for (const { sid, name } of queues) {
    if (seen.has(sid)) {
      throw new Error(
        `Failed to build the workflow "${TRANSFER_WORKFLOW_NAME}": queue ${sid} (${name}) is listed twice, and only ` +
          'the first of two equal rules is ever used.',
      );
    }
    seen.add(sid);
  }
}
