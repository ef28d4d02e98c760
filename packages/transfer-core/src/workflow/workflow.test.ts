import { describe, expect, it } from 'vitest';
import { aQueueSid } from '../../testing';
import { jsonSize } from '../json-size';
import {
  buildTransferWorkflow,
  GRACE_SECONDS,
  TRANSFER_WORKFLOW_NAME,
  WORKFLOW_BUDGET_BYTES,
} from './workflow';

const everyoneQueueSid = aQueueSid(1);
const billing = { sid: aQueueSid(2), name: 'Billing' };
const vip = { sid: aQueueSid(3), name: 'Sam\'s "VIP" desk' };
const notInTheChat = 'worker.sid NOT IN task.workerSidsInConversation';
const notDeclined = 'worker.sid NOT IN task.transferDeclinedBy';

const rulesOf = (...[queues, options]: Parameters<typeof buildTransferWorkflow>) =>
  buildTransferWorkflow(queues, options).task_routing.filters;
const rule = (rules: ReturnType<typeof rulesOf>, name: string) =>
  rules.find((candidate) => candidate.filter_friendly_name === name);

/** Where a task goes that the functions left alone. */
const leftAlone = (queue: string, fallback: string = everyoneQueueSid, answerSeconds = 60) => [
  { queue, expression: '1==2', timeout: GRACE_SECONDS },
  {
    queue: everyoneQueueSid,
    known_worker_sid: 'task.transferFromSid',
    expression: notDeclined,
    skip_if: '1==1',
    timeout: answerSeconds,
  },
  { queue: fallback, expression: `${notInTheChat} AND ${notDeclined}`, timeout: answerSeconds },
  { queue: fallback },
];

describe('buildTransferWorkflow', () => {
  const rules = rulesOf([billing, vip], { everyoneQueueSid });

  it('names its rules for people, returns first', () => {
    expect(rules.map((each) => each.filter_friendly_name)).toEqual([
      'Return to Billing',
      'Return to Sam\'s "VIP" desk',
      'Return',
      'Chosen agent',
      'Queue Billing',
      'Queue Sam\'s "VIP" desk',
    ]);
  });

  it('matches queues by SID, so that renaming a queue changes nothing but the names of rules', () => {
    const renamed = rulesOf([{ ...billing, name: 'Invoices' }, vip], { everyoneQueueSid });
    const withoutName = ({ expression, targets }: (typeof rules)[number]) => ({ expression, targets });
    expect(renamed.map(withoutName)).toEqual(rules.map(withoutName));
    expect(rules.map(({ expression }) => expression)).toEqual([
      `transferTargetType == 'return' AND transferReturnQueueSid == '${billing.sid}'`,
      `transferTargetType == 'return' AND transferReturnQueueSid == '${vip.sid}'`,
      "transferTargetType == 'return'",
      "transferTargetType == 'worker'",
      `transferTargetType == 'queue' AND transferTargetSid == '${billing.sid}'`,
      `transferTargetType == 'queue' AND transferTargetSid == '${vip.sid}'`,
    ]);
  });

  it('asks a chosen agent only, and leaves the functions time to decide what is next', () => {
    expect(rule(rules, 'Chosen agent')?.targets).toEqual([
      {
        queue: everyoneQueueSid,
        known_worker_sid: 'task.transferTargetSid',
        expression: notDeclined,
        timeout: 60,
      },
      ...leftAlone(everyoneQueueSid),
    ]);
  });

  it('asks the agents of a chosen queue who are not in the chat', () => {
    expect(rule(rules, 'Queue Billing')?.targets).toEqual([
      { queue: billing.sid, expression: notInTheChat, timeout: 60 },
      ...leftAlone(billing.sid),
    ]);
  });

  it('gives the agent who transferred the whole time for an answer, however late the task comes back', () => {
    const late = rulesOf([billing], { everyoneQueueSid, answerSeconds: 20, queueAnswerSeconds: 300 });
    expect(rule(late, 'Return to Billing')?.targets).toEqual([
      {
        queue: everyoneQueueSid,
        known_worker_sid: 'task.transferFromSid',
        expression: notDeclined,
        skip_if: '1==1',
        timeout: 300 + GRACE_SECONDS + 20,
      },
      { queue: billing.sid, expression: notDeclined, timeout: 20 },
      { queue: billing.sid },
    ]);
  });

  it('sends back to the fallback queue what came from a queue that it does not know', () => {
    const known = rule(rules, 'Return to Billing')?.targets ?? [];
    expect(rule(rules, 'Return')?.targets).toEqual(
      known.map((target) => ({ ...target, queue: everyoneQueueSid })),
    );
  });

  it('ends every rule in a target that is open to all and never runs out', () => {
    for (const { targets } of rules) expect(Object.keys(targets.at(-1) ?? {})).toEqual(['queue']);
  });

  it('has a timeout or a way to skip on every target but the last, so that the next one is reached', () => {
    for (const { targets } of rules) {
      for (const target of targets.slice(0, -1)) expect(target.timeout).toBeGreaterThan(0);
    }
  });

  it('takes the times and the fallback queue that it is given', () => {
    const workflow = buildTransferWorkflow([billing], {
      everyoneQueueSid,
      fallbackQueueSid: aQueueSid(9),
      answerSeconds: 15,
      queueAnswerSeconds: 30,
    });
    expect(workflow.task_routing.default_filter).toEqual({ queue: aQueueSid(9) });
    const { filters } = workflow.task_routing;
    expect(rule(filters, 'Chosen agent')?.targets).toEqual([
      expect.objectContaining({ known_worker_sid: 'task.transferTargetSid', timeout: 15 }),
      ...leftAlone(everyoneQueueSid, aQueueSid(9), 15),
    ]);
    expect(rule(filters, 'Queue Billing')?.targets).toEqual([
      { queue: billing.sid, expression: notInTheChat, timeout: 30 },
      ...leftAlone(billing.sid, aQueueSid(9), 15),
    ]);
  });

  it('sends everything else to the fallback queue, which is everybody unless told otherwise', () => {
    const workflow = buildTransferWorkflow([], { everyoneQueueSid });
    expect(workflow.task_routing.default_filter).toEqual({ queue: everyoneQueueSid });
  });

  it('is JSON as it is, under a name to find it by', () => {
    const workflow = buildTransferWorkflow([billing, vip], { everyoneQueueSid });
    expect(JSON.parse(JSON.stringify(workflow))).toEqual(workflow);
    expect(TRANSFER_WORKFLOW_NAME).toBe('Chat Transfer');
  });

  it.each([
    ['answerSeconds', { answerSeconds: 0 }],
    ['answerSeconds', { answerSeconds: Number.NaN }],
    ['queueAnswerSeconds', { queueAnswerSeconds: 1.5 }],
  ])('refuses %s that TaskRouter could not count', (name, times) => {
    expect(() => buildTransferWorkflow([], { everyoneQueueSid, ...times })).toThrow(name);
  });

  it('refuses to make two rules for one queue', () => {
    expect(() => buildTransferWorkflow([billing, vip, billing], { everyoneQueueSid })).toThrow(
      `queue ${billing.sid} (Billing) is listed twice`,
    );
  });

  const manyQueues = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ sid: aQueueSid(index + 10), name: `Büro ${index}` }));

  it('takes hundreds of queues', () => {
    const workflow = buildTransferWorkflow(manyQueues(700), { everyoneQueueSid });
    expect(new TextEncoder().encode(JSON.stringify(workflow)).length).toBe(jsonSize(workflow));
    expect(jsonSize(workflow)).toBeLessThan(WORKFLOW_BUDGET_BYTES);
  });

  it('says what to do when there are more than TaskRouter takes', () => {
    expect(() => buildTransferWorkflow(manyQueues(5000), { everyoneQueueSid })).toThrow(
      /has \d+ bytes, and TaskRouter allows 1038576\. List only the queues/,
    );
  });
});
