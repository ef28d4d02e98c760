import { describe, expect, it } from 'vitest';
import { decide } from './decide';
import { wrapReservation } from './effects';
import type { ConversationEvent } from './events';
import type { Ledger } from './ledger';
import { addToOutbox } from './outbox';
import {
  aLedger,
  aQueueSid,
  aTask,
  aTaskSid,
  aTransfer,
  aTransferRequest,
  aWorker,
  aWorkerSid,
  inWords,
} from './testing';
import type { Transfer } from './transfer';

/**
 * Every state of a transfer × every event. Alice holds task 1 and transfers to Billing, where Bob may take task 2.
 * A row reads: the transfer, the states of tasks 1, 2 (and 3), and after the colon what the functions do in this order.
 */
type Given = Transfer['state'] | 'requested, cold' | 'offered, cold' | 'offered, cold on accept';
type When =
  | ConversationEvent['type']
  | 'transfer-requested, to another'
  | 'transfer-requested, of another task'
  | 'transfer-requested, in another mode'
  | 'transfer-requested, another id'
  | 'transfer-offered, as task 3'
  | 'agent-left, Bob'
  | 'completion-requested, by Bob'
  | 'task-closed, task 2';

const transferId = aTransfer().id;
const alice = { taskSid: aTaskSid(1), worker: aWorker(1), at: 50 };
const bob = { taskSid: aTaskSid(2), worker: aWorker(2), at: 50 };

/** The request is repeated in the mode of the given transfer. */
function eventsFor(mode: Transfer['mode']): Record<When, ConversationEvent> {
  return {
    'task-tracked': { type: 'task-tracked', taskSid: aTaskSid(2), at: 50 },
    'transfer-requested': aTransferRequest({ mode }),
    'transfer-requested, to another': aTransferRequest({
      mode,
      target: { kind: 'worker', workerSid: aWorkerSid(3) },
    }),
    'transfer-requested, of another task': aTransferRequest({ mode, taskSid: aTaskSid(9) }),
    'transfer-requested, in another mode': aTransferRequest({ mode: mode === 'warm' ? 'cold' : 'warm' }),
    'transfer-requested, another id': aTransferRequest({ mode: 'warm', transferId: 'another' }),
    'transfer-offered': { type: 'transfer-offered', transferId, taskSid: aTaskSid(2), at: 50 },
    'transfer-offered, as task 3': { type: 'transfer-offered', transferId, taskSid: aTaskSid(3), at: 50 },
    'transfer-refused': { type: 'transfer-refused', transferId, at: 50 },
    'task-accepted': { type: 'task-accepted', ...bob },
    'agent-left': { type: 'agent-left', ...alice, alreadyWrapping: false },
    'agent-left, Bob': { type: 'agent-left', ...bob, alreadyWrapping: false },
    'completion-requested': { type: 'completion-requested', ...alice },
    'completion-requested, by Bob': { type: 'completion-requested', ...bob },
    'task-closed': { type: 'task-closed', taskSid: aTaskSid(1), at: 50 },
    'task-closed, task 2': { type: 'task-closed', taskSid: aTaskSid(2), at: 50 },
    'customer-ended': { type: 'customer-ended', at: 50 },
  };
}

const aliceIs = (state: 'active' | 'left') => ({ [aTaskSid(1)]: aTask({ state, worker: aWorker(1) }) });
const offered = { [aTaskSid(2)]: aTask({ state: 'waiting', transferId }) };
const accepted = { [aTaskSid(2)]: aTask({ state: 'active', transferId, worker: aWorker(2) }) };
const closed = { [aTaskSid(2)]: aTask({ state: 'closed', transferId }) };

function requested(mode: Transfer['mode']): Transfer {
  const { transferTaskSid: _later, ...transfer } = aTransfer({ state: 'requested', mode });
  return transfer;
}

const LEDGERS: Record<Given, Ledger> = {
  requested: aLedger({ transfer: requested('warm'), tasks: aliceIs('active') }),
  'requested, cold': addToOutbox(aLedger({ transfer: requested('cold'), tasks: aliceIs('left') }), [
    wrapReservation(aTaskSid(1), aWorker(1)),
  ]),
  offered: aLedger({
    transfer: aTransfer({ state: 'offered', mode: 'warm' }),
    tasks: { ...aliceIs('active'), ...offered },
  }),
  'offered, cold': aLedger({
    transfer: aTransfer({ state: 'offered', mode: 'cold' }),
    tasks: { ...aliceIs('left'), ...offered },
  }),
  'offered, cold on accept': aLedger({
    transfer: aTransfer({ state: 'offered', mode: 'cold', release: 'on-accept' }),
    tasks: { ...aliceIs('active'), ...offered },
  }),
  accepted: aLedger({
    past: [aTransfer({ state: 'accepted', mode: 'warm', endedAt: 10 })],
    tasks: { ...aliceIs('active'), ...accepted },
  }),
  unanswered: aLedger({
    past: [aTransfer({ state: 'unanswered', mode: 'warm', endedAt: 10 })],
    tasks: { ...aliceIs('active'), ...closed },
  }),
  abandoned: aLedger({
    past: [aTransfer({ state: 'abandoned', mode: 'warm', endedAt: 10 })],
    tasks: { ...aliceIs('active'), ...offered },
    ended: { at: 10, by: 'customer' },
  }),
};

/** What became of the transfer, its tasks and the chat, and what is to be done, in words. */
function outcomeOf(before: Ledger, event: ConversationEvent): string {
  const decided = decide(before, event);
  if (!decided.ok) return `refused: ${decided.failure.code}`;
  const { ledger, effects } = decided.value;
  if (ledger === before && effects.length === 0) return 'nothing';
  const transfer = ledger.transfer ?? ledger.past.at(-1);
  const tasks = [1, 2, 3].flatMap((number) => ledger.tasks[aTaskSid(number)]?.state ?? []);
  const ended =
    before.ended === undefined && ledger.ended !== undefined ? `, chat ended by ${ledger.ended.by}` : '';
  const done = effects.map(inWords).join('; ');
  return `${transfer?.state ?? 'no transfer'} (${tasks.join(', ')})${ended}${done === '' ? '' : `: ${done}`}`;
}

const ROWS: Record<Given, Record<When, string>> = {
  requested: {
    'task-tracked': 'requested (active, waiting): update conversation',
    'transfer-requested': 'nothing',
    'transfer-requested, to another': 'refused: transfer-id-reused',
    'transfer-requested, of another task': 'refused: transfer-id-reused',
    'transfer-requested, in another mode': 'refused: transfer-id-reused',
    'transfer-requested, another id': 'refused: transfer-open',
    'transfer-offered': 'offered (active, waiting): update conversation',
    'transfer-offered, as task 3': 'offered (active, waiting): update conversation',
    'transfer-refused': 'no transfer (active)',
    'task-accepted': 'requested (active, active): say agent-joined Bob; update conversation',
    'agent-left': 'requested (left): say agent-left Alice; wrap Alice; remove Alice',
    'agent-left, Bob':
      'requested (active, left): say agent-joined Bob; update conversation; say agent-left Bob; wrap Bob; remove Bob',
    'completion-requested':
      'requested (closed): say agent-left Alice; remove Alice; complete task 1, chat goes-on; update conversation',
    'completion-requested, by Bob':
      'requested (active, closed): say agent-joined Bob; update conversation; say agent-left Bob; remove Bob; complete task 2, chat goes-on; update conversation',
    'task-closed': 'requested (closed): say agent-left Alice; remove Alice; update conversation',
    'task-closed, task 2': 'nothing',
    'customer-ended':
      'abandoned (active), chat ended by customer: say customer-left; say chat-ended; update conversation',
  },
  'requested, cold': {
    'task-tracked': 'requested (left, waiting): update conversation',
    'transfer-requested': 'nothing',
    'transfer-requested, to another': 'refused: transfer-id-reused',
    'transfer-requested, of another task': 'refused: transfer-id-reused',
    'transfer-requested, in another mode': 'refused: transfer-id-reused',
    'transfer-requested, another id': 'refused: transfer-open',
    'transfer-offered': 'offered (left, waiting): update conversation',
    'transfer-offered, as task 3': 'offered (left, waiting): update conversation',
    'transfer-refused': 'no transfer (active)',
    'task-accepted': 'requested (left, active): say agent-joined Bob; update conversation',
    'agent-left': 'nothing',
    'agent-left, Bob':
      'requested (left, left): say agent-joined Bob; update conversation; say agent-left Bob; wrap Bob; remove Bob',
    'completion-requested': 'requested (closed): complete task 1, chat goes-on; update conversation',
    'completion-requested, by Bob':
      'requested (left, closed): say agent-joined Bob; update conversation; say agent-left Bob; remove Bob; complete task 2, chat goes-on; update conversation',
    'task-closed': 'requested (closed): update conversation',
    'task-closed, task 2': 'nothing',
    'customer-ended':
      'abandoned (left), chat ended by customer: say customer-left; say chat-ended; update conversation',
  },
  offered: {
    'task-tracked': 'nothing',
    'transfer-requested': 'nothing',
    'transfer-requested, to another': 'refused: transfer-id-reused',
    'transfer-requested, of another task': 'refused: transfer-id-reused',
    'transfer-requested, in another mode': 'refused: transfer-id-reused',
    'transfer-requested, another id': 'refused: transfer-open',
    'transfer-offered': 'nothing',
    'transfer-offered, as task 3': 'offered (active, waiting, waiting): cancel task 3; update conversation',
    'transfer-refused': 'nothing',
    'task-accepted': 'accepted (active, active): say agent-joined Bob',
    'agent-left': 'offered (left, waiting): say agent-left Alice; wrap Alice; remove Alice',
    'agent-left, Bob':
      'accepted (active, left): say agent-joined Bob; say agent-left Bob; wrap Bob; remove Bob',
    'completion-requested':
      'offered (closed, waiting): say agent-left Alice; remove Alice; complete task 1, chat goes-on; update conversation',
    'completion-requested, by Bob':
      'accepted (active, closed): say agent-joined Bob; say agent-left Bob; remove Bob; complete task 2, chat goes-on; update conversation',
    'task-closed': 'offered (closed, waiting): say agent-left Alice; remove Alice; update conversation',
    'task-closed, task 2': 'unanswered (active, closed): say transfer-unanswered; update conversation',
    'customer-ended':
      'abandoned (active, waiting), chat ended by customer: say customer-left; say chat-ended; cancel task 2; update conversation',
  },
  'offered, cold': {
    'task-tracked': 'nothing',
    'transfer-requested': 'nothing',
    'transfer-requested, to another': 'refused: transfer-id-reused',
    'transfer-requested, of another task': 'refused: transfer-id-reused',
    'transfer-requested, in another mode': 'refused: transfer-id-reused',
    'transfer-requested, another id': 'refused: transfer-open',
    'transfer-offered': 'nothing',
    'transfer-offered, as task 3': 'offered (left, waiting, waiting): cancel task 3; update conversation',
    'transfer-refused': 'nothing',
    'task-accepted': 'accepted (left, active): say agent-joined Bob',
    'agent-left': 'nothing',
    'agent-left, Bob':
      'accepted (left, left), chat ended by last-agent: say agent-joined Bob; say agent-left Bob; wrap Bob; remove Bob; say chat-ended; update conversation',
    'completion-requested': 'offered (closed, waiting): complete task 1, chat goes-on; update conversation',
    'completion-requested, by Bob':
      'accepted (left, closed), chat ended by last-agent: say agent-joined Bob; say agent-left Bob; remove Bob; say chat-ended; update conversation; complete task 2, chat has-ended; update conversation',
    'task-closed': 'offered (closed, waiting): update conversation',
    'task-closed, task 2':
      'unanswered (left, closed), chat ended by last-agent: say transfer-unanswered; update conversation; say chat-ended; update conversation',
    'customer-ended':
      'abandoned (left, waiting), chat ended by customer: say customer-left; say chat-ended; cancel task 2; update conversation',
  },
  'offered, cold on accept': {
    'task-tracked': 'nothing',
    'transfer-requested': 'nothing',
    'transfer-requested, to another': 'refused: transfer-id-reused',
    'transfer-requested, of another task': 'refused: transfer-id-reused',
    'transfer-requested, in another mode': 'refused: transfer-id-reused',
    'transfer-requested, another id': 'refused: transfer-open',
    'transfer-offered': 'nothing',
    'transfer-offered, as task 3': 'offered (active, waiting, waiting): cancel task 3; update conversation',
    'transfer-refused': 'nothing',
    'task-accepted':
      'accepted (left, active): say agent-joined Bob; say agent-left Alice; wrap Alice; remove Alice',
    'agent-left': 'offered (left, waiting): say agent-left Alice; wrap Alice; remove Alice',
    'agent-left, Bob':
      'accepted (left, left), chat ended by last-agent: say agent-joined Bob; say agent-left Alice; wrap Alice; remove Alice; say agent-left Bob; wrap Bob; remove Bob; say chat-ended; update conversation',
    'completion-requested':
      'offered (closed, waiting): say agent-left Alice; remove Alice; complete task 1, chat goes-on; update conversation',
    'completion-requested, by Bob':
      'accepted (left, closed), chat ended by last-agent: say agent-joined Bob; say agent-left Alice; wrap Alice; remove Alice; say agent-left Bob; remove Bob; say chat-ended; update conversation; complete task 2, chat has-ended; update conversation',
    'task-closed': 'offered (closed, waiting): say agent-left Alice; remove Alice; update conversation',
    'task-closed, task 2': 'unanswered (active, closed): say transfer-unanswered; update conversation',
    'customer-ended':
      'abandoned (active, waiting), chat ended by customer: say customer-left; say chat-ended; cancel task 2; update conversation',
  },
  accepted: {
    'task-tracked': 'nothing',
    'transfer-requested': 'nothing',
    'transfer-requested, to another': 'refused: transfer-id-reused',
    'transfer-requested, of another task': 'refused: transfer-id-reused',
    'transfer-requested, in another mode': 'refused: transfer-id-reused',
    'transfer-requested, another id':
      'requested (active, active): create transfer task; say transfer-started',
    'transfer-offered': 'nothing',
    'transfer-offered, as task 3': 'accepted (active, active, waiting): cancel task 3; update conversation',
    'transfer-refused': 'nothing',
    'task-accepted': 'nothing',
    'agent-left': 'accepted (left, active): say agent-left Alice; wrap Alice; remove Alice',
    'agent-left, Bob': 'accepted (active, left): say agent-left Bob; wrap Bob; remove Bob',
    'completion-requested':
      'accepted (closed, active): say agent-left Alice; remove Alice; complete task 1, chat goes-on; update conversation',
    'completion-requested, by Bob':
      'accepted (active, closed): say agent-left Bob; remove Bob; complete task 2, chat goes-on; update conversation',
    'task-closed': 'accepted (closed, active): say agent-left Alice; remove Alice; update conversation',
    'task-closed, task 2': 'accepted (active, closed): say agent-left Bob; remove Bob; update conversation',
    'customer-ended':
      'accepted (active, active), chat ended by customer: say customer-left; say chat-ended; update conversation',
  },
  unanswered: {
    'task-tracked': 'nothing',
    'transfer-requested': 'nothing',
    'transfer-requested, to another': 'refused: transfer-id-reused',
    'transfer-requested, of another task': 'refused: transfer-id-reused',
    'transfer-requested, in another mode': 'refused: transfer-id-reused',
    'transfer-requested, another id':
      'requested (active, closed): create transfer task; say transfer-started',
    'transfer-offered': 'nothing',
    'transfer-offered, as task 3': 'unanswered (active, closed, waiting): cancel task 3; update conversation',
    'transfer-refused': 'nothing',
    'task-accepted': 'nothing',
    'agent-left':
      'unanswered (left, closed), chat ended by last-agent: say agent-left Alice; wrap Alice; remove Alice; say chat-ended; update conversation',
    'agent-left, Bob': 'nothing',
    'completion-requested':
      'unanswered (closed, closed), chat ended by last-agent: say agent-left Alice; remove Alice; say chat-ended; update conversation; complete task 1, chat has-ended; update conversation',
    'completion-requested, by Bob': 'nothing',
    'task-closed':
      'unanswered (closed, closed), chat ended by last-agent: say agent-left Alice; remove Alice; say chat-ended; update conversation; update conversation',
    'task-closed, task 2': 'nothing',
    'customer-ended':
      'unanswered (active, closed), chat ended by customer: say customer-left; say chat-ended; update conversation',
  },
  abandoned: {
    'task-tracked': 'nothing',
    'transfer-requested': 'nothing',
    'transfer-requested, to another': 'refused: transfer-id-reused',
    'transfer-requested, of another task': 'refused: transfer-id-reused',
    'transfer-requested, in another mode': 'refused: transfer-id-reused',
    'transfer-requested, another id': 'refused: chat-ended',
    'transfer-offered': 'nothing',
    'transfer-offered, as task 3': 'abandoned (active, waiting, waiting): cancel task 3; update conversation',
    'transfer-refused': 'nothing',
    'task-accepted': 'abandoned (active, active)',
    'agent-left': 'abandoned (left, waiting): wrap Alice; remove Alice',
    'agent-left, Bob': 'abandoned (active, left): wrap Bob; remove Bob',
    'completion-requested':
      'abandoned (closed, waiting): remove Alice; complete task 1, chat has-ended; update conversation',
    'completion-requested, by Bob':
      'abandoned (active, closed): remove Bob; complete task 2, chat has-ended; update conversation',
    'task-closed': 'abandoned (closed, waiting): remove Alice; update conversation',
    'task-closed, task 2': 'abandoned (active, closed): update conversation',
    'customer-ended': 'nothing',
  },
};

describe('decide, about a transfer', () => {
  for (const [given, outcomes] of Object.entries(ROWS) as Array<[Given, Record<When, string>]>) {
    for (const [when, outcome] of Object.entries(outcomes) as Array<[When, string]>) {
      it(`makes of a transfer that is ${given}, on ${when} → ${outcome}`, () => {
        const ledger = LEDGERS[given];
        const mode = (ledger.transfer ?? ledger.past.at(-1))?.mode ?? 'warm';
        expect(outcomeOf(ledger, eventsFor(mode)[when])).toBe(outcome);
      });
    }
  }
});

describe('a transfer as the ledger keeps it', () => {
  const ledgerAfter = (ledger: Ledger, event: ConversationEvent): Ledger => {
    const decided = decide(ledger, event);
    return decided.ok ? decided.value.ledger : ledger;
  };

  it('holds everything that was asked for', () => {
    const event = aTransferRequest({ mode: 'warm', release: 'on-accept', note: 'Wants a refund', at: 7 });
    expect(ledgerAfter(aLedger(), event).transfer).toEqual({
      id: event.transferId,
      state: 'requested',
      mode: 'warm',
      release: 'on-accept',
      originalTaskSid: aTaskSid(1),
      from: aWorker(1),
      target: { kind: 'queue', queueSid: aQueueSid(1) },
      to: { kind: 'queue', label: 'Billing' },
      requestedAt: 7,
      note: 'Wants a refund',
    });
  });

  it('has no note when the agent wrote none', () => {
    expect(ledgerAfter(aLedger(), aTransferRequest({ note: '' })).transfer).not.toHaveProperty('note');
  });

  it('knows its task from the offer on', () => {
    const events = eventsFor('warm');
    const ledger = ledgerAfter(LEDGERS.requested, events['transfer-offered']);
    expect(ledger.transfer?.transferTaskSid).toBe(aTaskSid(2));
    expect(ledger.tasks[aTaskSid(2)]).toEqual({ state: 'waiting', openedAt: 50, transferId });
  });

  it('forgets the note and keeps the time when it ends', () => {
    const transfer = aTransfer({ mode: 'warm', note: 'Wants a refund' });
    const events = eventsFor('warm');
    for (const [when, state] of [
      ['task-accepted', 'accepted'],
      ['task-closed, task 2', 'unanswered'],
      ['customer-ended', 'abandoned'],
    ] as const) {
      const ledger = ledgerAfter({ ...LEDGERS.offered, transfer }, events[when]);
      expect(ledger.transfer).toBeUndefined();
      expect(ledger.past).toEqual([aTransfer({ mode: 'warm', state, endedAt: 50 })]);
    }
  });

  it('says who stands in the way of a second one, and since when', () => {
    expect(decide(LEDGERS.offered, aTransferRequest({ transferId: 'another', by: aWorker(2) }))).toEqual({
      ok: false,
      failure: { code: 'transfer-open', startedBy: 'Alice', startedAt: 0 },
    });
  });
});
