import { describe, expect, it } from 'vitest';
import { listCases, type PendingGiven, type Row } from '../../test/transfer-table';

/**
 * A pending transfer × every event. A cell is the transfer, the states of tasks 1, 2 (and 3) and, after the colon, the
 * effects in their order.
 */
type Cancel = '' | ', cancel requested';

const requested = (cancel: Cancel): Row => ({
  'task-tracked': `requested (active, waiting)${cancel}: update conversation`,
  'transfer-requested, with another id': 'refused: transfer-open',
  'transfer-requested, with another id by Carol': 'refused: transfer-open',
  'transfer-offered':
    cancel === ''
      ? 'offered (active, waiting): update conversation'
      : 'offered (active, waiting), cancel requested: update conversation; recall transfer',
  'transfer-offered, as task 3':
    cancel === ''
      ? 'offered (active, waiting): update conversation'
      : 'offered (active, waiting), cancel requested: update conversation; recall transfer',
  // Alice stays active even if the transfer releases agents: no agent is released before the task exists.
  'transfer-refused': 'failed (active): post transfer-failed',
  'start-expired': 'failed (active): post transfer-failed',
  'return-expired': 'nothing',
  'offer-declined': 'nothing',
  'offer-declined, by Carol': 'nothing',
  'offer-expired': 'nothing',
  'offer-expired, for Bob': 'nothing',
  'offer-expired, for Carol': 'nothing',
  'cancel-requested': cancel === '' ? 'requested (active), cancel requested: recall transfer' : 'nothing',
  // A transfer without a task cannot be recalled.
  'transfer-recalled': 'nothing',
  'recall-failed': cancel === '' ? 'nothing' : 'requested (active)',
  'task-accepted': `requested (active, active)${cancel}: post agent-joined Bob; update conversation`,
  // She is in the chat on her other task, so she neither joins nor leaves again.
  'task-accepted, by Alice': `requested (active, active)${cancel}: add Alice; update conversation`,
  'task-accepted, of task 3': `requested (active, active)${cancel}: post agent-joined Carol; update conversation`,
  'agent-left': `requested (left)${cancel}: post agent-left Alice; wrap Alice; remove Alice`,
  'agent-left, by Bob': `requested (active, left)${cancel}: post agent-joined Bob; update conversation; post agent-left Bob; wrap Bob; remove Bob`,
  'completion-requested': `requested (closed)${cancel}: post agent-left Alice; remove Alice; complete task 1, chat goes-on; update conversation`,
  'completion-requested, by Bob': `requested (active, closed)${cancel}: post agent-joined Bob; update conversation; post agent-left Bob; remove Bob; complete task 2, chat goes-on; update conversation`,
  'task-closed': `requested (closed)${cancel}: post agent-left Alice; remove Alice; update conversation`,
  'task-closed, of task 2': 'nothing',
  // A call that got no answer may still create the task.
  'customer-ended':
    'abandoned (active), chat ended by customer: post customer-left; post chat-ended; withdraw transfer task; update conversation',
});

const requestedWithoutAgent = (cancel: Cancel): Row => ({
  ...requested(cancel),
  'task-tracked': `requested (left, waiting)${cancel}: update conversation`,
  'transfer-offered':
    cancel === ''
      ? 'offered (left, waiting): update conversation'
      : 'offered (left, waiting), cancel requested: update conversation; recall transfer',
  'transfer-offered, as task 3':
    cancel === ''
      ? 'offered (left, waiting): update conversation'
      : 'offered (left, waiting), cancel requested: update conversation; recall transfer',
  'cancel-requested': cancel === '' ? 'requested (left), cancel requested: recall transfer' : 'nothing',
  'recall-failed': cancel === '' ? 'nothing' : 'requested (left)',
  'task-accepted': `requested (left, active)${cancel}: post agent-joined Bob; update conversation`,
  'task-accepted, by Alice': `requested (left, active)${cancel}: post agent-joined Alice; add Alice; update conversation`,
  'task-accepted, of task 3': `requested (left, active)${cancel}: post agent-joined Carol; update conversation`,
  'agent-left': 'nothing',
  'agent-left, by Bob': `requested (left, left)${cancel}: post agent-joined Bob; update conversation; post agent-left Bob; wrap Bob; remove Bob`,
  'completion-requested': `requested (closed)${cancel}: complete task 1, chat goes-on; update conversation`,
  'completion-requested, by Bob': `requested (left, closed)${cancel}: post agent-joined Bob; update conversation; post agent-left Bob; remove Bob; complete task 2, chat goes-on; update conversation`,
  'task-closed': `requested (closed)${cancel}: update conversation`,
  'customer-ended':
    'abandoned (left), chat ended by customer: post customer-left; post chat-ended; withdraw transfer task; update conversation',
});

/** Alice accepts a task that was offered to Bob: his time has passed, and the event about it is late. */
const passedOffer = (cancel: string, alices: 'active' | 'left'): string =>
  cancel === ''
    ? `unanswered → returned (${alices}, active): post transfer-unanswered`
    : `cancelled → returned (${alices}, active): post transfer-cancelled Alice`;

/** Alice is in the chat, and keeps it if the target does not take it. */
const offered = (cancel: Cancel): Row => ({
  'task-tracked': 'nothing',
  'transfer-requested, with another id': 'refused: transfer-open',
  'transfer-requested, with another id by Carol': 'refused: transfer-open',
  'transfer-offered': 'nothing',
  'transfer-offered, as task 3': `offered (active, waiting, waiting)${cancel}: cancel task 3; update conversation`,
  'transfer-refused': 'nothing',
  // The transfer task exists.
  'start-expired': 'nothing',
  'return-expired': 'nothing',
  'offer-declined': {
    worker: 'declined → returned (active, waiting): post transfer-declined; cancel task 2',
    queue: 'nothing',
  },
  'offer-declined, by Carol': 'nothing',
  'offer-expired': 'unanswered → returned (active, waiting): post transfer-unanswered; cancel task 2',
  'offer-expired, for Bob': {
    worker: 'unanswered → returned (active, waiting): post transfer-unanswered; cancel task 2',
    queue: 'nothing',
  },
  'offer-expired, for Carol': 'nothing',
  'cancel-requested':
    cancel === '' ? 'offered (active, waiting), cancel requested: recall transfer' : 'nothing',
  'transfer-recalled': 'cancelled (active, waiting): post transfer-cancelled Alice; cancel task 2',
  'recall-failed': cancel === '' ? 'nothing' : 'offered (active, waiting)',
  'task-accepted': 'accepted (active, active): post agent-joined Bob',
  'task-accepted, by Alice': {
    worker: `${passedOffer(cancel, 'active')}; add Alice`,
    queue: 'accepted (active, active): add Alice',
  },
  'task-accepted, of task 3': `offered (active, waiting, active)${cancel}: post agent-joined Carol; update conversation`,
  'agent-left': `offered (left, waiting)${cancel}: post agent-left Alice; wrap Alice; remove Alice`,
  'agent-left, by Bob':
    'accepted (active, left): post agent-joined Bob; post agent-left Bob; wrap Bob; remove Bob',
  'completion-requested': `offered (closed, waiting)${cancel}: post agent-left Alice; remove Alice; complete task 1, chat goes-on; update conversation`,
  'completion-requested, by Bob':
    'accepted (active, closed): post agent-joined Bob; post agent-left Bob; remove Bob; complete task 2, chat goes-on; update conversation',
  'task-closed': `offered (closed, waiting)${cancel}: post agent-left Alice; remove Alice; update conversation`,
  'task-closed, of task 2':
    cancel === ''
      ? 'unanswered → returned (active, closed): post transfer-unanswered; update conversation'
      : 'cancelled (active, closed): post transfer-cancelled Alice; update conversation',
  'customer-ended':
    'abandoned (active, waiting), chat ended by customer: post customer-left; post chat-ended; cancel task 2; update conversation',
});

/** No agent is in the chat, so the transfer task returns if the target does not take the chat. */
const offeredWithoutAgent = (cancel: Cancel): Row => ({
  ...offered(cancel),
  'transfer-offered, as task 3': `offered (left, waiting, waiting)${cancel}: cancel task 3; update conversation`,
  'offer-declined': {
    worker:
      'declined, returning (left, waiting), excluding Bob: redirect task; post transfer-declined, looking',
    queue: 'nothing',
  },
  // Bob's reservation may be pending. The redirected task must not be offered to him.
  'offer-expired': {
    worker:
      'unanswered, returning (left, waiting), excluding Bob: redirect task; post transfer-unanswered, looking',
    queue: 'unanswered, returning (left, waiting): redirect task; post transfer-unanswered, looking',
  },
  'offer-expired, for Bob': {
    worker:
      'unanswered, returning (left, waiting), excluding Bob: redirect task; post transfer-unanswered, looking',
    queue: 'nothing',
  },
  'cancel-requested':
    cancel === '' ? 'offered (left, waiting), cancel requested: recall transfer' : 'nothing',
  'transfer-recalled':
    'cancelled, returning (left, waiting): redirect task; post transfer-cancelled Alice, looking',
  'recall-failed': cancel === '' ? 'nothing' : 'offered (left, waiting)',
  'task-accepted': 'accepted (left, active): post agent-joined Bob',
  'task-accepted, by Alice': {
    worker: `${passedOffer(cancel, 'left')}; post agent-joined Alice; add Alice`,
    queue: 'accepted (left, active): post agent-joined Alice; add Alice',
  },
  'task-accepted, of task 3': `offered (left, waiting, active)${cancel}: post agent-joined Carol; update conversation`,
  'agent-left': 'nothing',
  'agent-left, by Bob':
    'accepted (left, left), chat ended by last-agent: post agent-joined Bob; post agent-left Bob; wrap Bob; remove Bob; post chat-ended; update conversation',
  'completion-requested': `offered (closed, waiting)${cancel}: complete task 1, chat goes-on; update conversation`,
  'completion-requested, by Bob':
    'accepted (left, closed), chat ended by last-agent: post agent-joined Bob; post agent-left Bob; remove Bob; post chat-ended; update conversation; complete task 2, chat has-ended; update conversation',
  'task-closed': `offered (closed, waiting)${cancel}: update conversation`,
  'task-closed, of task 2':
    cancel === ''
      ? 'unanswered (left, closed), chat ended by last-agent: post transfer-unanswered; update conversation; post chat-ended; update conversation'
      : 'cancelled (left, closed), chat ended by last-agent: post transfer-cancelled Alice; update conversation; post chat-ended; update conversation',
  'customer-ended':
    'abandoned (left, waiting), chat ended by customer: post customer-left; post chat-ended; cancel task 2; update conversation',
});

const ROWS: Record<PendingGiven, Row> = {
  requested: requested(''),
  'requested, cancel requested': requested(', cancel requested'),
  'requested, no agent in the chat': requestedWithoutAgent(''),
  'requested, no agent in the chat, cancel requested': requestedWithoutAgent(', cancel requested'),
  offered: offered(''),
  'offered, cancel requested': offered(', cancel requested'),
  'offered, cold on accept': {
    ...offered(''),
    'task-accepted':
      'accepted (left, active): post agent-joined Bob; post agent-left Alice; wrap Alice; remove Alice',
    // She stays in the chat on the transfer task.
    'task-accepted, by Alice': {
      worker: `${passedOffer('', 'active')}; add Alice`,
      queue: 'accepted (left, active): add Alice; wrap Alice',
    },
    'agent-left, by Bob':
      'accepted (left, left), chat ended by last-agent: post agent-joined Bob; post agent-left Alice; wrap Alice; remove Alice; post agent-left Bob; wrap Bob; remove Bob; post chat-ended; update conversation',
    'completion-requested, by Bob':
      'accepted (left, closed), chat ended by last-agent: post agent-joined Bob; post agent-left Alice; wrap Alice; remove Alice; post agent-left Bob; remove Bob; post chat-ended; update conversation; complete task 2, chat has-ended; update conversation',
  },
  'offered, no agent in the chat': offeredWithoutAgent(''),
  'offered, no agent in the chat, cancel requested': offeredWithoutAgent(', cancel requested'),
};

describe('decide, for a pending transfer', () => {
  it.each(listCases(ROWS))('answers $title with: $outcome', ({ outcome, outcomes }) => {
    expect(outcomes()).toEqual([outcome]);
  });
});
