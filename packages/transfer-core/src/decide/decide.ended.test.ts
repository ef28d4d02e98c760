import { describe, expect, it } from 'vitest';
import { type EndedGiven, listCases, type Row } from '../../test/transfer-table';

/** An ended transfer × every event. No event opens the transfer again. */
type Late =
  | 'transfer-refused'
  | 'start-expired'
  | 'return-expired'
  | 'transfer-offered'
  | 'offer-declined'
  | 'offer-declined, by Carol'
  | 'offer-expired'
  | 'offer-expired, for Bob'
  | 'offer-expired, for Carol'
  | 'transfer-recalled'
  | 'recall-failed';
const LATE: Pick<Row, Late> = {
  'transfer-refused': 'nothing',
  'start-expired': 'nothing',
  'return-expired': 'nothing',
  'transfer-offered': 'nothing',
  'offer-declined': 'nothing',
  'offer-declined, by Carol': 'nothing',
  'offer-expired': 'nothing',
  'offer-expired, for Bob': 'nothing',
  'offer-expired, for Carol': 'nothing',
  'transfer-recalled': 'nothing',
  'recall-failed': 'nothing',
};

/** Alice is in the chat on task 1. The transfer task is closed, and no agent is known to have accepted it. */
const aliceStayed = (state: string, cancelled: string): Row => ({
  ...LATE,
  'task-tracked': 'nothing',
  'transfer-requested, with another id':
    'requested (active, closed): create transfer task; post transfer-started',
  'transfer-requested, with another id by Carol':
    'requested (active, closed, active): post agent-joined Carol; update conversation; create transfer task; post transfer-started',
  'transfer-offered, as task 3': `${state} (active, closed, waiting): cancel task 3; update conversation`,
  'cancel-requested': cancelled,
  // The event arrives after the end of the task: the agent has joined and left.
  'task-accepted': `${state} (active, closed): post agent-joined Bob; post agent-left Bob; remove Bob`,
  // She stays in the chat on task 1.
  'task-accepted, by Alice': `${state} (active, closed)`,
  'task-accepted, of task 3': `${state} (active, closed, active): post agent-joined Carol; update conversation`,
  'agent-left': `${state} (left, closed), chat ended by last-agent: post agent-left Alice; wrap Alice; remove Alice; post chat-ended; update conversation`,
  'agent-left, by Bob': `${state} (active, closed): post agent-joined Bob; post agent-left Bob; remove Bob`,
  'completion-requested': `${state} (closed, closed), chat ended by last-agent: post agent-left Alice; remove Alice; post chat-ended; update conversation; complete task 1, chat has-ended; update conversation`,
  'completion-requested, by Bob': `${state} (active, closed): post agent-joined Bob; post agent-left Bob; remove Bob`,
  'task-closed': `${state} (closed, closed), chat ended by last-agent: post agent-left Alice; remove Alice; post chat-ended; update conversation; update conversation`,
  'task-closed, of task 2': 'nothing',
  'customer-ended': `${state} (active, closed), chat ended by customer: post customer-left; post chat-ended; update conversation`,
});

/** Alice wraps up task 1 and is in the chat on the transfer task. */
const aliceReturned = (state: string, cancelled: string): Row => ({
  ...LATE,
  'task-tracked': 'nothing',
  'transfer-requested, with another id':
    'requested (left, active): create transfer task; post transfer-started',
  'transfer-requested, with another id by Carol':
    'requested (left, active, active): post agent-joined Carol; update conversation; create transfer task; post transfer-started',
  'transfer-offered, as task 3': `${state} (left, active, waiting): cancel task 3; update conversation`,
  'cancel-requested': cancelled,
  'task-accepted': 'nothing',
  'task-accepted, by Alice': 'nothing',
  'task-accepted, of task 3': `${state} (left, active, active): post agent-joined Carol; update conversation`,
  'agent-left': 'nothing',
  'agent-left, by Bob': `${state} (left, left), chat ended by last-agent: post agent-left Alice; wrap Alice; remove Alice; post chat-ended; update conversation`,
  'completion-requested': `${state} (closed, active): complete task 1, chat goes-on; update conversation`,
  'completion-requested, by Bob': `${state} (left, closed), chat ended by last-agent: post agent-left Alice; remove Alice; post chat-ended; update conversation; complete task 2, chat has-ended; update conversation`,
  'task-closed': `${state} (closed, active): update conversation`,
  'task-closed, of task 2': `${state} (left, closed), chat ended by last-agent: post agent-left Alice; remove Alice; post chat-ended; update conversation; update conversation`,
  'customer-ended': `${state} (left, active), chat ended by customer: post customer-left; post chat-ended; update conversation`,
});

/** The transfer task was closed before an agent accepted it, and the chat had no agent. */
const chatEnded = (state: string, cancelled: string): Row => ({
  ...LATE,
  'task-tracked': 'nothing',
  'transfer-requested, with another id': 'refused: chat-ended',
  'transfer-requested, with another id by Carol': 'refused: chat-ended',
  'transfer-offered, as task 3': `${state} (left, closed, waiting): cancel task 3; update conversation`,
  'cancel-requested': cancelled,
  // The event arrives after the end of the task: the agent has joined and left.
  'task-accepted': `${state} (left, closed): remove Bob`,
  'task-accepted, by Alice': `${state} (left, closed): remove Alice`,
  'task-accepted, of task 3': `${state} (left, closed, active): update conversation`,
  'agent-left': 'nothing',
  'agent-left, by Bob': `${state} (left, closed): remove Bob`,
  'completion-requested': `${state} (closed, closed): complete task 1, chat has-ended; update conversation`,
  'completion-requested, by Bob': `${state} (left, closed): remove Bob`,
  'task-closed': `${state} (closed, closed): update conversation`,
  'task-closed, of task 2': 'nothing',
  'customer-ended': 'nothing',
});

/** No agent took the chat back in time. Alice wraps up task 1, and the transfer task waits like any other task. */
const returnExpired = (state: string, cancelled: string): Row => ({
  ...LATE,
  'task-tracked': 'nothing',
  'transfer-requested, with another id':
    'requested (left, waiting): create transfer task; post transfer-started',
  'transfer-requested, with another id by Carol':
    'requested (left, waiting, active): post agent-joined Carol; update conversation; create transfer task; post transfer-started',
  'transfer-offered, as task 3': `${state} (left, waiting, waiting): cancel task 3; update conversation`,
  'cancel-requested': cancelled,
  'task-accepted': `${state} (left, active): post agent-joined Bob`,
  'task-accepted, by Alice': `${state} (left, active): post agent-joined Alice; add Alice`,
  // Task 2 waits on: an agent may accept it and join Carol.
  'task-accepted, of task 3': `${state} (left, waiting, active): post agent-joined Carol; update conversation`,
  'agent-left': 'nothing',
  'agent-left, by Bob': `${state} (left, left), chat ended by last-agent: post agent-joined Bob; post agent-left Bob; wrap Bob; remove Bob; post chat-ended; update conversation`,
  'completion-requested': `${state} (closed, waiting): complete task 1, chat goes-on; update conversation`,
  'completion-requested, by Bob': `${state} (left, closed), chat ended by last-agent: post agent-joined Bob; post agent-left Bob; remove Bob; post chat-ended; update conversation; complete task 2, chat has-ended; update conversation`,
  'task-closed': `${state} (closed, waiting): update conversation`,
  'task-closed, of task 2': `${state} (left, closed), chat ended by last-agent: update conversation; post chat-ended; update conversation`,
  'customer-ended': `${state} (left, waiting), chat ended by customer: post customer-left; post chat-ended; cancel task 2; update conversation`,
});

/** The customer ended the chat while Alice was in it and the transfer task waited. */
const abandoned = (cancelled: string): Row => ({
  ...LATE,
  'task-tracked': 'nothing',
  'transfer-requested, with another id': 'refused: chat-ended',
  'transfer-requested, with another id by Carol': 'refused: chat-ended',
  'transfer-offered, as task 3': 'abandoned (active, waiting, waiting): cancel task 3; update conversation',
  'cancel-requested': cancelled,
  'task-accepted': 'abandoned (active, active)',
  'task-accepted, by Alice': 'abandoned (active, active): add Alice',
  'task-accepted, of task 3': 'abandoned (active, waiting, active): update conversation',
  'agent-left': 'abandoned (left, waiting): wrap Alice; remove Alice',
  'agent-left, by Bob': 'abandoned (active, left): wrap Bob; remove Bob',
  'completion-requested':
    'abandoned (closed, waiting): remove Alice; complete task 1, chat has-ended; update conversation',
  'completion-requested, by Bob':
    'abandoned (active, closed): remove Bob; complete task 2, chat has-ended; update conversation',
  'task-closed': 'abandoned (closed, waiting): remove Alice; update conversation',
  'task-closed, of task 2': 'abandoned (active, closed): update conversation',
  'customer-ended': 'nothing',
});

const ROWS: Record<EndedGiven, Row> = {
  accepted: {
    ...LATE,
    'task-tracked': 'nothing',
    'transfer-requested, with another id':
      'requested (active, active): create transfer task; post transfer-started',
    'transfer-requested, with another id by Carol':
      'requested (active, active, active): post agent-joined Carol; update conversation; create transfer task; post transfer-started',
    'transfer-offered, as task 3': 'accepted (active, active, waiting): cancel task 3; update conversation',
    'cancel-requested': 'refused: transfer-accepted',
    'task-accepted': 'nothing',
    'task-accepted, by Alice': 'nothing',
    'task-accepted, of task 3':
      'accepted (active, active, active): post agent-joined Carol; update conversation',
    'agent-left': 'accepted (left, active): post agent-left Alice; wrap Alice; remove Alice',
    'agent-left, by Bob': 'accepted (active, left): post agent-left Bob; wrap Bob; remove Bob',
    'completion-requested':
      'accepted (closed, active): post agent-left Alice; remove Alice; complete task 1, chat goes-on; update conversation',
    'completion-requested, by Bob':
      'accepted (active, closed): post agent-left Bob; remove Bob; complete task 2, chat goes-on; update conversation',
    'task-closed': 'accepted (closed, active): post agent-left Alice; remove Alice; update conversation',
    'task-closed, of task 2':
      'accepted (active, closed): post agent-left Bob; remove Bob; update conversation',
    'customer-ended':
      'accepted (active, active), chat ended by customer: post customer-left; post chat-ended; update conversation',
  },
  returned: aliceStayed('declined → returned', 'refused: transfer-over'),
  'cancelled, agent in the chat': aliceStayed('cancelled', 'nothing'),
  'returned, on its own task': aliceReturned('unanswered → returned', 'refused: transfer-over'),
  'returned, from a cancellation': aliceReturned('cancelled → returned', 'nothing'),
  // Its task could not be created in time, or Twilio refused to create it. If the task exists anyway, it is cancelled.
  failed: {
    ...LATE,
    'task-tracked': 'failed (active, waiting): update conversation',
    'transfer-requested, with another id': 'requested (active): create transfer task; post transfer-started',
    'transfer-requested, with another id by Carol':
      'requested (active, active): post agent-joined Carol; update conversation; create transfer task; post transfer-started',
    'transfer-offered': 'failed (active, waiting): cancel task 2; update conversation',
    'transfer-offered, as task 3': 'failed (active, waiting): cancel task 3; update conversation',
    'cancel-requested': 'refused: transfer-over',
    'task-accepted': 'failed (active, active): post agent-joined Bob; update conversation',
    'task-accepted, by Alice': 'failed (active, active): add Alice; update conversation',
    'task-accepted, of task 3': 'failed (active, active): post agent-joined Carol; update conversation',
    'agent-left':
      'failed (left), chat ended by last-agent: post agent-left Alice; wrap Alice; remove Alice; post chat-ended; update conversation',
    'agent-left, by Bob':
      'failed (active, left): post agent-joined Bob; update conversation; post agent-left Bob; wrap Bob; remove Bob',
    'completion-requested':
      'failed (closed), chat ended by last-agent: post agent-left Alice; remove Alice; post chat-ended; update conversation; complete task 1, chat has-ended; update conversation',
    'completion-requested, by Bob':
      'failed (active, closed): post agent-joined Bob; update conversation; post agent-left Bob; remove Bob; complete task 2, chat goes-on; update conversation',
    'task-closed':
      'failed (closed), chat ended by last-agent: post agent-left Alice; remove Alice; post chat-ended; update conversation; update conversation',
    'task-closed, of task 2': 'nothing',
    'customer-ended':
      'failed (active), chat ended by customer: post customer-left; post chat-ended; update conversation',
  },
  'declined, chat ended': chatEnded('declined', 'refused: transfer-over'),
  'unanswered, chat ended': chatEnded('unanswered', 'refused: transfer-over'),
  'cancelled, chat ended': chatEnded('cancelled', 'nothing'),
  'declined, return expired': returnExpired('declined', 'refused: transfer-over'),
  'unanswered, return expired': returnExpired('unanswered', 'refused: transfer-over'),
  'cancelled, return expired': returnExpired('cancelled', 'nothing'),
  abandoned: abandoned('refused: transfer-over'),
  'abandoned, from a cancellation': abandoned('nothing'),
};

describe('decide, for an ended transfer', () => {
  it.each(listCases(ROWS))('answers $title with: $outcome', ({ outcome, outcomes }) => {
    expect(outcomes()).toEqual([outcome]);
  });
});
