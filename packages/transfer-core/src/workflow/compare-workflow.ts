/**
 * Whether a workflow that is on the account still is what it should be, and how to make it so. Rules of the account's
 * own may stand beside ours: they are named, kept, and stay where they are.
 */
import * as v from 'valibot';
import {
  buildTransferWorkflow,
  isTransferExpression,
  requireWithinBudget,
  type TransferQueue,
  type TransferWorkflowOptions,
  type WorkflowFilter,
} from './workflow';

/** Rules go by their names. */
export interface WorkflowComparison {
  /** Rules of ours that are not there. */
  readonly missing: readonly string[];
  /** Rules of ours that are not what they should be, not where they should be, or for a queue that is gone. */
  readonly stale: readonly string[];
  /** Rules that are not ours. */
  readonly foreign: readonly string[];
  /** Whether tasks that no rule takes go to the fallback queue, and nothing more. */
  readonly isDefaultCurrent: boolean;
  /** Nothing is missing, nothing stale, and the default is current. Foreign rules are allowed. */
  readonly isCurrent: boolean;
}

/**
 * Compares a workflow's configuration, parsed or as TaskRouter's JSON, with what `buildTransferWorkflow` makes of the
 * same values. What is no configuration has no rules. Throws what `buildTransferWorkflow` throws.
 */
export function compareWorkflow(
  current: unknown,
  queues: readonly TransferQueue[],
  options: TransferWorkflowOptions,
): WorkflowComparison {
  const wanted = buildTransferWorkflow(queues, options).task_routing;
  const { filters, default_filter } = parseConfiguration(current).task_routing;
  const ours = filters.filter(isOurs);
  const isThere = (rule: WorkflowFilter) => ours.some(isFor(rule));
  const isWanted = (rule: unknown) => wanted.filters.some((other) => isFor(other)(rule));

  const missing = wanted.filters.filter((rule) => !isThere(rule)).map(nameOf);
  // Place by place: two rules the wrong way round are both stale, because the first that matches takes the task.
  const expected = wanted.filters.filter(isThere);
  const present = ours.filter(isWanted);
  const stale = [
    ...present.filter((rule, place) => !isEqual(rule, expected[place])),
    ...ours.filter((rule) => !isWanted(rule)),
  ].map(nameOf);
  const isDefaultCurrent = isEqual(default_filter, wanted.default_filter);
  return {
    missing,
    stale,
    foreign: filters.filter((rule) => !isOurs(rule)).map(nameOf),
    isDefaultCurrent,
    isCurrent: missing.length === 0 && stale.length === 0 && isDefaultCurrent,
  };
}

/**
 * The configuration with our rules brought up to date and everything else as it is. A rule that was missing comes
 * right after the one of ours before it, and the first of ours before all others. Throws what `buildTransferWorkflow`
 * throws, also when the account's own rules leave too little room.
 */
export function mergeWorkflow(
  current: unknown,
  queues: readonly TransferQueue[],
  options: TransferWorkflowOptions,
): object {
  const wanted = buildTransferWorkflow(queues, options).task_routing;
  const configuration = parseConfiguration(current);
  const { filters } = configuration.task_routing;
  const present = wanted.filters.filter((rule) => filters.some(isFor(rule)));

  const merged: unknown[] = [];
  const places = present.values();
  for (const rule of filters) {
    if (!isOurs(rule)) merged.push(rule);
    else if (present.some((other) => isFor(other)(rule))) merged.push(...takeNext(places));
  }
  let place = 0;
  for (const rule of wanted.filters) {
    const found = merged.indexOf(rule);
    if (found < 0) merged.splice(place, 0, rule);
    place = (found < 0 ? place : found) + 1;
  }
  return requireWithinBudget({
    ...configuration,
    task_routing: {
      ...configuration.task_routing,
      filters: merged,
      default_filter: wanted.default_filter,
    },
  });
}

/** The next item as a list of one, or of none when there are no more: of two rules that match the same, one is left. */
function takeNext<Item>(items: Iterator<Item>): readonly Item[] {
  const next = items.next();
  return next.done === true ? [] : [next.value];
}

const ConfigurationSchema = v.looseObject({
  task_routing: v.looseObject({
    filters: v.optional(v.array(v.unknown()), []),
    default_filter: v.optional(v.unknown()),
  }),
});

function parseConfiguration(current: unknown): v.InferOutput<typeof ConfigurationSchema> {
  const parsed = v.safeParse(
    v.union([ConfigurationSchema, v.pipe(v.string(), v.parseJson(), ConfigurationSchema)]),
    current,
  );
  return parsed.success ? parsed.output : { task_routing: { filters: [], default_filter: undefined } };
}

const ExpressionSchema = v.object({ expression: v.string() });
const NameSchema = v.object({ filter_friendly_name: v.string() });

function isOurs(rule: unknown): boolean {
  return v.is(ExpressionSchema, rule) && isTransferExpression(rule.expression);
}

/** A test for the rules that match what this one matches. */
function isFor({ expression }: WorkflowFilter): (rule: unknown) => boolean {
  return (rule) => v.is(ExpressionSchema, rule) && rule.expression === expression;
}

function nameOf(rule: unknown): string {
  if (v.is(NameSchema, rule)) return rule.filter_friendly_name;
  return v.is(ExpressionSchema, rule) ? rule.expression : JSON.stringify(rule);
}

/** Equal as JSON, whichever order the members are in. */
function isEqual(left: unknown, right: unknown): boolean {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) {
    return left === right;
  }
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const [a, b] = [Object.entries(left), new Map(Object.entries(right))];
  return a.length === b.size && a.every(([key, value]) => b.has(key) && isEqual(value, b.get(key)));
}
