/** Reads the configuration of a workflow that the account may have changed. */
import * as v from 'valibot';
import type { QueueSid } from '../sids';
import { isForOtherQueues, isForQueue, isTransferExpression } from './workflow';

const ConfigurationSchema = v.looseObject({
  task_routing: v.looseObject({
    filters: v.optional(v.array(v.unknown()), []),
    default_filter: v.optional(v.unknown()),
  }),
});

export const ExpressionSchema = v.object({ expression: v.string() });

/** A configuration, parsed or as TaskRouter's JSON. A value that is not a configuration counts as one without rules. */
export function parseConfiguration(current: unknown): v.InferOutput<typeof ConfigurationSchema> {
  const parsed = v.safeParse(
    v.union([ConfigurationSchema, v.pipe(v.string(), v.parseJson(), ConfigurationSchema)]),
    current,
  );
  return parsed.success ? parsed.output : { task_routing: { filters: [], default_filter: undefined } };
}

/**
 * Whether a configuration has a rule for transfers to this queue: our rule for it, or a rule of the account that names the
 * queue. Without one, the task would be offered to workers of another queue.
 */
export function hasRuleForQueue(configuration: unknown, queueSid: QueueSid): boolean {
  const { filters } = parseConfiguration(configuration).task_routing;
  const last = filters.findIndex((rule) => isForOtherQueues(expressionOf(rule)));
  return filters.slice(0, last < 0 ? filters.length : last).some((rule) => {
    const expression = expressionOf(rule);
    return isTransferExpression(expression)
      ? isForQueue(expression, queueSid)
      : JSON.stringify(rule).includes(queueSid);
  });
}

const expressionOf = (rule: unknown): string => (v.is(ExpressionSchema, rule) ? rule.expression : '');
