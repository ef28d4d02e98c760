/**
 * A workflow's configuration: its JSON, checked and compiled once, when it is saved.
 * https://www.twilio.com/docs/taskrouter/workflow-configuration
 */
import { badRequest } from '../api-error.js';
import { asJsonObject, parseJsonObject } from '../json.js';
import { compileExpression, type Expression, ExpressionError } from './expression.js';

export interface WorkflowRouting {
  /** Tried in order; the first whose expression is true takes the task. */
  readonly filters: readonly WorkflowFilter[];
  /** For tasks that no filter takes. */
  readonly defaultTarget: WorkflowTarget | undefined;
}

interface WorkflowFilter {
  readonly name: string;
  readonly matches: Expression;
  readonly targets: readonly WorkflowTarget[];
}

export interface WorkflowTarget {
  readonly queueSid: string;
  /** Which of the queue's workers, given `worker.…` and `task.…`. */
  readonly accepts: Expression;
  readonly skipIf: Expression | undefined;
  readonly priority: number | undefined;
  /** Seconds before the filter's next target. */
  readonly timeout: number | undefined;
  readonly knownWorker: KnownWorker | undefined;
  readonly orderBy: readonly OrderKey[];
}

/** One worker, named by a reference such as `task.transferTargetSid`, or literally. */
export interface KnownWorker {
  readonly by: 'sid' | 'friendlyName';
  readonly reference: string;
}

export interface OrderKey {
  /** Path in the worker's attributes. */
  readonly path: readonly string[];
  readonly descending: boolean;
}

/** A target of one queue and nothing else, for tasks that go round the workflow. */
export function openTarget(queueSid: string): WorkflowTarget {
  return {
    queueSid,
    accepts: () => true,
    skipIf: undefined,
    priority: undefined,
    timeout: undefined,
    knownWorker: undefined,
    orderBy: [],
  };
}

/** Compiles an expression that a caller sent. Throws 400/40001, naming the parameter. */
export function compileParameter(source: string, name: string): Expression {
  try {
    return compileExpression(source);
  } catch (error) {
    if (error instanceof ExpressionError) throw badRequest(`${name} is invalid: ${error.message}`, 40001);
    throw error;
  }
}

/** Throws 400 for what is not a configuration, or names a queue that is not there. */
export function parseWorkflow(configuration: string, hasQueue: (sid: string) => boolean): WorkflowRouting {
  const parsed = parseJsonObject(configuration);
  if (parsed === undefined) throw badRequest('Workflow configuration must be a JSON object');
  const routing = asJsonObject(parsed.task_routing);
  if (routing === undefined) throw badRequest('Workflow configuration is missing task_routing');

  const parseTarget = (raw: unknown): WorkflowTarget => {
    const target = asJsonObject(raw) ?? {};
    const queueSid = String(target.queue ?? '');
    if (!hasQueue(queueSid))
      throw badRequest(`Workflow configuration names TaskQueue ${queueSid}, which does not exist`);
    const optional = (name: string) =>
      target[name] ? compileParameter(String(target[name]), name) : undefined;
    return {
      queueSid,
      accepts: optional('expression') ?? (() => true),
      skipIf: optional('skip_if'),
      priority: wholeNumber(target.priority),
      timeout: wholeNumber(target.timeout),
      knownWorker: parseKnownWorker(target),
      orderBy: parseOrder(String(target.order_by ?? '')),
    };
  };

  const filters = [routing.filters ?? []].flat().map((raw): WorkflowFilter => {
    const filter = asJsonObject(raw) ?? {};
    return {
      name: String(filter.filter_friendly_name ?? filter.friendly_name ?? ''),
      matches: compileParameter(String(filter.expression ?? ''), 'filter expression'),
      targets: [filter.targets ?? []].flat().map(parseTarget),
    };
  });
  const fallback = asJsonObject(routing.default_filter);
  return { filters, defaultTarget: fallback?.queue ? parseTarget(fallback) : undefined };
}

function wholeNumber(value: unknown): number | undefined {
  return value === undefined || value === null || value === '' ? undefined : Number(value);
}

function parseKnownWorker(target: Record<string, unknown>): KnownWorker | undefined {
  if (target.known_worker_sid) return { by: 'sid', reference: String(target.known_worker_sid).trim() };
  const name = target.known_worker_friendly_name;
  return name ? { by: 'friendlyName', reference: String(name).trim() } : undefined;
}

/** `worker.level DESC, worker.age`; anything else is left out. */
function parseOrder(text: string): OrderKey[] {
  return text.split(',').flatMap((part) => {
    const [, path, direction = 'asc'] = /^\s*worker\.([\w.]+)(?:\s+(asc|desc))?\s*$/i.exec(part) ?? [];
    return path === undefined
      ? []
      : [{ path: path.split('.'), descending: direction.toLowerCase() === 'desc' }];
  });
}
