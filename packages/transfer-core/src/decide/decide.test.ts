import { describe, expect, it } from 'vitest';
import {
  aLedger,
  aTask,
  aTaskSid,
  aTransferRequest,
  aWorker,
  aWorkerSid,
  describeEffect,
} from '../../testing';
import type { ConversationEvent } from '../events';
import type { Ledger, TaskRecord } from '../ledger';
import { decide } from './decide';

/**
 * Every state of Alice's task 1 × every event about it. A cell is the new state of the task and, after the colon, the
 * effects in their order.
 */
type Given = TaskRecord['state'] | 'unknown' | 'closed, never accepted';
/**
 * `decide.parked.test.ts` has the tests of `chat-parked`, `confirm.test.ts` those of `tasks-confirmed`, and
 * `decide.ringing.test.ts` those of `offer-rings-on`.
 */
type When =
  | Exclude<
      ConversationEvent['type'],
      'chat-begun-again' | 'chat-parked' | 'chat-not-parked' | 'tasks-confirmed' | 'offer-rings-on'
    >
  | 'transfer-requested, cold'
  | 'offer-expired, for a worker'
  | 'agent-left, wrapping already';
type Row = Record<When, string>;
type Rows<States extends Given = Given> = Record<States, Row>;

/** Events about a transfer that the ledger does not have change nothing. */
const WITHOUT_TRANSFER = {
  'offer-declined': 'nothing',
  'offer-expired': 'nothing',
  'offer-expired, for a worker': 'nothing',
  'cancel-requested': 'refused: not-allowed',
  'transfer-recalled': 'nothing',
  'recall-failed': 'nothing',
  'transfer-refused': 'nothing',
  'start-expired': 'nothing',
  'return-expired': 'nothing',
} as const satisfies Partial<Row>;

const about = { taskSid: aTaskSid(1), at: 50 };
const byAlice = { ...about, worker: aWorker(1) };
const unknown = { transferId: 'unknown', at: 50 };

const EVENTS: Record<When, ConversationEvent> = {
  'chat-adopted': {
    type: 'chat-adopted',
    tasks: { [aTaskSid(1)]: aTask({ state: 'active', worker: aWorker(1) }) },
    at: 50,
  },
  'task-tracked': { type: 'task-tracked', ...about },
  'transfer-requested': aTransferRequest({ mode: 'warm' }),
  'transfer-requested, cold': aTransferRequest({ mode: 'cold' }),
  'transfer-offered': { type: 'transfer-offered', ...unknown, ...about },
  'transfer-refused': { type: 'transfer-refused', ...unknown },
  'start-expired': { type: 'start-expired', ...unknown },
  'return-expired': { type: 'return-expired', ...unknown },
  'offer-declined': { type: 'offer-declined', ...about, workerSid: aWorkerSid(1) },
  'offer-expired': { type: 'offer-expired', ...about },
  'offer-expired, for a worker': { type: 'offer-expired', ...about, workerSid: aWorkerSid(1) },
  'cancel-requested': { type: 'cancel-requested', ...unknown, by: 'Alice' },
  'transfer-recalled': { type: 'transfer-recalled', ...unknown },
  'recall-failed': { type: 'recall-failed', ...unknown },
  'task-accepted': { type: 'task-accepted', ...byAlice },
  'agent-left': { type: 'agent-left', ...byAlice, alreadyWrapping: false },
  'agent-left, wrapping already': { type: 'agent-left', ...byAlice, alreadyWrapping: true },
  'completion-requested': { type: 'completion-requested', ...byAlice },
  'task-closed': { type: 'task-closed', ...about },
  'customer-ended': { type: 'customer-ended', at: 50 },
};

const TASKS: Record<Given, Ledger['tasks']> = {
  unknown: {},
  waiting: { [aTaskSid(1)]: aTask({ state: 'waiting' }) },
  active: { [aTaskSid(1)]: aTask({ state: 'active', worker: aWorker(1) }) },
  left: { [aTaskSid(1)]: aTask({ state: 'left', worker: aWorker(1) }) },
  closed: { [aTaskSid(1)]: aTask({ state: 'closed', worker: aWorker(1) }) },
  'closed, never accepted': { [aTaskSid(1)]: aTask({ state: 'closed' }) },
};

/** Describes task 1, the end of the chat and the effects after an event. */
function describeOutcome(before: Ledger, event: ConversationEvent): string {
  const result = decide(before, event);
  if (!result.ok) return `refused: ${result.failure.code}`;
  const { ledger, effects } = result.value;
  if (ledger === before && effects.length === 0) return 'nothing';
  const state = ledger.tasks[aTaskSid(1)]?.state ?? 'unknown';
  const ended =
    before.ended === undefined && ledger.ended !== undefined ? `, chat ended by ${ledger.ended.by}` : '';
  const described = effects.map(describeEffect).join('; ');
  return `${state}${ended}${described === '' ? '' : `: ${described}`}`;
}

function checkRows(rows: Partial<Rows>, ledgerWith: (tasks: Ledger['tasks']) => Ledger) {
  for (const [given, outcomes] of Object.entries(rows) as Array<[Given, Record<When, string>]>) {
    for (const [when, outcome] of Object.entries(outcomes) as Array<[When, string]>) {
      it(`answers ${when} about a task that is ${given} with: ${outcome}`, () => {
        expect(describeOutcome(ledgerWith(TASKS[given]), EVENTS[when])).toBe(outcome);
      });
    }
  }
}

describe('decide, with another agent in the chat', () => {
  const rows: Rows = {
    unknown: {
      ...WITHOUT_TRANSFER,
      'chat-adopted': 'nothing',
      'task-tracked': 'waiting: update conversation',
      'transfer-requested':
        'active: post agent-joined Alice; update conversation; create transfer task; post transfer-started',
      'transfer-requested, cold':
        'left: post agent-joined Alice; update conversation; create transfer task; post transfer-started; post agent-left Alice; wrap Alice; remove Alice',
      'transfer-offered': 'waiting: update conversation',
      'task-accepted': 'active: post agent-joined Alice; update conversation',
      'agent-left':
        'left: post agent-joined Alice; update conversation; post agent-left Alice; wrap Alice; remove Alice',
      'agent-left, wrapping already':
        'left: post agent-joined Alice; update conversation; post agent-left Alice; remove Alice',
      'completion-requested':
        'closed: post agent-joined Alice; update conversation; post agent-left Alice; remove Alice; complete task 1, chat goes-on; update conversation',
      'task-closed': 'nothing',
      'customer-ended':
        'unknown, chat ended by customer: post customer-left; post chat-ended; update conversation',
    },
    waiting: {
      ...WITHOUT_TRANSFER,
      'chat-adopted': 'nothing',
      'task-tracked': 'nothing',
      'transfer-requested': 'active: post agent-joined Alice; create transfer task; post transfer-started',
      'transfer-requested, cold':
        'left: post agent-joined Alice; create transfer task; post transfer-started; post agent-left Alice; wrap Alice; remove Alice',
      'transfer-offered': 'nothing',
      'task-accepted': 'active: post agent-joined Alice',
      'agent-left': 'left: post agent-joined Alice; post agent-left Alice; wrap Alice; remove Alice',
      'agent-left, wrapping already': 'left: post agent-joined Alice; post agent-left Alice; remove Alice',
      'completion-requested':
        'closed: post agent-joined Alice; post agent-left Alice; remove Alice; complete task 1, chat goes-on; update conversation',
      'task-closed': 'closed: update conversation',
      'customer-ended':
        'waiting, chat ended by customer: post customer-left; post chat-ended; cancel task 1; update conversation',
    },
    active: {
      ...WITHOUT_TRANSFER,
      'chat-adopted': 'nothing',
      'task-tracked': 'nothing',
      'transfer-requested': 'active: create transfer task; post transfer-started',
      'transfer-requested, cold':
        'left: create transfer task; post transfer-started; post agent-left Alice; wrap Alice; remove Alice',
      'transfer-offered': 'nothing',
      'task-accepted': 'nothing',
      'agent-left': 'left: post agent-left Alice; wrap Alice; remove Alice',
      'agent-left, wrapping already': 'left: post agent-left Alice; remove Alice',
      'completion-requested':
        'closed: post agent-left Alice; remove Alice; complete task 1, chat goes-on; update conversation',
      'task-closed': 'closed: post agent-left Alice; remove Alice; update conversation',
      'customer-ended':
        'active, chat ended by customer: post customer-left; post chat-ended; update conversation',
    },
    left: {
      ...WITHOUT_TRANSFER,
      'chat-adopted': 'nothing',
      'task-tracked': 'nothing',
      'transfer-requested': 'left: create transfer task; post transfer-started',
      'transfer-requested, cold': 'left: create transfer task; post transfer-started',
      'transfer-offered': 'nothing',
      'task-accepted': 'nothing',
      'agent-left': 'nothing',
      'agent-left, wrapping already': 'nothing',
      'completion-requested': 'closed: complete task 1, chat goes-on; update conversation',
      'task-closed': 'closed: update conversation',
      'customer-ended':
        'left, chat ended by customer: post customer-left; post chat-ended; update conversation',
    },
    closed: {
      ...WITHOUT_TRANSFER,
      'chat-adopted': 'nothing',
      'task-tracked': 'nothing',
      'transfer-requested': 'closed: create transfer task; post transfer-started',
      'transfer-requested, cold': 'closed: create transfer task; post transfer-started',
      'transfer-offered': 'nothing',
      'task-accepted': 'nothing',
      'agent-left': 'nothing',
      'agent-left, wrapping already': 'nothing',
      'completion-requested': 'nothing',
      'task-closed': 'nothing',
      'customer-ended':
        'closed, chat ended by customer: post customer-left; post chat-ended; update conversation',
    },
    // An event about the agent of this task arrives late, so the agent is removed from the chat.
    'closed, never accepted': {
      ...WITHOUT_TRANSFER,
      'chat-adopted': 'nothing',
      'task-tracked': 'nothing',
      'transfer-requested':
        'closed: post agent-joined Alice; post agent-left Alice; remove Alice; create transfer task; post transfer-started',
      'transfer-requested, cold':
        'closed: post agent-joined Alice; post agent-left Alice; remove Alice; create transfer task; post transfer-started',
      'transfer-offered': 'nothing',
      'task-accepted': 'closed: post agent-joined Alice; post agent-left Alice; remove Alice',
      'agent-left': 'closed: post agent-joined Alice; post agent-left Alice; remove Alice',
      'agent-left, wrapping already': 'closed: post agent-joined Alice; post agent-left Alice; remove Alice',
      'completion-requested': 'closed: post agent-joined Alice; post agent-left Alice; remove Alice',
      'task-closed': 'nothing',
      'customer-ended':
        'closed, chat ended by customer: post customer-left; post chat-ended; update conversation',
    },
  };
  checkRows(rows, (tasks) =>
    aLedger({ tasks: { ...tasks, [aTaskSid(9)]: aTask({ state: 'active', worker: aWorker(2) }) } }),
  );
});

describe('decide, with one task', () => {
  const rows: Rows<'unknown' | 'waiting' | 'active'> = {
    unknown: {
      ...WITHOUT_TRANSFER,
      'chat-adopted': 'active: update conversation',
      'task-tracked': 'waiting: update conversation',
      'transfer-requested':
        'active: post agent-joined Alice; update conversation; create transfer task; post transfer-started',
      'transfer-requested, cold':
        'left: post agent-joined Alice; update conversation; create transfer task; post transfer-started; post agent-left Alice; wrap Alice; remove Alice',
      'transfer-offered': 'waiting: update conversation',
      'task-accepted': 'active: post agent-joined Alice; update conversation',
      'agent-left':
        'left, chat ended by last-agent: post agent-joined Alice; update conversation; post agent-left Alice; wrap Alice; remove Alice; post chat-ended; update conversation',
      'agent-left, wrapping already':
        'left, chat ended by last-agent: post agent-joined Alice; update conversation; post agent-left Alice; remove Alice; post chat-ended; update conversation',
      'completion-requested':
        'closed, chat ended by last-agent: post agent-joined Alice; update conversation; post agent-left Alice; remove Alice; post chat-ended; update conversation; complete task 1, chat has-ended; update conversation',
      'task-closed': 'nothing',
      'customer-ended':
        'unknown, chat ended by customer: post customer-left; post chat-ended; update conversation',
    },
    waiting: {
      ...WITHOUT_TRANSFER,
      'chat-adopted': 'nothing',
      'task-tracked': 'nothing',
      'transfer-requested': 'active: post agent-joined Alice; create transfer task; post transfer-started',
      'transfer-requested, cold':
        'left: post agent-joined Alice; create transfer task; post transfer-started; post agent-left Alice; wrap Alice; remove Alice',
      'transfer-offered': 'nothing',
      'task-accepted': 'active: post agent-joined Alice',
      'agent-left':
        'left, chat ended by last-agent: post agent-joined Alice; post agent-left Alice; wrap Alice; remove Alice; post chat-ended; update conversation',
      'agent-left, wrapping already':
        'left, chat ended by last-agent: post agent-joined Alice; post agent-left Alice; remove Alice; post chat-ended; update conversation',
      'completion-requested':
        'closed, chat ended by last-agent: post agent-joined Alice; post agent-left Alice; remove Alice; post chat-ended; update conversation; complete task 1, chat has-ended; update conversation',
      'task-closed':
        'closed, chat ended by last-agent: update conversation; post chat-ended; update conversation',
      'customer-ended':
        'waiting, chat ended by customer: post customer-left; post chat-ended; cancel task 1; update conversation',
    },
    active: {
      ...WITHOUT_TRANSFER,
      'chat-adopted': 'nothing',
      'task-tracked': 'nothing',
      'transfer-requested': 'active: create transfer task; post transfer-started',
      'transfer-requested, cold':
        'left: create transfer task; post transfer-started; post agent-left Alice; wrap Alice; remove Alice',
      'transfer-offered': 'nothing',
      'task-accepted': 'nothing',
      'agent-left':
        'left, chat ended by last-agent: post agent-left Alice; wrap Alice; remove Alice; post chat-ended; update conversation',
      'agent-left, wrapping already':
        'left, chat ended by last-agent: post agent-left Alice; remove Alice; post chat-ended; update conversation',
      'completion-requested':
        'closed, chat ended by last-agent: post agent-left Alice; remove Alice; post chat-ended; update conversation; complete task 1, chat has-ended; update conversation',
      'task-closed':
        'closed, chat ended by last-agent: post agent-left Alice; remove Alice; post chat-ended; update conversation; update conversation',
      'customer-ended':
        'active, chat ended by customer: post customer-left; post chat-ended; update conversation',
    },
  };
  checkRows(rows, (tasks) => aLedger({ tasks }));
});

describe('decide, in a chat', () => {
  const byCustomer: Rows = {
    unknown: {
      ...WITHOUT_TRANSFER,
      'chat-adopted': 'nothing',
      'task-tracked': 'waiting: cancel task 1; update conversation',
      'transfer-requested': 'refused: chat-ended',
      'transfer-requested, cold': 'refused: chat-ended',
      'transfer-offered': 'waiting: cancel task 1; update conversation',
      'task-accepted': 'active: update conversation',
      'agent-left': 'left: update conversation; wrap Alice; remove Alice',
      'agent-left, wrapping already': 'left: update conversation; remove Alice',
      'completion-requested':
        'closed: update conversation; remove Alice; complete task 1, chat has-ended; update conversation',
      'task-closed': 'nothing',
      'customer-ended': 'nothing',
    },
    waiting: {
      ...WITHOUT_TRANSFER,
      'chat-adopted': 'nothing',
      'task-tracked': 'nothing',
      'transfer-requested': 'refused: chat-ended',
      'transfer-requested, cold': 'refused: chat-ended',
      'transfer-offered': 'nothing',
      'task-accepted': 'active',
      'agent-left': 'left: wrap Alice; remove Alice',
      'agent-left, wrapping already': 'left: remove Alice',
      'completion-requested': 'closed: remove Alice; complete task 1, chat has-ended; update conversation',
      'task-closed': 'closed: update conversation',
      'customer-ended': 'nothing',
    },
    active: {
      ...WITHOUT_TRANSFER,
      'chat-adopted': 'nothing',
      'task-tracked': 'nothing',
      'transfer-requested': 'refused: chat-ended',
      'transfer-requested, cold': 'refused: chat-ended',
      'transfer-offered': 'nothing',
      'task-accepted': 'nothing',
      'agent-left': 'left: wrap Alice; remove Alice',
      'agent-left, wrapping already': 'left: remove Alice',
      'completion-requested': 'closed: remove Alice; complete task 1, chat has-ended; update conversation',
      'task-closed': 'closed: remove Alice; update conversation',
      'customer-ended': 'nothing',
    },
    left: {
      ...WITHOUT_TRANSFER,
      'chat-adopted': 'nothing',
      'task-tracked': 'nothing',
      'transfer-requested': 'refused: chat-ended',
      'transfer-requested, cold': 'refused: chat-ended',
      'transfer-offered': 'nothing',
      'task-accepted': 'nothing',
      'agent-left': 'nothing',
      'agent-left, wrapping already': 'nothing',
      'completion-requested': 'closed: complete task 1, chat has-ended; update conversation',
      'task-closed': 'closed: update conversation',
      'customer-ended': 'nothing',
    },
    closed: {
      ...WITHOUT_TRANSFER,
      'chat-adopted': 'nothing',
      'task-tracked': 'nothing',
      'transfer-requested': 'refused: chat-ended',
      'transfer-requested, cold': 'refused: chat-ended',
      'transfer-offered': 'nothing',
      'task-accepted': 'nothing',
      'agent-left': 'nothing',
      'agent-left, wrapping already': 'nothing',
      'completion-requested': 'nothing',
      'task-closed': 'nothing',
      'customer-ended': 'nothing',
    },
    // An event about the agent of this task arrives late, so the agent is removed from the chat.
    'closed, never accepted': {
      ...WITHOUT_TRANSFER,
      'chat-adopted': 'nothing',
      'task-tracked': 'nothing',
      'transfer-requested': 'refused: chat-ended',
      'transfer-requested, cold': 'refused: chat-ended',
      'transfer-offered': 'nothing',
      'task-accepted': 'closed: remove Alice',
      'agent-left': 'closed: remove Alice',
      'agent-left, wrapping already': 'closed: remove Alice',
      'completion-requested': 'closed: remove Alice',
      'task-closed': 'nothing',
      'customer-ended': 'nothing',
    },
  };
  describe('ended by the customer', () => {
    checkRows(byCustomer, (tasks) => aLedger({ tasks, ended: { at: 10, by: 'customer' } }));
  });

  describe('ended with the last agent', () => {
    // The customer is in the chat, so a new task is not cancelled.
    const unknown: Row = {
      ...byCustomer.unknown,
      'task-tracked': 'waiting: update conversation',
      'transfer-offered': 'waiting: update conversation',
    };
    checkRows({ ...byCustomer, unknown }, (tasks) => aLedger({ tasks, ended: { at: 10, by: 'last-agent' } }));
  });
});
