import { describe, expect, it } from 'vitest';
import { listCases, type ReturningGiven, type Row } from '../../test/transfer-table';
import type { UntakenReason } from '../transfer';

/**
 * A transfer that nobody took while nobody was in the chat × every event: its task is on its way back to the agent and
 * the queue it came from. It ends when somebody is in the chat again, by whatever task, or nobody can be any more.
 */
const onItsWayBack = (
  untakenReason: UntakenReason,
  passedOver: Pick<Row, 'offer-declined' | 'offer-declined, by Carol'>,
  cancelled: string,
  without = '',
): Row => ({
  ...passedOver,
  'task-tracked': 'nothing',
  // Alice is not in the chat: she has left it on task 1.
  'transfer-requested, another id': 'refused: transfer-open',
  // Carol is: she asks for a transfer of the chat, so it has its agent.
  'transfer-requested, another id by Carol':
    'requested (left, waiting, active): say agent-joined Carol; update conversation; cancel task 2; create transfer task; say transfer-started',
  'transfer-offered': 'nothing',
  'transfer-offered, as task 3': `${untakenReason}, on its way back (left, waiting, waiting)${without}: cancel task 3; update conversation`,
  'transfer-refused': 'nothing',
  'offer-expired': 'nothing',
  'offer-expired, for Bob': passedOver['offer-declined'],
  'offer-expired, for Carol': passedOver['offer-declined, by Carol'],
  'cancel-requested': cancelled,
  'transfer-recalled': 'nothing',
  'recall-failed': 'nothing',
  'task-accepted': `${untakenReason} → returned (left, active): say agent-joined Bob`,
  'task-accepted, by Alice': `${untakenReason} → returned (left, active): say agent-joined Alice; add Alice`,
  'task-accepted, task 3': `${untakenReason} → returned (left, waiting, active): say agent-joined Carol; update conversation; cancel task 2`,
  'agent-left': 'nothing',
  'agent-left, Bob': `${untakenReason} → returned (left, left), chat ended by last-agent: say agent-joined Bob; say agent-left Bob; wrap Bob; remove Bob; say chat-ended; update conversation`,
  'completion-requested': `${untakenReason}, on its way back (closed, waiting)${without}: complete task 1, chat goes-on; update conversation`,
  'completion-requested, by Bob': `${untakenReason} → returned (left, closed), chat ended by last-agent: say agent-joined Bob; say agent-left Bob; remove Bob; say chat-ended; update conversation; complete task 2, chat has-ended; update conversation`,
  'task-closed': `${untakenReason}, on its way back (closed, waiting)${without}: update conversation`,
  'task-closed, task 2': `${untakenReason} (left, closed), chat ended by last-agent: update conversation; say chat-ended; update conversation`,
  'customer-ended':
    'abandoned (left, waiting), chat ended by customer: say customer-left; say chat-ended; cancel task 2; update conversation',
});

const ROWS: Record<ReturningGiven, Row> = {
  declined: onItsWayBack(
    'declined',
    {
      // Bob has declined already: it comes twice.
      'offer-declined': 'nothing',
      'offer-declined, by Carol':
        'declined, on its way back (left, waiting), without Bob and Carol: redirect task',
    },
    'refused: transfer-over',
    ', without Bob',
  ),
  unanswered: onItsWayBack(
    'unanswered',
    {
      'offer-declined': 'unanswered, on its way back (left, waiting), without Bob: redirect task',
      'offer-declined, by Carol': 'unanswered, on its way back (left, waiting), without Carol: redirect task',
    },
    'refused: transfer-over',
  ),
  cancelled: onItsWayBack(
    'cancelled',
    {
      'offer-declined': 'cancelled, on its way back (left, waiting), without Bob: redirect task',
      'offer-declined, by Carol': 'cancelled, on its way back (left, waiting), without Carol: redirect task',
    },
    'nothing',
  ),
};

describe('decide, about a transfer on its way back', () => {
  it.each(listCases(ROWS))('makes of one that is $title → $outcome', ({ outcome, outcomes }) => {
    expect(outcomes()).toEqual([outcome]);
  });
});
