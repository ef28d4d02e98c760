import { describe, expect, it } from 'vitest';
import { aQueueSid } from './testing';
import { buildTransferWorkflow, TRANSFER_WORKFLOW_NAME } from './workflow';

const everyoneQueueSid = aQueueSid(1);
const notInTheChat = 'worker.sid NOT IN task.workerSidsInConversation';

describe('buildTransferWorkflow', () => {
  const workflow = buildTransferWorkflow(
    [
      { sid: aQueueSid(2), name: 'Billing' },
      { sid: aQueueSid(3), name: 'Sam\'s "VIP" desk' },
    ],
    { everyoneQueueSid },
  );
  const [chosenAgent, ...queueRules] = workflow.task_routing.filters;

  it('asks a chosen agent first, then anybody who is not in the chat', () => {
    expect(chosenAgent).toEqual({
      filter_friendly_name: 'Chosen agent',
      expression: "transferTargetType == 'worker'",
      targets: [
        { queue: everyoneQueueSid, known_worker_sid: 'task.transferTargetSid', timeout: 60 },
        { queue: everyoneQueueSid, expression: notInTheChat },
      ],
    });
  });

  it('has one rule per queue that matches its SID, so that renaming a queue changes nothing', () => {
    expect(queueRules.map(({ expression, targets }) => ({ expression, targets }))).toEqual(
      [2, 3].map((number) => ({
        expression: `transferTargetType == 'queue' AND transferTargetSid == '${aQueueSid(number)}'`,
        targets: [{ queue: aQueueSid(number), expression: notInTheChat }],
      })),
    );
  });

  it('shows the names of queues to people only', () => {
    expect(queueRules.map((rule) => rule.filter_friendly_name)).toEqual([
      'Queue Billing',
      'Queue Sam\'s "VIP" desk',
    ]);
  });

  it('sends everything else to the fallback queue, which is everybody unless told otherwise', () => {
    expect(workflow.task_routing.default_filter).toEqual({ queue: everyoneQueueSid });
    const other = buildTransferWorkflow([], {
      everyoneQueueSid,
      fallbackQueueSid: aQueueSid(9),
      answerTimeoutSeconds: 15,
    });
    expect(other.task_routing.default_filter).toEqual({ queue: aQueueSid(9) });
    expect(other.task_routing.filters.map(({ targets }) => targets)).toEqual([
      [
        { queue: everyoneQueueSid, known_worker_sid: 'task.transferTargetSid', timeout: 15 },
        { queue: aQueueSid(9), expression: notInTheChat },
      ],
    ]);
  });

  it('is JSON as it is, under a name to find it by', () => {
    expect(JSON.parse(JSON.stringify(workflow))).toEqual(workflow);
    expect(TRANSFER_WORKFLOW_NAME).toBe('Chat Transfer');
  });
});
