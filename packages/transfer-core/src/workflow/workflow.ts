/**
 * Builds the TaskRouter workflow that routes transfer tasks, from the account's queues. Setup, deployment and
 * `generate-env` find the workflow by its name.
 *
 * TaskRouter cancels a task that reaches the end of its rule, so the last target of every rule has no timeout and accepts
 * every worker of its queue. Timeouts add up along a rule and count from the task's creation:
 * https://www.twilio.com/docs/taskrouter/task-evaluation
 */
import { jsonSize } from '../json-size';
import type { QueueSid } from '../sids';

export const TRANSFER_WORKFLOW_NAME = 'Chat Transfer';

/**
 * How long the workflow waits after the target's time to answer, before it asks other workers. In this time the functions
 * redirect the task. If they do not, the workflow asks other workers itself.
 */
export const GRACE_SECONDS = 5;

/** The size limit of a configuration, as JSON: https://www.twilio.com/docs/taskrouter/limits */
export const WORKFLOW_BUDGET_BYTES = 1_038_576;

export interface TransferWorkflowOptions {
  /** A queue that has every worker. TaskRouter finds a known worker only in the queue of the target. */
  readonly everyoneQueueSid: QueueSid;
  /** How long a target worker has to answer. Default: 60 s. */
  readonly answerSeconds?: number;
  /** How long a target queue has to answer. Default: `answerSeconds`. */
  readonly queueAnswerSeconds?: number;
  /** The queue that is asked last, if no other worker takes the task. Default: `everyoneQueueSid`. */
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

interface WorkflowTarget {
  readonly queue: string;
  readonly expression?: string;
  readonly known_worker_sid?: string;
  readonly timeout?: number;
  readonly skip_if?: string;
}

const NOT_IN_CHAT = 'worker.sid NOT IN task.workerSidsInConversation';
const NOT_DECLINED = 'worker.sid NOT IN task.transferDeclinedBy';
const MATCHES_NO_WORKER = '1==2';
/** TaskRouter evaluates `skip_if` only if no worker is available: https://www.twilio.com/docs/taskrouter/worker-presence */
const IF_UNAVAILABLE = '1==1';

const TARGET_WORKER = "transferTargetType == 'worker'";
const RETURN = "transferTargetType == 'return'";
const returnTo = (queue: string) => `${RETURN} AND transferReturnQueueSid == '${queue}'`;
const targetQueue = (queue: string) => `transferTargetType == 'queue' AND transferTargetSid == '${queue}'`;

/**
 * Whether `buildTransferWorkflow` builds a rule with this expression, for any queue. Only the expression identifies a rule:
 * its name changes with the queue's name, and its targets change with the options.
 */
export function isTransferExpression(expression: string): boolean {
  const [sid = ''] = /WQ[0-9a-f]{32}/.exec(expression) ?? [];
  return [TARGET_WORKER, RETURN, returnTo(sid), targetQueue(sid)].includes(expression);
}

/**
 * Returns the configuration; stringify it for `configuration` of the workflow. Its rules: return to a queue, one per queue
 * and one for any other queue; the target worker; the target queue, one per queue. They match queues by SID, so renaming a
 * queue changes only the names of rules.
 *
 * Throws if a queue is listed twice, if a time is not a whole number of seconds above 0, or if there are so many queues
 * (about 800) that TaskRouter would refuse the configuration.
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

  /** The agent who transferred, if they are available. */
  const previousAgent = (timeout: number): WorkflowTarget => ({
    queue: everyoneQueueSid,
    known_worker_sid: 'task.transferFromSid',
    expression: NOT_DECLINED,
    skip_if: IF_UNAVAILABLE,
    timeout,
  });
  /** Workers who match `preferred`, then every worker of the queue: a chat must not wait forever if no worker matches. */
  const anyWorkerIn = (queue: QueueSid, preferred: string): readonly WorkflowTarget[] => [
    { queue, expression: preferred, timeout: answerSeconds },
    { queue },
  ];
  /** The targets of a task that the functions did not redirect. */
  const fallbackTargets = (queue: QueueSid): readonly WorkflowTarget[] => [
    { queue, expression: MATCHES_NO_WORKER, timeout: GRACE_SECONDS },
    previousAgent(answerSeconds),
    ...anyWorkerIn(fallbackQueueSid, `${NOT_IN_CHAT} AND ${NOT_DECLINED}`),
  ];
  // A task returns at any age up to the end of the grace period, and its age counts against the timeout.
  const maxAgeSeconds = Math.max(answerSeconds, queueAnswerSeconds) + GRACE_SECONDS;
  const returnTargets = (queue: QueueSid): readonly WorkflowTarget[] => [
    previousAgent(maxAgeSeconds + answerSeconds),
    ...anyWorkerIn(queue, NOT_DECLINED),
  ];

  return requireWithinBudget({
    task_routing: {
      filters: [
        ...queues.map(({ sid, name }) => ({
          filter_friendly_name: `Return to ${name}`,
          expression: returnTo(sid),
          targets: returnTargets(sid),
        })),
        { filter_friendly_name: 'Return', expression: RETURN, targets: returnTargets(fallbackQueueSid) },
        {
          filter_friendly_name: 'Chosen agent',
          expression: TARGET_WORKER,
          targets: [
            {
              queue: everyoneQueueSid,
              known_worker_sid: 'task.transferTargetSid',
              expression: NOT_DECLINED,
              timeout: answerSeconds,
            },
            ...fallbackTargets(everyoneQueueSid),
          ],
        },
        ...queues.map(({ sid, name }) => ({
          filter_friendly_name: `Queue ${name}`,
          expression: targetQueue(sid),
          targets: [
            { queue: sid, expression: NOT_IN_CHAT, timeout: queueAnswerSeconds },
            ...fallbackTargets(sid),
          ],
        })),
      ],
      default_filter: { queue: fallbackQueueSid },
    },
  });
}

/** Returns the configuration. Throws if it is larger than TaskRouter accepts. */
export function requireWithinBudget<Configuration extends object>(
  configuration: Configuration,
): Configuration {
  const size = jsonSize(configuration);
  if (size <= WORKFLOW_BUDGET_BYTES) return configuration;
  throw new Error(
    `Failed to build the workflow "${TRANSFER_WORKFLOW_NAME}": it has ${size} bytes, and TaskRouter allows ` +
      `${WORKFLOW_BUDGET_BYTES}. List only the queues that chats are transferred to or from.`,
  );
}

function requireSeconds(name: string, seconds: number): void {
  if (Number.isInteger(seconds) && seconds > 0) return;
  throw new Error(
    `Failed to build the workflow "${TRANSFER_WORKFLOW_NAME}": ${name} is ${seconds}. Set it to a whole number of ` +
      'seconds above 0.',
  );
}

function requireDistinct(queues: readonly TransferQueue[]): void {
  const seen = new Set<QueueSid>();
  for (const { sid, name } of queues) {
    if (seen.has(sid)) {
      throw new Error(
        `Failed to build the workflow "${TRANSFER_WORKFLOW_NAME}": queue ${sid} (${name}) is listed twice. ` +
          'List every queue once.',
      );
    }
    seen.add(sid);
  }
}
