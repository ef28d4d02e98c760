import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aQueueSid } from '../../testing';
import { compareWorkflow, mergeWorkflow } from './compare-workflow';
import { hasRuleForQueue } from './parse-configuration';
import {
  buildTransferWorkflow,
  buildWorkflowConfiguration,
  type TransferQueue,
  type TransferWorkflowOptions,
  type WorkflowConfiguration,
} from './workflow';

const options: TransferWorkflowOptions = { everyoneQueueSid: aQueueSid(1) };
const billing = { sid: aQueueSid(2), name: 'Billing' };
const support = { sid: aQueueSid(3), name: 'Support' };
const queues = [billing, support];
const built = buildWorkflowConfiguration(queues, options);
const current = buildTransferWorkflow(queues, options);

const vip = {
  filter_friendly_name: 'VIP transfers',
  expression: "transferTargetType == 'queue' AND vip == true",
  targets: [{ queue: aQueueSid(7), priority: 10 }],
};

/** The workflow with another configuration. */
const withConfiguration = (configuration: unknown) => ({ ...current, configuration });
/** The workflow with other rules. */
const withRules = (rules: readonly unknown[]) =>
  withConfiguration({ task_routing: { ...built.task_routing, filters: rules } });
const rules = built.task_routing.filters;
const parse = ({ configuration }: { readonly configuration: string }): WorkflowConfiguration =>
  JSON.parse(configuration);
const namesOf = (workflow: { readonly configuration: string }) =>
  parse(workflow).task_routing.filters.map((rule) => rule.filter_friendly_name);

/** The rules for the keys of earlier versions have the same names with a mark. */
const withEarlier = (...names: readonly string[]) => [
  ...names,
  ...names.map((name) => `${name} (earlier version)`),
];

describe('compareWorkflow', () => {
  it("returns isCurrent for the built workflow, with the configuration parsed or as TaskRouter's JSON", () => {
    for (const workflow of [current, withConfiguration(built)]) {
      expect(compareWorkflow(workflow, queues, options)).toEqual({
        missing: [],
        stale: [],
        foreign: [],
        isDefaultCurrent: true,
        isRingTimeCurrent: true,
        isCurrent: true,
      });
    }
  });

  it('ignores the order of the members of a rule', () => {
    const reversed = rules.map((rule) => Object.fromEntries(Object.entries(rule).reverse()));
    expect(compareWorkflow(withRules(reversed), queues, options).isCurrent).toBe(true);
  });

  it('lists the rules of a new queue as missing', () => {
    const sales = { sid: aQueueSid(4), name: 'Sales' };
    expect(compareWorkflow(current, [...queues, sales], options)).toMatchObject({
      missing: withEarlier('Return to Sales', 'Queue Sales'),
      stale: [],
      isCurrent: false,
    });
  });

  it('lists the rules of a removed queue as stale', () => {
    expect(compareWorkflow(current, [support], options)).toMatchObject({
      missing: [],
      stale: withEarlier('Return to Billing', 'Queue Billing'),
    });
  });

  it('lists the rules of a renamed queue as stale, not as missing', () => {
    const renamed = [{ ...billing, name: 'Invoices' }, support];
    expect(compareWorkflow(current, renamed, options)).toMatchObject({
      missing: [],
      stale: withEarlier('Return to Billing', 'Queue Billing'),
      foreign: [],
    });
  });

  it('lists every rule with a timeout as stale when the time to answer has changed', () => {
    const { stale } = compareWorkflow(current, queues, { ...options, answerSeconds: 30 });
    expect(stale).toEqual(namesOf(current));
  });

  it('lists rules of the account as foreign, and returns isCurrent', () => {
    expect(compareWorkflow(withRules([vip, ...rules]), queues, options)).toMatchObject({
      foreign: ['VIP transfers'],
      isCurrent: true,
    });
  });

  it('lists a rule of ours with a changed expression as foreign, and the original as missing', () => {
    const changed = rules.map((rule) =>
      rule.filter_friendly_name === 'Chosen agent'
        ? { ...rule, expression: `${rule.expression} AND vip == true` }
        : rule,
    );
    expect(compareWorkflow(withRules(changed), queues, options)).toMatchObject({
      missing: ['Chosen agent'],
      stale: [],
      foreign: ['Chosen agent'],
    });
  });

  it('lists rules in the wrong order as stale: the first rule that matches routes the task', () => {
    const [first, second, general, ...others] = rules;
    const { stale } = compareWorkflow(withRules([general, first, second, ...others]), queues, options);
    expect(stale).toContain('Return');
  });

  it('reports a default filter with another queue', () => {
    const otherDefault = {
      task_routing: { ...built.task_routing, default_filter: { queue: billing.sid } },
    };
    expect(compareWorkflow(withConfiguration(otherDefault), queues, options)).toMatchObject({
      missing: [],
      stale: [],
      isDefaultCurrent: false,
      isCurrent: false,
    });
  });

  it('reports another ring time, such as the 120 s of a workflow that was created without one', () => {
    expect(compareWorkflow({ ...current, taskReservationTimeout: 120 }, queues, options)).toMatchObject({
      missing: [],
      stale: [],
      isRingTimeCurrent: false,
      isCurrent: false,
    });
  });

  it('lists the rule for every task as stale if a rule of the account follows it', () => {
    expect(compareWorkflow(withRules([...rules, vip]), queues, options)).toMatchObject({
      stale: ['Any other task'],
      foreign: ['VIP transfers'],
      isCurrent: false,
    });
  });

  it("takes the account's own rule for every task as foreign", () => {
    const everything = { ...vip, expression: '1==1' };
    expect(compareWorkflow(withRules([everything, ...rules]), queues, options)).toMatchObject({
      foreign: ['VIP transfers'],
      isCurrent: true,
    });
  });

  it('lists every rule as missing if there is no workflow', () => {
    expect(compareWorkflow(undefined, queues, options)).toMatchObject({
      missing: namesOf(current),
      isRingTimeCurrent: false,
      isCurrent: false,
    });
  });

  it.each([undefined, null, '', 'no JSON', '[]', {}, { task_routing: { filters: 'none' } }])(
    'lists every rule as missing for %j',
    (configuration) => {
      expect(compareWorkflow(withConfiguration(configuration), queues, options)).toMatchObject({
        missing: namesOf(current),
        isDefaultCurrent: false,
        isCurrent: false,
      });
    },
  );
});

describe('mergeWorkflow', () => {
  it('returns the whole workflow if there is none', () => {
    const { friendlyName: _name, ...parameters } = current;
    expect(mergeWorkflow(undefined, queues, options)).toEqual(parameters);
  });

  it('adds the rules of a new queue and removes those of a removed queue', () => {
    const sales = { sid: aQueueSid(4), name: 'Sales' };
    expect(parse(mergeWorkflow(current, [support, sales], options))).toEqual(
      buildWorkflowConfiguration([support, sales], options),
    );
  });

  it('keeps the rules of the account in place, and before our rule for every task', () => {
    const [first, ...others] = rules;
    const [before, between, after] = ['Before', 'Between', 'After'].map((name) => ({
      ...vip,
      filter_friendly_name: name,
    }));
    const merged = mergeWorkflow(withRules([before, first, between, ...others, after]), queues, {
      ...options,
      answerSeconds: 30,
    });
    expect(namesOf(merged)).toEqual([
      'Before',
      'Return to Billing',
      'Between',
      ...namesOf(current).slice(1, -1),
      'After',
      'Any other task',
    ]);
  });

  it('sets the ring time', () => {
    const old = { ...current, taskReservationTimeout: 120 };
    expect(mergeWorkflow(old, queues, options).taskReservationTimeout).toBe(30);
    expect(mergeWorkflow(old, queues, { ...options, ringSeconds: 45 }).taskReservationTimeout).toBe(45);
  });

  it('keeps every other value that the account set', () => {
    const extended = { ...built, comment: 'theirs', task_routing: { ...built.task_routing, mode: 1 } };
    expect(parse(mergeWorkflow(withConfiguration(extended), queues, options))).toEqual(extended);
  });

  it('keeps one of two rules with the same expression', () => {
    const doubled = rules.flatMap((rule) => [rule, rule]);
    expect(parse(mergeWorkflow(withRules(doubled), queues, options))).toEqual(built);
  });

  it('throws if the rules of the account make the configuration too large', () => {
    const tooLarge = { ...vip, expression: `reason == '${'x'.repeat(1_100_000)}'` };
    expect(() => mergeWorkflow(withRules([tooLarge]), queues, options)).toThrow('TaskRouter allows');
  });
});

describe('any workflow', () => {
  const someQueues: fc.Arbitrary<TransferQueue[]> = fc.uniqueArray(
    fc.record({ sid: fc.integer({ min: 2, max: 30 }).map(aQueueSid), name: fc.string({ unit: 'binary' }) }),
    { selector: ({ sid }) => sid, maxLength: 5 },
  );
  const someOptions: fc.Arbitrary<TransferWorkflowOptions> = fc.record(
    {
      everyoneQueueSid: fc.constant(aQueueSid(1)),
      answerSeconds: fc.integer({ min: 1, max: 600 }),
      queueAnswerSeconds: fc.integer({ min: 1, max: 600 }),
      ringSeconds: fc.constant(1),
      fallbackQueueSid: fc.integer({ min: 1, max: 3 }).map(aQueueSid),
    },
    { requiredKeys: ['everyoneQueueSid'] },
  );

  /** Every single change of a configuration: a value replaced, a member or an item removed, added or swapped. */
  function listChanges(value: unknown): unknown[] {
    if (Array.isArray(value)) {
      return [
        ...value.flatMap((item, at) => listChanges(item).map((changed) => value.with(at, changed))),
        ...value.map((_, at) => value.toSpliced(at, 1)),
        ...value.slice(1).map((item, at) => value.with(at, item).with(at + 1, value[at])),
      ];
    }
    if (typeof value === 'object' && value !== null) {
      return [
        ...Object.entries(value).flatMap(([key, member]) =>
          listChanges(member).map((changed) => ({ ...value, [key]: changed })),
        ),
        ...Object.keys(value).map((key) => ({ ...value, [key]: undefined })),
        { ...value, priority: 5 },
      ];
    }
    return [typeof value === 'number' ? value + 1 : `${value}.`];
  }

  it('is current as built, and not current after any single change', () => {
    fc.assert(
      fc.property(someQueues, someOptions, fc.nat(), (ofQueues, ofOptions, choice) => {
        const workflow = buildTransferWorkflow(ofQueues, ofOptions);
        expect(compareWorkflow(workflow, ofQueues, ofOptions).isCurrent).toBe(true);

        const { task_routing } = parse(workflow);
        const changes = listChanges(task_routing.filters);
        const filters = changes[choice % changes.length];
        const changed = {
          ...workflow,
          configuration: JSON.stringify({ task_routing: { ...task_routing, filters } }),
        };
        expect(compareWorkflow(changed, ofQueues, ofOptions).isCurrent).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('is current after mergeWorkflow, which keeps the rules of the account in their order', () => {
    const someRule = fc.oneof(
      fc.record({ filter_friendly_name: fc.string(), expression: fc.string() }),
      fc.constantFrom(...rules),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(someQueues, someOptions, fc.array(someRule), (ofQueues, ofOptions, before) => {
        const old = withConfiguration({ task_routing: { filters: before } });
        const merged = mergeWorkflow(old, ofQueues, ofOptions);
        expect(compareWorkflow(merged, ofQueues, ofOptions)).toMatchObject({
          isCurrent: true,
          foreign: compareWorkflow(old, ofQueues, ofOptions).foreign,
        });
        expect(mergeWorkflow(merged, ofQueues, ofOptions)).toEqual(merged);
      }),
    );
  });
});

describe('hasRuleForQueue', () => {
  const sales = aQueueSid(4);

  it('finds the rule of each listed queue', () => {
    for (const { sid } of queues) expect(hasRuleForQueue(current.configuration, sid)).toBe(true);
  });

  it('finds none for a queue that was created later', () => {
    expect(hasRuleForQueue(current.configuration, sales)).toBe(false);
  });

  it('finds none for a queue to which chats can only return', () => {
    const { configuration } = withRules(rules.filter((rule) => !rule.expression.includes('TargetSid')));
    expect(hasRuleForQueue(configuration, billing.sid)).toBe(false);
  });

  it('finds none for the fallback queue, which is a target of every rule', () => {
    expect(hasRuleForQueue(current.configuration, aQueueSid(1))).toBe(false);
  });

  it.each([
    ['in its expression', { ...vip, expression: `chatTransferTargetSid == '${sales}'` }],
    ['as a target', { ...vip, targets: [{ queue: sales }] }],
  ])('finds a rule of the account that names the queue %s', (_where, rule) => {
    expect(hasRuleForQueue(withRules([rule, ...rules]).configuration, sales)).toBe(true);
  });

  it('finds no rule of the account that comes after our rule for other queues', () => {
    const own = { ...vip, targets: [{ queue: sales }] };
    expect(hasRuleForQueue(withRules([...rules, own]).configuration, sales)).toBe(false);
  });

  it.each([undefined, '', 'no JSON', {}])('finds none in %j', (configuration) => {
    expect(hasRuleForQueue(configuration, billing.sid)).toBe(false);
  });
});
