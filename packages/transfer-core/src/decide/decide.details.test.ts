import { describe, expect, it } from 'vitest';
import { eventsFor, type Given, ledgersOf, transferId, type When } from '../../test/transfer-table';
import {
  aLedger,
  aQueueSid,
  aTask,
  aTaskSid,
  aTransfer,
  aTransferRequest,
  aWorker,
  aWorkerSid,
  describeEffect,
} from '../../testing';
import type { ConversationEvent } from '../events';
import type { Ledger } from '../ledger';
import type { Notice } from '../notice/notice';
import type { Transfer } from '../transfer';
import { decide } from './decide';

/** Details that the table does not show: the fields of a transfer, the facts of refusals and notices, and adopted chats. */

const toBob = {
  target: { kind: 'worker' as const, workerSid: aWorkerSid(2) },
  to: { kind: 'agent' as const, name: 'Bob' },
};

/** A transfer to Bob in this situation, in the first mode that it can have. */
function situation(given: Given): { readonly ledger: Ledger; readonly transfer: Transfer } {
  const found = ledgersOf(given).find(({ transfer }) => transfer.target.kind === 'worker');
  if (found === undefined)
    throw new Error(`The table has no ledger with a transfer to a worker that is ${given}.`);
  return found;
}

function decideOn(ledger: Ledger, event: ConversationEvent) {
  const result = decide(ledger, event);
  if (!result.ok) throw new Error(`Refused: ${result.failure.code}`);
  const { effects } = result.value;
  const notices = effects.flatMap((effect): Notice[] =>
    effect.kind === 'post-notice' ? [effect.notice] : [],
  );
  return { ledger: result.value.ledger, effects, notices };
}

const after = (given: Given, when: When) => {
  const { ledger, transfer } = situation(given);
  return decideOn(ledger, eventsFor(transfer)[when]);
};

describe('a transfer in the ledger', () => {
  it('has every value of its request', () => {
    const event = aTransferRequest({
      mode: 'warm',
      release: 'on-accept',
      note: 'Wants a refund',
      answerWithinMs: 45_000,
      at: 7,
    });
    expect(decideOn(aLedger(), event).ledger.transfer).toEqual({
      id: event.transferId,
      state: 'requested',
      mode: 'warm',
      release: 'on-accept',
      originalTaskSid: aTaskSid(1),
      from: aWorker(1),
      target: { kind: 'queue', queueSid: aQueueSid(1) },
      to: { kind: 'queue', label: 'Billing' },
      requestedAt: 7,
      answerWithinMs: 45_000,
      note: 'Wants a refund',
    });
  });

  it('has no note when the request has none', () => {
    expect(decideOn(aLedger(), aTransferRequest({ note: '' })).ledger.transfer).not.toHaveProperty('note');
  });

  it('loses its note when it fails, and does not change when its request repeats', () => {
    const { ledger, transfer } = situation('requested');
    const { transferTaskSid: _taskSid, answerBy: _answerBy, ...asRequested } = transfer;
    const withNote = {
      ...ledger,
      transfer: { ...asRequested, state: 'requested' as const, note: 'Wants a refund' },
    };
    const events = eventsFor(transfer);
    const failed = decideOn(withNote, events['transfer-refused']).ledger;
    expect(failed.past).toEqual([{ ...asRequested, state: 'failed', endedAt: 50 }]);
    expect(decideOn(failed, events['transfer-requested'])).toMatchObject({ ledger: failed, effects: [] });
  });

  it('has what the caller sets on its task until the task exists, or until it fails', () => {
    const { ledger, transfer } = situation('requested');
    const chosen = { attributes: { language: 'fr' }, priority: 50 };
    const request = aTransferRequest({ ...chosen, transferId: 'another' });
    const { transfer: _open, ...idle } = ledger;
    expect(decideOn(idle, request).ledger.transfer).toMatchObject(chosen);

    const withChosen = { ...ledger, transfer: { ...transfer, state: 'requested' as const, ...chosen } };
    const offered = decideOn(withChosen, eventsFor(transfer)['transfer-offered']).ledger;
    const failed = decideOn(withChosen, eventsFor(transfer)['transfer-refused']).ledger;
    for (const kept of [offered.transfer, failed.past.at(-1)]) {
      expect(kept).toMatchObject({ id: transfer.id });
      expect(kept).not.toHaveProperty('attributes');
      expect(kept).not.toHaveProperty('priority');
    }
  });

  it('has its task and answerBy from the offer on', () => {
    const { ledger } = after('requested', 'transfer-offered');
    expect(ledger.transfer).toMatchObject({
      state: 'offered',
      transferTaskSid: aTaskSid(2),
      answerBy: 50 + aTransfer().answerWithinMs,
    });
    expect(ledger.tasks[aTaskSid(2)]).toEqual({ state: 'waiting', openedAt: 50, transferId });
  });

  it('keeps its note for the agent of its task, and has endedAt, in every end state', () => {
    const ends: ReadonlyArray<[When, Partial<Transfer>]> = [
      ['task-accepted', { state: 'accepted' }],
      ['offer-declined', { state: 'returned', untakenReason: 'declined', declinedBy: [aWorkerSid(2)] }],
      ['offer-expired', { state: 'returned', untakenReason: 'unanswered', declinedBy: [aWorkerSid(2)] }],
      ['task-closed, of task 2', { state: 'returned', untakenReason: 'unanswered' }],
      ['transfer-recalled', { state: 'cancelled', untakenReason: 'cancelled' }],
      ['customer-ended', { state: 'abandoned' }],
    ];
    const { ledger, transfer } = situation('offered');
    for (const [when, end] of ends) {
      const withNote = { ...ledger, transfer: { ...transfer, note: 'Wants a refund' } };
      const ended = decideOn(withNote, eventsFor(transfer)[when]).ledger;
      expect(ended.transfer).toBeUndefined();
      expect(ended.past).toEqual([{ ...transfer, note: 'Wants a refund', ...end, endedAt: 50 }]);
    }
  });

  it('keeps its note while it returns, for the agent who gets the chat', () => {
    const { ledger, transfer } = situation('offered, no agent in the chat');
    const withNote = { ...ledger, transfer: { ...transfer, note: 'Wants a refund' } };
    expect(decideOn(withNote, eventsFor(transfer)['offer-declined']).ledger.transfer).toEqual({
      ...transfer,
      note: 'Wants a refund',
      state: 'declined',
      untakenReason: 'declined',
      declinedBy: [aWorkerSid(2)],
    });
  });

  it('keeps its untakenReason when it becomes returned', () => {
    for (const untakenReason of ['declined', 'unanswered', 'cancelled'] as const) {
      const { past } = after(untakenReason, 'task-accepted, by Alice').ledger;
      expect(past.at(-1)).toMatchObject({ state: 'returned', untakenReason, endedAt: 50 });
    }
  });

  it('lists a worker who declines once', () => {
    const { ledger, transfer } = situation('declined');
    const events = eventsFor(transfer);
    const first = decideOn(ledger, events['offer-declined, by Carol']);
    expect(first.ledger.transfer?.declinedBy).toEqual([aWorkerSid(2), aWorkerSid(3)]);
    const second = decideOn(first.ledger, events['offer-expired, for Carol']);
    expect(second).toMatchObject({ ledger: first.ledger, effects: [] });
  });
});

describe('a refusal', () => {
  it('of a second transfer names the agent who started the open one, and the time', () => {
    const request = aTransferRequest({ transferId: 'another', by: aWorker(2) });
    for (const given of ['requested', 'offered', 'declined'] as const) {
      expect(decide(situation(given).ledger, request)).toEqual({
        ok: false,
        failure: { code: 'transfer-open', startedBy: 'Alice', startedAt: 0 },
      });
    }
  });

  const cancel = (ledger: Ledger) =>
    decide(ledger, { type: 'cancel-requested', transferId, by: 'Alice', at: 60 });

  it('to cancel has the public name of the agent who accepted, even if they have left', () => {
    for (const [given, when] of [
      ['offered', 'task-accepted'],
      ['offered', 'agent-left, by Bob'],
    ] as const) {
      expect(cancel(after(given, when).ledger)).toEqual({
        ok: false,
        failure: { code: 'transfer-accepted', name: 'Bob' },
      });
    }
  });

  it('to cancel has no name when the ledger has dropped the transfer task', () => {
    const { ledger } = situation('accepted');
    const { [aTaskSid(2)]: _dropped, ...tasks } = ledger.tasks;
    expect(cancel({ ...ledger, tasks })).toEqual({ ok: false, failure: { code: 'transfer-accepted' } });
  });

  it.each([
    ['declined', 'declined'],
    ['unanswered', 'unanswered'],
    ['returned', 'returned'],
    ['abandoned', 'abandoned'],
    ['failed', 'failed'],
    ['declined, chat ended', 'declined'],
  ] as const)('to cancel a transfer that is %s has its state: %s', (given, state) => {
    expect(cancel(situation(given).ledger)).toEqual({ ok: false, failure: { code: 'transfer-over', state } });
  });
});

describe('the notice of an untaken transfer', () => {
  it('has the public name of the target, and looking when the chat has no agent', () => {
    expect(after('offered', 'offer-declined').notices).toEqual([
      { v: 1, id: `transfer-declined:${transferId}`, kind: 'transfer-declined', to: toBob.to },
    ]);
    expect(after('offered, no agent in the chat', 'offer-expired').notices).toEqual([
      {
        v: 1,
        id: `transfer-unanswered:${transferId}`,
        kind: 'transfer-unanswered',
        to: toBob.to,
        looking: true,
      },
    ]);
  });

  it('has the name of the worker who cancelled, who may be a supervisor', () => {
    const { ledger, transfer } = situation('offered');
    const events = eventsFor(transfer);
    const requested = decideOn(ledger, { type: 'cancel-requested', transferId, by: 'Sam', at: 50 });
    expect(decideOn(requested.ledger, events['transfer-recalled']).notices).toEqual([
      { v: 1, id: `transfer-cancelled:${transferId}`, kind: 'transfer-cancelled', name: 'Sam' },
    ]);
    expect(decideOn(ledger, events['transfer-recalled']).notices).toMatchObject([{ name: 'Alice' }]);
  });

  it('has no looking when the chat ends', () => {
    const { notices } = after('offered, no agent in the chat', 'task-closed, of task 2');
    expect(notices.map(({ kind }) => kind)).toEqual(['transfer-unanswered', 'chat-ended']);
    expect(notices[0]).not.toHaveProperty('looking');
  });
});

describe('a task that another worker than the target accepts', () => {
  const toBilling = ledgersOf('offered, no agent in the chat').find(
    ({ transfer }) => transfer.target.kind === 'queue',
  );
  const acceptedBy = (number: number, at: number) => {
    if (toBilling === undefined) throw new Error('The table has no offered transfer to a queue.');
    const event = { type: 'task-accepted' as const, taskSid: aTaskSid(2), worker: aWorker(number), at };
    return decideOn(toBilling.ledger, event).ledger.past.at(-1);
  };

  it('counts as accepted by a worker of the queue at any time', () => {
    expect(acceptedBy(3, 50)).toMatchObject({ state: 'accepted' });
    expect(acceptedBy(3, 70_000)).toMatchObject({ state: 'accepted' });
  });

  it('counts as unanswered when the agent who transferred accepts it after the time of the queue', () => {
    expect(acceptedBy(1, 70_000)).toMatchObject({ state: 'returned', untakenReason: 'unanswered' });
  });
});

describe('a transfer with a requested cancellation', () => {
  it('loses the cancellation when the recall fails, and may be cancelled again', () => {
    const offered = situation('offered');
    const { ledger, effects } = after('offered, cancel requested', 'recall-failed');
    expect(ledger).toEqual(offered.ledger);
    expect(effects).toEqual([]);
    expect(decideOn(ledger, eventsFor(offered.transfer)['cancel-requested']).effects).toMatchObject([
      { kind: 'recall-transfer', transferId },
    ]);
  });

  it('keeps the name of the first worker who cancelled', () => {
    const { ledger } = situation('offered, cancel requested');
    const again = decideOn(ledger, { type: 'cancel-requested', transferId, by: 'Sam', at: 50 });
    expect(again.ledger).toBe(ledger);
  });

  it('may be declined before the recall, and cannot be cancelled after that', () => {
    const { ledger } = after('offered, cancel requested', 'offer-declined');
    expect(ledger.past.at(-1)).toMatchObject({ state: 'returned', untakenReason: 'declined' });
    const { transfer } = situation('offered');
    expect(decide(ledger, eventsFor(transfer)['cancel-requested'])).toMatchObject({
      failure: { code: 'transfer-over', state: 'returned' },
    });
  });
});

describe('chat-adopted', () => {
  const adopted = (tasks: Ledger['tasks']) => ({ type: 'chat-adopted' as const, tasks, at: 50 });
  const twoAgents = {
    [aTaskSid(1)]: aTask({ state: 'left', worker: aWorker(1) }),
    [aTaskSid(2)]: aTask({ state: 'active', worker: aWorker(2) }),
    [aTaskSid(3)]: aTask({ state: 'waiting' }),
  };

  it('records the tasks without notices, and removes agents in wrap-up or with closed tasks', () => {
    const tasks = { ...twoAgents, [aTaskSid(4)]: aTask({ state: 'closed', worker: aWorker(3) }) };
    const { ledger, effects } = decideOn(aLedger(), adopted(tasks));
    expect(ledger).toEqual(aLedger({ tasks, isRebuilt: true }));
    expect(effects).toMatchObject([
      { kind: 'remove-participant', worker: aWorker(1), at: 50 },
      { kind: 'remove-participant', worker: aWorker(3), at: 50 },
      { kind: 'update-conversation' },
    ]);
  });

  it('lets an agent of the adopted chat transfer it', () => {
    const { ledger } = decideOn(aLedger(), adopted(twoAgents));
    const request = aTransferRequest({ mode: 'cold', taskSid: aTaskSid(2), by: aWorker(2) });
    expect(decideOn(ledger, request).notices.map(({ kind }) => kind)).toEqual([
      'transfer-started',
      'agent-left',
    ]);
  });

  it('lets the chat end with its last agent, even if they were in wrap-up at its adoption', () => {
    const wrappingUp = { [aTaskSid(1)]: aTask({ state: 'left', worker: aWorker(1) }) };
    const { ledger } = decideOn(aLedger(), adopted(wrappingUp));
    const byAlice = { taskSid: aTaskSid(1), worker: aWorker(1), at: 60 };
    const left = decideOn(ledger, { type: 'agent-left', ...byAlice, alreadyWrapping: true });
    expect(left.ledger.ended).toEqual({ at: 60, by: 'last-agent' });
    const completed = decideOn(ledger, { type: 'completion-requested', ...byAlice });
    expect(completed.effects.map(describeEffect)).toEqual([
      'post chat-ended',
      'update conversation',
      'complete task 1, chat has-ended',
      'update conversation',
    ]);
    const closed = decideOn(ledger, { type: 'task-closed', taskSid: aTaskSid(1), at: 60 });
    expect(closed.ledger.ended).toEqual({ at: 60, by: 'last-agent' });
  });

  it('records the transfer that waits, so that its target can take the chat', () => {
    const { ledger: offered, transfer } = situation('offered');
    const { tasks } = offered;
    const { ledger } = decideOn(aLedger(), { type: 'chat-adopted', tasks, transfer, past: [], at: 50 });
    expect(ledger).toMatchObject({ tasks, transfer });
    const { ledger: taken, notices } = decideOn(ledger, eventsFor(transfer)['task-accepted']);
    expect(taken.past.map(({ state }) => state)).toEqual(['accepted']);
    expect(notices.map(({ kind }) => kind)).toContain('agent-joined');
  });

  it('records the end of a chat without notices, and cancels tasks that wait', () => {
    const event: ConversationEvent = { ...adopted(twoAgents), endedBy: 'customer' };
    const { ledger, effects, notices } = decideOn(aLedger(), event);
    expect(ledger.ended).toEqual({ at: 50, by: 'customer' });
    expect(notices).toEqual([]);
    expect(effects.map(describeEffect)).toEqual(['remove Alice', 'cancel task 3', 'update conversation']);
  });

  it('records the end of a chat that has no tasks any more', () => {
    expect(decideOn(aLedger(), { ...adopted({}), endedBy: 'last-agent' }).ledger.ended).toBeDefined();
  });

  it.each<[string, Ledger]>([
    [
      'a task is known',
      aLedger({ tasks: { [aTaskSid(1)]: aTask({ state: 'active', worker: aWorker(1) }) } }),
    ],
    ['the only task known is closed', aLedger({ tasks: { [aTaskSid(7)]: aTask({ state: 'closed' }) } })],
    ['the chat has ended', aLedger({ ended: { at: 1, by: 'customer' } })],
    ['a transfer is open', situation('offered').ledger],
  ])('changes nothing when %s: the ledger is newer', (_why, ledger) => {
    expect(decideOn(ledger, adopted(twoAgents))).toEqual({ ledger, effects: [], notices: [] });
  });

  it('changes nothing without tasks', () => {
    const ledger = aLedger();
    expect(decideOn(ledger, adopted({})).ledger).toBe(ledger);
  });
});
