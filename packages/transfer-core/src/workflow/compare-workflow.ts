/**
 * Compares the workflow of an account with the result of `buildTransferWorkflow`, and brings it up to date. The
 * account may add rules of its own (foreign rules): they keep their places.
 */
import * as v from 'valibot';
import { ExpressionSchema, parseConfiguration } from './parse-configuration';
import {
  buildTransferWorkflow,
  buildWorkflowConfiguration,
  isTransferExpression,
  matchesAnyTask,
  requireWithinBudget,
  type TransferQueue,
  type TransferWorkflow,
  type TransferWorkflowOptions,
  type WorkflowFilter,
} from './workflow';

/** A workflow of the account, as TaskRouter answers it. The configuration may also be parsed. */
export interface CurrentWorkflow {
  readonly configuration: unknown;
  /** Seconds. */
  readonly taskReservationTimeout: number;
}

/** Lists rules by name. */
export interface WorkflowComparison {
  /** Our rules that the workflow does not have. */
  readonly missing: readonly string[];
  /** Our rules that have other values, are in another place, or belong to a queue that is not listed. */
  readonly stale: readonly string[];
  /** Rules that the account added. */
  readonly foreign: readonly string[];
  /** Whether the default filter is exactly the fallback queue. */
  readonly isDefaultCurrent: boolean;
  /** Whether a reservation rings as long as it should. */
  readonly isRingTimeCurrent: boolean;
  /** No rule is missing or stale, and the default and the ring time are current. Foreign rules do not count. */
  readonly isCurrent: boolean;
}

/**
 * Compares a workflow with `buildTransferWorkflow(queues, options)`. A configuration that cannot be parsed counts as one
 * without rules. Throws the errors of `buildTransferWorkflow`.
 */
export function compareWorkflow(
  current: CurrentWorkflow | undefined,
  queues: readonly TransferQueue[],
  options: TransferWorkflowOptions,
): WorkflowComparison {
  const { taskReservationTimeout } = buildTransferWorkflow(queues, options);
  const wanted = buildWorkflowConfiguration(queues, options).task_routing;
  const { filters, default_filter } = parseConfiguration(current?.configuration).task_routing;
  const ours = filters.filter(isOurs);
  const hasRule = (rule: WorkflowFilter) => ours.some(isFor(rule));
  const isWanted = (rule: unknown) => wanted.filters.some((other) => isFor(other)(rule));
  // A rule after the one for every task would never be used.
  const isMisplaced = (rule: unknown) => isForAnyTask(rule) && rule !== filters.at(-1);

  const missing = wanted.filters.filter((rule) => !hasRule(rule)).map(nameOf);
  // Two rules in the wrong order are both stale, because the first rule that matches routes the task.
  const expected = wanted.filters.filter(hasRule);
  const present = ours.filter(isWanted);
  const stale = [
    ...present.filter((rule, index) => !isEqual(rule, expected[index]) || isMisplaced(rule)),
    ...ours.filter((rule) => !isWanted(rule)),
  ].map(nameOf);
  const isDefaultCurrent = isEqual(default_filter, wanted.default_filter);
  const isRingTimeCurrent = current?.taskReservationTimeout === taskReservationTimeout;
  return {
    missing,
    stale,
    foreign: filters.filter((rule) => !isOurs(rule)).map(nameOf),
    isDefaultCurrent,
    isRingTimeCurrent,
    isCurrent: missing.length === 0 && stale.length === 0 && isDefaultCurrent && isRingTimeCurrent,
  };
}

/**
 * Returns the parameters that update a workflow: our rules and the ring time are up to date, everything else is unchanged. A
 * missing rule is inserted after the rule of ours that precedes it; our first rule is inserted before all rules, and the
 * rule for every task is the last of all. Throws the errors of `buildTransferWorkflow`, and also if the foreign rules make
 * the configuration too large.
 */
export function mergeWorkflow(
  current: CurrentWorkflow | undefined,
  queues: readonly TransferQueue[],
  options: TransferWorkflowOptions,
): Pick<TransferWorkflow, 'configuration' | 'taskReservationTimeout'> {
  const { taskReservationTimeout } = buildTransferWorkflow(queues, options);
  const wanted = buildWorkflowConfiguration(queues, options).task_routing;
  const configuration = parseConfiguration(current?.configuration);
  const { filters } = configuration.task_routing;
  const present = wanted.filters.filter((rule) => filters.some(isFor(rule)));

  const merged: unknown[] = [];
  const upToDate = present.values();
  for (const rule of filters) {
    if (!isOurs(rule)) merged.push(rule);
    else if (present.some((other) => isFor(other)(rule))) merged.push(...takeNext(upToDate));
  }
  let index = 0;
  for (const rule of wanted.filters) {
    const found = merged.indexOf(rule);
    if (found < 0) merged.splice(index, 0, rule);
    index = (found < 0 ? index : found) + 1;
  }
  const task_routing = {
    ...configuration.task_routing,
    filters: [...merged.filter((rule) => !isForAnyTask(rule)), ...merged.filter(isForAnyTask)],
    default_filter: wanted.default_filter,
  };
  return {
    configuration: JSON.stringify(requireWithinBudget({ ...configuration, task_routing })),
    taskReservationTimeout,
  };
}

/** The next item as a list. The list is empty at the end, so of two rules with the same expression one stays. */
function takeNext<Item>(items: Iterator<Item>): readonly Item[] {
  const next = items.next();
  return next.done === true ? [] : [next.value];
}

const NameSchema = v.object({ filter_friendly_name: v.string() });

function isOurs(rule: unknown): boolean {
  return v.is(ExpressionSchema, rule) && isTransferExpression(rule.expression);
}

function isForAnyTask(rule: unknown): boolean {
  return v.is(ExpressionSchema, rule) && matchesAnyTask(rule.expression);
}

/** Returns a predicate for the rules with the expression of this one. */
function isFor({ expression }: WorkflowFilter): (rule: unknown) => boolean {
  return (rule) => v.is(ExpressionSchema, rule) && rule.expression === expression;
}

function nameOf(rule: unknown): string {
  if (v.is(NameSchema, rule)) return rule.filter_friendly_name;
  return v.is(ExpressionSchema, rule) ? rule.expression : JSON.stringify(rule);
}

/** Whether both are equal as JSON. The order of members does not count. */
function isEqual(left: unknown, right: unknown): boolean {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) {
    return left === right;
  }
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const [a, b] = [Object.entries(left), new Map(Object.entries(right))];
  return a.length === b.size && a.every(([key, value]) => b.has(key) && isEqual(value, b.get(key)));
}
