import { describe, expect, it } from 'vitest';
import { listCases, type PendingGiven, type Row } from '../../test/transfer-table';

/**
 * A transfer that somebody may still accept × every event. A row reads: the transfer, the states of tasks 1, 2 (and 3),
 * and after the colon what the functions do in this order.
 */
type Being = '' | ', being cancelled';

const requested = (being: Being): Row => ({
  'task-tracked': `requested (active, waiting)${being}: update conversation`,
  'transfer-requested, another id': 'refused: transfer-open',
  'transfer-requested, another id by Carol': 'refused: transfer-open',
  'transfer-offered':
    being === ''
      ? 'offered (active, waiting): update conversation'
      : 'offered (active, waiting), being cancelled: update conversation; recall transfer',
  'transfer-offered, as task 3':
    being === ''
      ? 'offered (active, waiting): update conversation'
      : 'offered (active, waiting), being cancelled: update conversation; recall transfer',
  // Also where Alice was to be let go: nobody is before the task exists.
  'transfer-refused': 'failed (active): say transfer-failed',
  'offer-declined': 'nothing',
  'offer-declined, by Carol': 'nothing',
  'offer-expired': 'nothing',
  'offer-expired, for Bob': 'nothing',
  'offer-expired, for Carol': 'nothing',
  'cancel-requested': being === '' ? 'requested (active), being cancelled: recall transfer' : 'nothing',
  // What has no task yet cannot have been taken back.
  'transfer-recalled': 'nothing',
  'recall-failed': being === '' ? 'nothing' : 'requested (active)',
  'task-accepted': `requested (active, active)${being}: say agent-joined Bob; update conversation`,
  'task-accepted, by Alice': `requested (active, active)${being}: say agent-joined Alice; add Alice; update conversation`,
  'task-accepted, task 3': `requested (active, active)${being}: say agent-joined Carol; update conversation`,
  'agent-left': `requested (left)${being}: say agent-left Alice; wrap Alice; remove Alice`,
  'agent-left, Bob': `requested (active, left)${being}: say agent-joined Bob; update conversation; say agent-left Bob; wrap Bob; remove Bob`,
  'completion-requested': `requested (closed)${being}: say agent-left Alice; remove Alice; complete task 1, chat goes-on; update conversation`,
  'completion-requested, by Bob': `requested (active, closed)${being}: say agent-joined Bob; update conversation; say agent-left Bob; remove Bob; complete task 2, chat goes-on; update conversation`,
  'task-closed': `requested (closed)${being}: say agent-left Alice; remove Alice; update conversation`,
  'task-closed, task 2': 'nothing',
  'customer-ended':
    'abandoned (active), chat ended by customer: say customer-left; say chat-ended; update conversation',
});

const requestedAlone = (being: Being): Row => ({
  ...requested(being),
  'task-tracked': `requested (left, waiting)${being}: update conversation`,
  'transfer-offered':
    being === ''
      ? 'offered (left, waiting): update conversation'
      : 'offered (left, waiting), being cancelled: update conversation; recall transfer',
  'transfer-offered, as task 3':
    being === ''
      ? 'offered (left, waiting): update conversation'
      : 'offered (left, waiting), being cancelled: update conversation; recall transfer',
  'cancel-requested': being === '' ? 'requested (left), being cancelled: recall transfer' : 'nothing',
  'recall-failed': being === '' ? 'nothing' : 'requested (left)',
  'task-accepted': `requested (left, active)${being}: say agent-joined Bob; update conversation`,
  'task-accepted, by Alice': `requested (left, active)${being}: say agent-joined Alice; add Alice; update conversation`,
  'task-accepted, task 3': `requested (left, active)${being}: say agent-joined Carol; update conversation`,
  'agent-left': 'nothing',
  'agent-left, Bob': `requested (left, left)${being}: say agent-joined Bob; update conversation; say agent-left Bob; wrap Bob; remove Bob`,
  'completion-requested': `requested (closed)${being}: complete task 1, chat goes-on; update conversation`,
  'completion-requested, by Bob': `requested (left, closed)${being}: say agent-joined Bob; update conversation; say agent-left Bob; remove Bob; complete task 2, chat goes-on; update conversation`,
  'task-closed': `requested (closed)${being}: update conversation`,
  'customer-ended':
    'abandoned (left), chat ended by customer: say customer-left; say chat-ended; update conversation',
});

/** With Alice in the chat: whoever does not take it, she goes on. */
const offered = (being: Being): Row => ({
  'task-tracked': 'nothing',
  'transfer-requested, another id': 'refused: transfer-open',
  'transfer-requested, another id by Carol': 'refused: transfer-open',
  'transfer-offered': 'nothing',
  'transfer-offered, as task 3': `offered (active, waiting, waiting)${being}: cancel task 3; update conversation`,
  'transfer-refused': 'nothing',
  'offer-declined': {
    worker: 'declined → returned (active, waiting): say transfer-declined; cancel task 2',
    queue: 'nothing',
  },
  'offer-declined, by Carol': 'nothing',
  'offer-expired': 'unanswered → returned (active, waiting): say transfer-unanswered; cancel task 2',
  'offer-expired, for Bob': {
    worker: 'unanswered → returned (active, waiting): say transfer-unanswered; cancel task 2',
    queue: 'nothing',
  },
  'offer-expired, for Carol': 'nothing',
  'cancel-requested':
    being === '' ? 'offered (active, waiting), being cancelled: recall transfer' : 'nothing',
  'transfer-recalled': 'cancelled (active, waiting): say transfer-cancelled Alice; cancel task 2',
  'recall-failed': being === '' ? 'nothing' : 'offered (active, waiting)',
  'task-accepted': 'accepted (active, active): say agent-joined Bob',
  'task-accepted, by Alice': 'accepted (active, active): say agent-joined Alice; add Alice',
  'task-accepted, task 3': `offered (active, waiting, active)${being}: say agent-joined Carol; update conversation`,
  'agent-left': `offered (left, waiting)${being}: say agent-left Alice; wrap Alice; remove Alice`,
  'agent-left, Bob':
    'accepted (active, left): say agent-joined Bob; say agent-left Bob; wrap Bob; remove Bob',
  'completion-requested': `offered (closed, waiting)${being}: say agent-left Alice; remove Alice; complete task 1, chat goes-on; update conversation`,
  'completion-requested, by Bob':
    'accepted (active, closed): say agent-joined Bob; say agent-left Bob; remove Bob; complete task 2, chat goes-on; update conversation',
  'task-closed': `offered (closed, waiting)${being}: say agent-left Alice; remove Alice; update conversation`,
  'task-closed, task 2':
    being === ''
      ? 'unanswered → returned (active, closed): say transfer-unanswered; update conversation'
      : 'cancelled (active, closed): say transfer-cancelled Alice; update conversation',
  'customer-ended':
    'abandoned (active, waiting), chat ended by customer: say customer-left; say chat-ended; cancel task 2; update conversation',
});

/** With nobody in the chat: whoever does not take it, somebody else is looked for. */
const offeredAlone = (being: Being): Row => ({
  ...offered(being),
  'transfer-offered, as task 3': `offered (left, waiting, waiting)${being}: cancel task 3; update conversation`,
  'offer-declined': {
    worker:
      'declined, on its way back (left, waiting), without Bob: redirect task; say transfer-declined, looking',
    queue: 'nothing',
  },
  // It may still ring for Bob: he is not to have it any more.
  'offer-expired': {
    worker:
      'unanswered, on its way back (left, waiting), without Bob: redirect task; say transfer-unanswered, looking',
    queue: 'unanswered, on its way back (left, waiting): redirect task; say transfer-unanswered, looking',
  },
  'offer-expired, for Bob': {
    worker:
      'unanswered, on its way back (left, waiting), without Bob: redirect task; say transfer-unanswered, looking',
    queue: 'nothing',
  },
  'cancel-requested': being === '' ? 'offered (left, waiting), being cancelled: recall transfer' : 'nothing',
  'transfer-recalled':
    'cancelled, on its way back (left, waiting): redirect task; say transfer-cancelled Alice, looking',
  'recall-failed': being === '' ? 'nothing' : 'offered (left, waiting)',
  'task-accepted': 'accepted (left, active): say agent-joined Bob',
  'task-accepted, by Alice': 'accepted (left, active): say agent-joined Alice; add Alice',
  'task-accepted, task 3': `offered (left, waiting, active)${being}: say agent-joined Carol; update conversation`,
  'agent-left': 'nothing',
  'agent-left, Bob':
    'accepted (left, left), chat ended by last-agent: say agent-joined Bob; say agent-left Bob; wrap Bob; remove Bob; say chat-ended; update conversation',
  'completion-requested': `offered (closed, waiting)${being}: complete task 1, chat goes-on; update conversation`,
  'completion-requested, by Bob':
    'accepted (left, closed), chat ended by last-agent: say agent-joined Bob; say agent-left Bob; remove Bob; say chat-ended; update conversation; complete task 2, chat has-ended; update conversation',
  'task-closed': `offered (closed, waiting)${being}: update conversation`,
  'task-closed, task 2':
    being === ''
      ? 'unanswered (left, closed), chat ended by last-agent: say transfer-unanswered; update conversation; say chat-ended; update conversation'
      : 'cancelled (left, closed), chat ended by last-agent: say transfer-cancelled Alice; update conversation; say chat-ended; update conversation',
  'customer-ended':
    'abandoned (left, waiting), chat ended by customer: say customer-left; say chat-ended; cancel task 2; update conversation',
});

const ROWS: Record<PendingGiven, Row> = {
  requested: requested(''),
  'requested, being cancelled': requested(', being cancelled'),
  'requested, nobody in the chat': requestedAlone(''),
  'requested, nobody in the chat, being cancelled': requestedAlone(', being cancelled'),
  offered: offered(''),
  'offered, being cancelled': offered(', being cancelled'),
  'offered, cold on accept': {
    ...offered(''),
    'task-accepted':
      'accepted (left, active): say agent-joined Bob; say agent-left Alice; wrap Alice; remove Alice',
    // She stays in the chat, on her other task.
    'task-accepted, by Alice':
      'accepted (left, active): say agent-joined Alice; add Alice; say agent-left Alice; wrap Alice',
    'agent-left, Bob':
      'accepted (left, left), chat ended by last-agent: say agent-joined Bob; say agent-left Alice; wrap Alice; remove Alice; say agent-left Bob; wrap Bob; remove Bob; say chat-ended; update conversation',
    'completion-requested, by Bob':
      'accepted (left, closed), chat ended by last-agent: say agent-joined Bob; say agent-left Alice; wrap Alice; remove Alice; say agent-left Bob; remove Bob; say chat-ended; update conversation; complete task 2, chat has-ended; update conversation',
  },
  'offered, nobody in the chat': offeredAlone(''),
  'offered, nobody in the chat, being cancelled': offeredAlone(', being cancelled'),
};

describe('decide, about a transfer that is offered', () => {
  it.each(listCases(ROWS))('makes of one that is $title → $outcome', ({ outcome, outcomes }) => {
    expect(outcomes()).toEqual([outcome]);
  });
});
