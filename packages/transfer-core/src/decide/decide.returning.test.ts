import { describe, expect, it } from 'vitest';
import { listCases, type ReturningGiven, type Row } from '../../test/transfer-table';
import type { UntakenReason } from '../transfer';

/**
 * A returning transfer × every event. The target did not take the chat, the chat has no agent, and the transfer task
 * returns. The transfer ends when an agent joins on any task, when its task closes, when no agent takes it in time or when the
 * customer ends the chat.
 */
const returning = (
  untakenReason: UntakenReason,
  excluded: Pick<Row, 'offer-declined' | 'offer-declined, by Carol'>,
  cancelled: string,
  excluding = '',
): Row => ({
  ...excluded,
  'task-tracked': 'nothing',
  // Alice is not in the chat: task 1 is `left`.
  'transfer-requested, with another id': 'refused: transfer-open',
  // Carol is in the chat, because she requests a transfer of it.
  'transfer-requested, with another id by Carol':
    'requested (left, waiting, active): post agent-joined Carol; update conversation; cancel task 2; create transfer task; post transfer-started',
  'transfer-offered': 'nothing',
  'transfer-offered, as task 3': `${untakenReason}, returning (left, waiting, waiting)${excluding}: cancel task 3; update conversation`,
  'transfer-refused': 'nothing',
  'start-expired': 'nothing',
  // The task waits on.
  'return-expired': `${untakenReason} (left, waiting)`,
  'offer-expired': 'nothing',
  'offer-expired, for Bob': excluded['offer-declined'],
  'offer-expired, for Carol': excluded['offer-declined, by Carol'],
  'cancel-requested': cancelled,
  'transfer-recalled': 'nothing',
  'recall-failed': 'nothing',
  'task-accepted': `${untakenReason} → returned (left, active): post agent-joined Bob`,
  'task-accepted, by Alice': `${untakenReason} → returned (left, active): post agent-joined Alice; add Alice`,
  'task-accepted, of task 3': `${untakenReason} → returned (left, waiting, active): post agent-joined Carol; update conversation; cancel task 2`,
  'agent-left': 'nothing',
  'agent-left, by Bob': `${untakenReason} → returned (left, left), chat ended by last-agent: post agent-joined Bob; post agent-left Bob; wrap Bob; remove Bob; post chat-ended; update conversation`,
  'completion-requested': `${untakenReason}, returning (closed, waiting)${excluding}: complete task 1, chat goes-on; update conversation`,
  'completion-requested, by Bob': `${untakenReason} → returned (left, closed), chat ended by last-agent: post agent-joined Bob; post agent-left Bob; remove Bob; post chat-ended; update conversation; complete task 2, chat has-ended; update conversation`,
  'task-closed': `${untakenReason}, returning (closed, waiting)${excluding}: update conversation`,
  'task-closed, of task 2': `${untakenReason} (left, closed), chat ended by last-agent: update conversation; post chat-ended; update conversation`,
  'customer-ended':
    'abandoned (left, waiting), chat ended by customer: post customer-left; post chat-ended; cancel task 2; update conversation',
});

const ROWS: Record<ReturningGiven, Row> = {
  declined: returning(
    'declined',
    {
      // Bob has declined already.
      'offer-declined': 'nothing',
      'offer-declined, by Carol':
        'declined, returning (left, waiting), excluding Bob and Carol: redirect task',
    },
    'refused: transfer-over',
    ', excluding Bob',
  ),
  unanswered: returning(
    'unanswered',
    {
      'offer-declined': 'unanswered, returning (left, waiting), excluding Bob: redirect task',
      'offer-declined, by Carol': 'unanswered, returning (left, waiting), excluding Carol: redirect task',
    },
    'refused: transfer-over',
  ),
  cancelled: returning(
    'cancelled',
    {
      'offer-declined': 'cancelled, returning (left, waiting), excluding Bob: redirect task',
      'offer-declined, by Carol': 'cancelled, returning (left, waiting), excluding Carol: redirect task',
    },
    'nothing',
  ),
};

describe('decide, for a returning transfer', () => {
  it.each(listCases(ROWS))('answers $title with: $outcome', ({ outcome, outcomes }) => {
    expect(outcomes()).toEqual([outcome]);
  });
});
