import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aQueueSid } from '../../testing';
import { compareWorkflow, mergeWorkflow } from './compare-workflow';
import {
  buildTransferWorkflow,
  type TransferQueue,
  type TransferWorkflowOptions,
  type WorkflowConfiguration,
} from './workflow';

const options: TransferWorkflowOptions = { everyoneQueueSid: aQueueSid(1) };
const billing = { sid: aQueueSid(2), name: 'Billing' };
const support = { sid: aQueueSid(3), name: 'Support' };
const queues = [billing, support];
const current = buildTransferWorkflow(queues, options);

const vip = {
  filter_friendly_name: 'VIP transfers',
  expression: "transferTargetType == 'queue' AND vip == true",
  targets: [{ queue: aQueueSid(7), priority: 10 }],
};

/** The configuration with other rules. */
const withRules = (rules: readonly unknown[], configuration: WorkflowConfiguration = current) => ({
  ...configuration,
  task_routing: { ...configuration.task_routing, filters: rules },
});
const rules = current.task_routing.filters;
const namesOf = (configuration: object) => {
  const { task_routing } = configuration as WorkflowConfiguration;
  return task_routing.filters.map((rule) => rule.filter_friendly_name);
};

describe('compareWorkflow', () => {
  it('finds nothing wrong with what was built, parsed or as the JSON that TaskRouter answers', () => {
    for (const configuration of [current, JSON.stringify(current)]) {
      expect(compareWorkflow(configuration, queues, options)).toEqual({
        missing: [],
        stale: [],
        foreign: [],
        isDefaultCurrent: true,
        isCurrent: true,
      });
    }
  });

  it('does not mind the order of the members of a rule', () => {
    const turned = rules.map((rule) => Object.fromEntries(Object.entries(rule).reverse()));
    expect(compareWorkflow(withRules(turned), queues, options).isCurrent).toBe(true);
  });

  it('names the rules of a new queue as missing', () => {
    const sales = { sid: aQueueSid(4), name: 'Sales' };
    expect(compareWorkflow(current, [...queues, sales], options)).toMatchObject({
      missing: ['Return to Sales', 'Queue Sales'],
      stale: [],
      isCurrent: false,
    });
  });

  it('names the rules of a queue that is gone as stale', () => {
    expect(compareWorkflow(current, [support], options)).toMatchObject({
      missing: [],
      stale: ['Return to Billing', 'Queue Billing'],
    });
  });

  it('knows the rules of a queue by its SID when it was renamed, and finds their names stale', () => {
    const renamed = [{ ...billing, name: 'Invoices' }, support];
    expect(compareWorkflow(current, renamed, options)).toMatchObject({
      missing: [],
      stale: ['Return to Billing', 'Queue Billing'],
      foreign: [],
    });
  });

  it('finds every rule with a timeout stale when the time for an answer was changed', () => {
    const { stale } = compareWorkflow(current, queues, { ...options, answerSeconds: 30 });
    expect(stale).toEqual(namesOf(current));
  });

  it('names rules of the account, which are no reason to change anything', () => {
    expect(compareWorkflow(withRules([vip, ...rules]), queues, options)).toMatchObject({
      foreign: ['VIP transfers'],
      isCurrent: true,
    });
  });

  it('takes a rule whose condition somebody changed for one of theirs, and misses ours', () => {
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

  it('finds rules stale that are the wrong way round: the first that matches takes the task', () => {
    const [first, second, general, ...others] = rules;
    const { stale } = compareWorkflow(withRules([general, first, second, ...others]), queues, options);
    expect(stale).toContain('Return');
  });

  it('sees that tasks of no rule go elsewhere', () => {
    const elsewhere = {
      task_routing: { ...current.task_routing, default_filter: { queue: billing.sid } },
    };
    expect(compareWorkflow(elsewhere, queues, options)).toMatchObject({
      missing: [],
      stale: [],
      isDefaultCurrent: false,
      isCurrent: false,
    });
  });

  it.each([undefined, null, '', 'no JSON', '[]', {}, { task_routing: { filters: 'none' } }])(
    'misses every rule in %j',
    (configuration) => {
      expect(compareWorkflow(configuration, queues, options)).toMatchObject({
        missing: namesOf(current),
        isDefaultCurrent: false,
        isCurrent: false,
      });
    },
  );
});

describe('mergeWorkflow', () => {
  it('makes the whole workflow where there is none', () => {
    expect(mergeWorkflow(undefined, queues, options)).toEqual(current);
  });

  it('puts the rules of a new queue beside ours, and drops those of a queue that is gone', () => {
    const sales = { sid: aQueueSid(4), name: 'Sales' };
    expect(mergeWorkflow(current, [support, sales], options)).toEqual(
      buildTransferWorkflow([support, sales], options),
    );
  });

  it('keeps the rules of the account where they are, before, between and after ours', () => {
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
      ...namesOf(current).slice(1),
      'After',
    ]);
  });

  it('keeps what else the account set, whatever it means', () => {
    const extended = { ...current, comment: 'ours', task_routing: { ...current.task_routing, mode: 1 } };
    expect(mergeWorkflow(extended, queues, options)).toEqual(extended);
  });

  it('leaves one of two rules that match the same', () => {
    const doubled = rules.flatMap((rule) => [rule, rule]);
    expect(mergeWorkflow(withRules(doubled), queues, options)).toEqual(current);
  });

  it("says when the account's own rules leave too little room", () => {
    const endless = { ...vip, expression: `reason == '${'x'.repeat(1_100_000)}'` };
    expect(() => mergeWorkflow(withRules([endless]), queues, options)).toThrow('TaskRouter allows');
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
      fallbackQueueSid: fc.integer({ min: 1, max: 3 }).map(aQueueSid),
    },
    { requiredKeys: ['everyoneQueueSid'] },
  );

  /** Every way to change a configuration in one place: a value replaced, or a member or an item taken away or added. */
  function changesOf(value: unknown): unknown[] {
    if (Array.isArray(value)) {
      return [
        ...value.flatMap((item, at) => changesOf(item).map((changed) => value.with(at, changed))),
        ...value.map((_, at) => value.toSpliced(at, 1)),
        ...value.slice(1).map((item, at) => value.with(at, item).with(at + 1, value[at])),
      ];
    }
    if (typeof value === 'object' && value !== null) {
      return [
        ...Object.entries(value).flatMap(([key, member]) =>
          changesOf(member).map((changed) => ({ ...value, [key]: changed })),
        ),
        ...Object.keys(value).map((key) => ({ ...value, [key]: undefined })),
        { ...value, priority: 5 },
      ];
    }
    return [typeof value === 'number' ? value + 1 : `${value}.`];
  }

  it('is current as it was built, and is not after any single change to it', () => {
    fc.assert(
      fc.property(someQueues, someOptions, fc.nat(), (ofQueues, ofOptions, choice) => {
        const built = buildTransferWorkflow(ofQueues, ofOptions);
        expect(compareWorkflow(JSON.stringify(built), ofQueues, ofOptions).isCurrent).toBe(true);

        const changes = changesOf(built.task_routing.filters);
        const filters = changes[choice % changes.length];
        const changed = JSON.stringify({ task_routing: { ...built.task_routing, filters } });
        expect(compareWorkflow(changed, ofQueues, ofOptions).isCurrent).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('is current once merged, whatever it was before, and keeps the rules of the account in their order', () => {
    const someRule = fc.oneof(
      fc.record({ filter_friendly_name: fc.string(), expression: fc.string() }),
      fc.constantFrom(...rules),
      fc.anything(),
    );
    fc.assert(
      fc.property(someQueues, someOptions, fc.array(someRule), (ofQueues, ofOptions, before) => {
        const configuration = { task_routing: { filters: before } };
        const merged = mergeWorkflow(configuration, ofQueues, ofOptions);
        expect(compareWorkflow(merged, ofQueues, ofOptions)).toMatchObject({
          isCurrent: true,
          foreign: compareWorkflow(configuration, ofQueues, ofOptions).foreign,
        });
        expect(mergeWorkflow(merged, ofQueues, ofOptions)).toEqual(merged);
      }),
    );
  });
});
