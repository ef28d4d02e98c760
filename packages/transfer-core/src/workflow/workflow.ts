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
import { EARLIER_KEYS, KEYS, type KeyNames } from '../task-attributes/keys';

export const TRANSFER_WORKFLOW_NAME = 'Chat Transfer';

/**
 * How long the workflow waits after the target's time to answer, before it asks other workers. In this time the functions
 * redirect the task. If they do not, the workflow asks other workers itself.
 */
export const GRACE_SECONDS = 5;

/**
 * How long a reservation rings, unless the target has less time to answer. TaskRouter's own default is 120 s, and a
 * reservation that times out moves its worker to an unavailable activity.
 */
export const DEFAULT_RING_SECONDS = 30;

/** The size limit of a configuration, as JSON: https://www.twilio.com/docs/taskrouter/limits */
export const WORKFLOW_BUDGET_BYTES = 1_038_576;

export interface TransferWorkflowOptions {
  /** A queue that has every worker. TaskRouter finds a known worker only in the queue of the target. */
  readonly everyoneQueueSid: QueueSid;
  /** How long a target worker has to answer. Default: 60 s. */
  readonly answerSeconds?: number;
  /** How long a target queue has to answer. Default: `answerSeconds`. */
  readonly queueAnswerSeconds?: number;
  /** How long one worker has to answer; at most the times above. Default: 30 s, or less if a time above is less. */
  readonly ringSeconds?: number;
  /** The queue that is asked last, if no other worker takes the task. Default: `everyoneQueueSid`. */
  readonly fallbackQueueSid?: QueueSid;
}

export interface TransferQueue {
  readonly sid: QueueSid;
  readonly name: string;
}

/** A workflow, as TaskRouter's API names its parameters: https://www.twilio.com/docs/taskrouter/api/workflow */
export interface TransferWorkflow {
  readonly friendlyName: string;
  /** JSON text. */
  readonly configuration: string;
  /** Seconds. */
  readonly taskReservationTimeout: number;
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

/** No worker has this SID. TaskRouter may refuse a comparison of two constants that is always false. */
const MATCHES_NO_WORKER = "worker.sid == 'none'";
/** TaskRouter evaluates `skip_if` only if no worker is available: https://www.twilio.com/docs/taskrouter/worker-presence */
const IF_UNAVAILABLE = '1==1';

/**
 * Matches every task. The name of our key tells the rule from a rule of the account for every task.
 * Twilio's own example has `1==1`: https://www.twilio.com/docs/taskrouter/task-evaluation
 */
const ANY_TASK = `1==1 OR ${KEYS.targetType} == 'other'`;

/** The expressions that read a task's keys, by the names that its version of the functions uses. */
function expressionsFor({ targetType, targetSid, fromSid, returnQueueSid, declinedBy, inChat }: KeyNames) {
  const returning = `${targetType} == 'return'`;
  return {
    notInChat: `worker.sid NOT IN task.${inChat}`,
    notDeclined: `worker.sid NOT IN task.${declinedBy}`,
    targetWorkerSid: `task.${targetSid}`,
    previousAgentSid: `task.${fromSid}`,
    targetWorker: `${targetType} == 'worker'`,
    returning,
    returnTo: (queue: string) => `${returning} AND ${returnQueueSid} == '${queue}'`,
    anyQueue: `${targetType} == 'queue'`,
    targetQueue: (queue: string) => `${targetType} == 'queue' AND ${targetSid} == '${queue}'`,
  };
}

/**
 * Whether `buildTransferWorkflow` builds a rule with this expression, for any queue. Only the expression identifies a rule:
 * its name changes with the queue's name, and its targets change with the options.
 */
export function isTransferExpression(expression: string): boolean {
  if (matchesAnyTask(expression)) return true;
  const [sid = ''] = /WQ[0-9a-f]{32}/.exec(expression) ?? [];
  return [KEYS, EARLIER_KEYS].some((names) => {
    const is = expressionsFor(names);
    return [is.targetWorker, is.returning, is.returnTo(sid), is.anyQueue, is.targetQueue(sid)].includes(
      expression,
    );
  });
}

/** Whether this is the expression of our last rule, which matches every task. A rule after it would never be used. */
export const matchesAnyTask = (expression: string): boolean => expression === ANY_TASK;

/** Whether this is the expression of the rule for transfers to this queue. */
export const isForQueue = (expression: string, queueSid: QueueSid): boolean =>
  expression === expressionsFor(KEYS).targetQueue(queueSid);

/** Whether this is the expression of the rule for transfers to a queue that has no rule of its own. */
export const isForOtherQueues = (expression: string): boolean => expression === expressionsFor(KEYS).anyQueue;

/**
 * Returns the parameters that create the workflow. Throws the errors of `buildWorkflowConfiguration`, and if the ring time
 * is longer than the target has to answer.
 */
export function buildTransferWorkflow(
  queues: readonly TransferQueue[],
  options: TransferWorkflowOptions,
): TransferWorkflow {
  return {
    friendlyName: TRANSFER_WORKFLOW_NAME,
    configuration: JSON.stringify(buildWorkflowConfiguration(queues, options)),
    taskReservationTimeout: readTimes(options).ringSeconds,
  };
}

/**
 * Returns the configuration. Its rules: return to a queue, one per queue and one for any other queue; the target worker; the
 * target queue, one per queue and one for any other queue. They match queues by SID, so renaming a queue changes only the
 * names of rules. The same rules follow for the keys of earlier versions, so that tasks under way keep their routing while
 * the functions are updated. The last rule is for every other task.
 *
 * Throws if a queue is listed twice, if a time is not a whole number of seconds above 0, or if there are so many queues
 * (about 400) that TaskRouter would refuse the configuration.
 */
export function buildWorkflowConfiguration(
  queues: readonly TransferQueue[],
  options: TransferWorkflowOptions,
): WorkflowConfiguration {
  const { everyoneQueueSid, fallbackQueueSid = everyoneQueueSid } = options;
  const { answerSeconds, queueAnswerSeconds, ringSeconds } = readTimes(options);
  requireDistinct(queues);

  // A task returns at any age up to the end of the grace period, and its age counts against the timeout. A reservation that
  // begins just before the end of the time to answer may ring on after it.
  const maxAgeSeconds = Math.max(answerSeconds, queueAnswerSeconds) + ringSeconds + GRACE_SECONDS;

  const rulesFor = (names: KeyNames, nameOf: (rule: string) => string): readonly WorkflowFilter[] => {
    const is = expressionsFor(names);
    /** The agent who transferred, if they are available. */
    const previousAgent = (timeout: number): WorkflowTarget => ({
      queue: everyoneQueueSid,
      known_worker_sid: is.previousAgentSid,
      expression: is.notDeclined,
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
      ...anyWorkerIn(fallbackQueueSid, `${is.notInChat} AND ${is.notDeclined}`),
    ];
    const returnTargets = (queue: QueueSid): readonly WorkflowTarget[] => [
      previousAgent(maxAgeSeconds + answerSeconds),
      ...anyWorkerIn(queue, is.notDeclined),
    ];
    return [
      ...queues.map(({ sid, name }) => ({
        filter_friendly_name: nameOf(`Return to ${name}`),
        expression: is.returnTo(sid),
        targets: returnTargets(sid),
      })),
      {
        filter_friendly_name: nameOf('Return'),
        expression: is.returning,
        targets: returnTargets(fallbackQueueSid),
      },
      {
        filter_friendly_name: nameOf('Chosen agent'),
        expression: is.targetWorker,
        targets: [
          {
            queue: everyoneQueueSid,
            known_worker_sid: is.targetWorkerSid,
            expression: is.notDeclined,
            timeout: answerSeconds,
          },
          ...fallbackTargets(everyoneQueueSid),
        ],
      },
      ...queues.map(({ sid, name }) => ({
        filter_friendly_name: nameOf(`Queue ${name}`),
        expression: is.targetQueue(sid),
        targets: [
          { queue: sid, expression: is.notInChat, timeout: queueAnswerSeconds },
          ...fallbackTargets(sid),
        ],
      })),
      {
        filter_friendly_name: nameOf('Any other queue'),
        expression: is.anyQueue,
        targets: [
          { queue: fallbackQueueSid, expression: is.notInChat, timeout: queueAnswerSeconds },
          ...fallbackTargets(fallbackQueueSid),
        ],
      },
    ];
  };

  return requireWithinBudget({
    task_routing: {
      filters: [
        ...rulesFor(KEYS, (rule) => rule),
        // An account may have keys with these names. Its transfer tasks match a rule above.
        ...rulesFor(EARLIER_KEYS, (rule) => `${rule} (earlier version)`),
        {
          // The default filter can neither exclude workers nor have a time.
          filter_friendly_name: 'Any other task',
          expression: ANY_TASK,
          targets: [
            {
              queue: fallbackQueueSid,
              expression: expressionsFor(KEYS).notInChat,
              timeout: queueAnswerSeconds,
            },
            { queue: fallbackQueueSid },
          ],
        },
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

type Times = Required<Pick<TransferWorkflowOptions, 'answerSeconds' | 'queueAnswerSeconds' | 'ringSeconds'>>;

function readTimes({
  answerSeconds = 60,
  queueAnswerSeconds = answerSeconds,
  ringSeconds = Math.min(DEFAULT_RING_SECONDS, answerSeconds, queueAnswerSeconds),
}: TransferWorkflowOptions): Times {
  const times = { answerSeconds, queueAnswerSeconds, ringSeconds };
  for (const [name, seconds] of Object.entries(times)) {
    if (Number.isInteger(seconds) && seconds > 0) continue;
    throw new Error(
      `Failed to build the workflow "${TRANSFER_WORKFLOW_NAME}": ${name} is ${seconds}. Set it to a whole number of ` +
        'seconds above 0.',
    );
  }
  const longestSeconds = Math.min(answerSeconds, queueAnswerSeconds);
  if (ringSeconds <= longestSeconds) return times;
  throw new Error(
    `Failed to build the workflow "${TRANSFER_WORKFLOW_NAME}": ringSeconds is ${ringSeconds}, and the target has ` +
      `${longestSeconds} s to answer. Set it to ${longestSeconds} or less.`,
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
