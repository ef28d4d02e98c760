/**
 * Parses a workflow's configuration and compiles its expressions once, when the workflow is saved.
 * https://www.twilio.com/docs/taskrouter/workflow-configuration
 */
import { badRequest } from '../api-error.js';
import { asJsonObject, parseJsonObject } from '../json.js';
import { compileExpression, type Expression, ExpressionError } from './expression.js';

export interface WorkflowRouting {
  /** In order: a task enters the first filter whose expression is true. */
  readonly filters: readonly WorkflowFilter[];
  /** For tasks that match no filter or whose targets are all skipped. */
  readonly defaultTarget: WorkflowTarget | undefined;
}

interface WorkflowFilter {
  readonly name: string;
  readonly matches: Expression;
  readonly targets: readonly WorkflowTarget[];
}

export interface WorkflowTarget {
  readonly queueSid: string;
  /** Whether a worker of the queue may get the task; reads `worker.…` and `task.…`. */
  readonly accepts: Expression;
  readonly skipIf: Expression | undefined;
  readonly priority: number | undefined;
  /** Seconds until the task moves to the filter's next target. */
  readonly timeout: number | undefined;
  readonly knownWorker: KnownWorker | undefined;
  readonly orderBy: readonly OrderKey[];
}

/** The only worker whom a target allows. `reference` is a literal or a path: `task.transferTargetSid`. */
export interface KnownWorker {
  readonly by: 'sid' | 'friendlyName';
  readonly reference: string;
}

export interface OrderKey {
  /** Path in the worker's attributes. */
  readonly path: readonly string[];
  readonly isDescending: boolean;
}

/** Builds a target without conditions, for tasks that no workflow routes. */
export function buildQueueTarget(queueSid: string): WorkflowTarget {
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

/**
 * Compiles a caller's expression. Throws 400/20001 with the parameter's name when it is invalid: the general code
 * for an invalid parameter (assumed). Code 40001 is about answers to assignment callbacks.
 */
export function compileParameter(source: string, name: string): Expression {
  try {
    return compileExpression(source);
  } catch (error) {
    if (error instanceof ExpressionError) throw badRequest(`${name} is invalid: ${error.message}`);
    throw error;
  }
}

/** Throws 400 when the text is not a configuration or names an unknown queue. */
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
    const compileOptional = (name: string) =>
      target[name] ? compileParameter(String(target[name]), name) : undefined;
    return {
      queueSid,
      accepts: compileOptional('expression') ?? (() => true),
      skipIf: compileOptional('skip_if'),
      priority: toNumber(target.priority),
      timeout: toNumber(target.timeout),
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
  const defaultFilter = asJsonObject(routing.default_filter);
  return { filters, defaultTarget: defaultFilter?.queue ? parseTarget(defaultFilter) : undefined };
}

function toNumber(value: unknown): number | undefined {
  return value === undefined || value === null || value === '' ? undefined : Number(value);
}

function parseKnownWorker(target: Record<string, unknown>): KnownWorker | undefined {
  if (target.known_worker_sid) return { by: 'sid', reference: String(target.known_worker_sid).trim() };
  const name = target.known_worker_friendly_name;
  return name ? { by: 'friendlyName', reference: String(name).trim() } : undefined;
}

/** Parses an order such as `worker.level DESC, worker.age`. Ignores parts of any other form. */
function parseOrder(text: string): OrderKey[] {
  return text.split(',').flatMap((part) => {
    const [, path, direction = 'asc'] = /^\s*worker\.([\w.]+)(?:\s+(asc|desc))?\s*$/i.exec(part) ?? [];
    return path === undefined
      ? []
      : [{ path: path.split('.'), isDescending: direction.toLowerCase() === 'desc' }];
  });
}
