import { describe, expect, it } from 'vitest';
import { aQueueSid } from '../../testing';
import { jsonSize } from '../json-size';
import {
  buildTransferWorkflow,
  buildWorkflowConfiguration,
  GRACE_SECONDS,
  TRANSFER_WORKFLOW_NAME,
  WORKFLOW_BUDGET_BYTES,
} from './workflow';

const everyoneQueueSid = aQueueSid(1);
const billing = { sid: aQueueSid(2), name: 'Billing' };
const vip = { sid: aQueueSid(3), name: 'Sam\'s "VIP" desk' };
const notInChat = 'worker.sid NOT IN task.chatTransferInChat';
const notDeclined = 'worker.sid NOT IN task.chatTransferDeclinedBy';

const rulesOf = (...[queues, options]: Parameters<typeof buildWorkflowConfiguration>) =>
  buildWorkflowConfiguration(queues, options).task_routing.filters;
const rule = (rules: ReturnType<typeof rulesOf>, name: string) =>
  rules.find((candidate) => candidate.filter_friendly_name === name);

/** The targets of a task that the functions did not redirect. */
const fallbackTargets = (queue: string, fallback: string = everyoneQueueSid, answerSeconds = 60) => [
  { queue, expression: "worker.sid == 'none'", timeout: GRACE_SECONDS },
  {
    queue: everyoneQueueSid,
    known_worker_sid: 'task.chatTransferFromSid',
    expression: notDeclined,
    skip_if: '1==1',
    timeout: answerSeconds,
  },
  { queue: fallback, expression: `${notInChat} AND ${notDeclined}`, timeout: answerSeconds },
  { queue: fallback },
];

describe('buildWorkflowConfiguration', () => {
  const allRules = rulesOf([billing, vip], { everyoneQueueSid });
  const isEarlier = ({ filter_friendly_name: name }: (typeof allRules)[number]) =>
    name.endsWith(' (earlier version)');
  const isForAnyTask = ({ filter_friendly_name: name }: (typeof allRules)[number]) =>
    name === 'Any other task';
  const rules = allRules.filter((each) => !isEarlier(each) && !isForAnyTask(each));

  it('names its rules by queue, return rules first', () => {
    expect(rules.map((each) => each.filter_friendly_name)).toEqual([
      'Return to Billing',
      'Return to Sam\'s "VIP" desk',
      'Return',
      'Chosen agent',
      'Queue Billing',
      'Queue Sam\'s "VIP" desk',
      'Any other queue',
    ]);
  });

  it('has the same rules once more for the keys of earlier versions, after its own', () => {
    const earlierName = (text: string) =>
      text
        .replaceAll('chatTransferInChat', 'workerSidsInConversation')
        .replaceAll('chatTransfer', 'transfer');
    expect(allRules.slice(rules.length, -1)).toEqual(
      rules.map((each) => ({
        ...JSON.parse(earlierName(JSON.stringify(each))),
        filter_friendly_name: `${each.filter_friendly_name} (earlier version)`,
      })),
    );
  });

  it('asks workers outside the chat if the target is a queue that was not listed', () => {
    expect(rule(rules, 'Any other queue')?.targets).toEqual([
      { queue: everyoneQueueSid, expression: notInChat, timeout: 60 },
      ...fallbackTargets(everyoneQueueSid),
    ]);
  });

  it('has a last rule for every other task, which asks agents outside the chat first', () => {
    expect(allRules.at(-1)).toEqual({
      filter_friendly_name: 'Any other task',
      expression: "1==1 OR chatTransferTargetType == 'other'",
      targets: [{ queue: everyoneQueueSid, expression: notInChat, timeout: 60 }, { queue: everyoneQueueSid }],
    });
  });

  it('matches queues by SID, so that renaming a queue changes only the names of rules', () => {
    const renamed = rulesOf([{ ...billing, name: 'Invoices' }, vip], { everyoneQueueSid }).filter(
      (each) => !isEarlier(each) && !isForAnyTask(each),
    );
    const withoutName = ({ expression, targets }: (typeof rules)[number]) => ({ expression, targets });
    expect(renamed.map(withoutName)).toEqual(rules.map(withoutName));
    expect(rules.map(({ expression }) => expression)).toEqual([
      `chatTransferTargetType == 'return' AND chatTransferReturnQueueSid == '${billing.sid}'`,
      `chatTransferTargetType == 'return' AND chatTransferReturnQueueSid == '${vip.sid}'`,
      "chatTransferTargetType == 'return'",
      "chatTransferTargetType == 'worker'",
      `chatTransferTargetType == 'queue' AND chatTransferTargetSid == '${billing.sid}'`,
      `chatTransferTargetType == 'queue' AND chatTransferTargetSid == '${vip.sid}'`,
      "chatTransferTargetType == 'queue'",
    ]);
  });

  it('asks only the target worker, then waits for the functions before it asks others', () => {
    expect(rule(rules, 'Chosen agent')?.targets).toEqual([
      {
        queue: everyoneQueueSid,
        known_worker_sid: 'task.chatTransferTargetSid',
        expression: notDeclined,
        timeout: 60,
      },
      ...fallbackTargets(everyoneQueueSid),
    ]);
  });

  it('asks the workers of a target queue who are not in the chat', () => {
    expect(rule(rules, 'Queue Billing')?.targets).toEqual([
      { queue: billing.sid, expression: notInChat, timeout: 60 },
      ...fallbackTargets(billing.sid),
    ]);
  });

  it('gives the agent who transferred the full time to answer, at whatever age the task returns', () => {
    const late = rulesOf([billing], { everyoneQueueSid, answerSeconds: 20, queueAnswerSeconds: 300 });
    expect(rule(late, 'Return to Billing')?.targets).toEqual([
      {
        queue: everyoneQueueSid,
        known_worker_sid: 'task.chatTransferFromSid',
        expression: notDeclined,
        skip_if: '1==1',
        timeout: 300 + 20 + GRACE_SECONDS + 20,
      },
      { queue: billing.sid, expression: notDeclined, timeout: 20 },
      { queue: billing.sid },
    ]);
  });

  it('returns a task of an unlisted queue to the fallback queue', () => {
    const known = rule(rules, 'Return to Billing')?.targets ?? [];
    expect(rule(rules, 'Return')?.targets).toEqual(
      known.map((target) => ({ ...target, queue: everyoneQueueSid })),
    );
  });

  it('ends every rule with a target that has neither an expression nor a timeout', () => {
    for (const { targets } of allRules) expect(Object.keys(targets.at(-1) ?? {})).toEqual(['queue']);
  });

  it('gives every other target a timeout, so that the task reaches the next one', () => {
    for (const { targets } of allRules) {
      for (const target of targets.slice(0, -1)) expect(target.timeout).toBeGreaterThan(0);
    }
  });

  it('uses the given times and fallback queue', () => {
    const workflow = buildWorkflowConfiguration([billing], {
      everyoneQueueSid,
      fallbackQueueSid: aQueueSid(9),
      answerSeconds: 15,
      queueAnswerSeconds: 30,
    });
    expect(workflow.task_routing.default_filter).toEqual({ queue: aQueueSid(9) });
    const { filters } = workflow.task_routing;
    expect(rule(filters, 'Chosen agent')?.targets).toEqual([
      expect.objectContaining({ known_worker_sid: 'task.chatTransferTargetSid', timeout: 15 }),
      ...fallbackTargets(everyoneQueueSid, aQueueSid(9), 15),
    ]);
    expect(rule(filters, 'Queue Billing')?.targets).toEqual([
      { queue: billing.sid, expression: notInChat, timeout: 30 },
      ...fallbackTargets(billing.sid, aQueueSid(9), 15),
    ]);
  });

  it('routes tasks without a rule to the fallback queue, by default the queue of all workers', () => {
    const workflow = buildWorkflowConfiguration([], { everyoneQueueSid });
    expect(workflow.task_routing.default_filter).toEqual({ queue: everyoneQueueSid });
  });

  it.each([
    ['answerSeconds', { answerSeconds: 0 }],
    ['answerSeconds', { answerSeconds: Number.NaN }],
    ['queueAnswerSeconds', { queueAnswerSeconds: 1.5 }],
    ['ringSeconds', { ringSeconds: 0 }],
  ])('throws if %s is not a whole number above 0', (name, times) => {
    expect(() => buildWorkflowConfiguration([], { everyoneQueueSid, ...times })).toThrow(name);
  });

  it('throws if a queue is listed twice', () => {
    expect(() => buildWorkflowConfiguration([billing, vip, billing], { everyoneQueueSid })).toThrow(
      `queue ${billing.sid} (Billing) is listed twice`,
    );
  });

  const manyQueues = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ sid: aQueueSid(index + 10), name: `Büro ${index}` }));

  it('accepts hundreds of queues', () => {
    const workflow = buildWorkflowConfiguration(manyQueues(350), { everyoneQueueSid });
    expect(new TextEncoder().encode(JSON.stringify(workflow)).length).toBe(jsonSize(workflow));
    expect(jsonSize(workflow)).toBeLessThan(WORKFLOW_BUDGET_BYTES);
  });

  it('throws if TaskRouter would refuse the size, and says what to do', () => {
    expect(() => buildWorkflowConfiguration(manyQueues(5000), { everyoneQueueSid })).toThrow(
      /has \d+ bytes, and TaskRouter allows 1038576\. List only the queues/,
    );
  });
});

describe('buildTransferWorkflow', () => {
  const build = (times: object = {}) => buildTransferWorkflow([billing, vip], { everyoneQueueSid, ...times });

  it('returns the parameters that create the workflow "Chat Transfer"', () => {
    const { configuration, ...others } = build();
    expect(JSON.parse(configuration)).toEqual(
      buildWorkflowConfiguration([billing, vip], { everyoneQueueSid }),
    );
    expect(others).toEqual({ friendlyName: TRANSFER_WORKFLOW_NAME, taskReservationTimeout: 30 });
    expect(TRANSFER_WORKFLOW_NAME).toBe('Chat Transfer');
  });

  it.each([
    [{ answerSeconds: 20 }, 20],
    [{ answerSeconds: 90, queueAnswerSeconds: 10 }, 10],
    [{ answerSeconds: 90, ringSeconds: 45 }, 45],
    [{ answerSeconds: 15, ringSeconds: 15 }, 15],
  ])('lets a reservation of %j ring for %i s', (times, seconds) => {
    expect(build(times).taskReservationTimeout).toBe(seconds);
  });

  it.each([
    { ringSeconds: 61 },
    { answerSeconds: 20, ringSeconds: 21 },
    { queueAnswerSeconds: 20, ringSeconds: 30 },
  ])('throws if a reservation would ring longer than the target has to answer: %j', (times) => {
    expect(() => build(times)).toThrow(/ringSeconds is \d+, and the target has \d+ s to answer/);
  });
});
