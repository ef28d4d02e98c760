import { describe, expect, it } from 'vitest';
import {
  accepted,
  alice,
  bob,
  cancelRequested,
  carol,
  chatWithAlice,
  closed,
  coldToBilling,
  coldToBob,
  completionRequested,
  customerEnded,
  declined,
  expired,
  expiredFor,
  left,
  offered,
  recalled,
  recallFailed,
  runScenario,
  toBob,
  warmToBob,
} from '../../test/scenario';
import { aTaskSid, aTransferRequest } from '../../testing';

describe('a transfer that its target declines', () => {
  it('goes back to the agent who transferred it cold, and on to the next one from there: A to B to A', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      coldToBob,
      offered(2),
      declined(),
      accepted(2),
      completionRequested(1),
      closed(1),
      left(2),
      completionRequested(2),
      closed(2),
    );
    expect(effects.slice(4)).toEqual([
      'redirect task; say transfer-declined, looking',
      'say agent-joined Alice; add Alice',
      'complete task 1, chat goes-on; update conversation',
      '',
      'say agent-left Alice; wrap Alice; remove Alice; say chat-ended; update conversation',
      'complete task 2, chat has-ended; update conversation',
      '',
    ]);
    expect(ledger.past).toMatchObject([{ state: 'returned', untakenReason: 'declined' }]);
  });

  it('goes past everybody who will not have it on its way back, each of them once', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      coldToBob,
      offered(2),
      declined(),
      declined(alice),
      declined(alice),
      declined(bob),
      accepted(2, carol),
    );
    expect(effects.slice(4)).toEqual([
      'redirect task; say transfer-declined, looking',
      'redirect task',
      '',
      '',
      'say agent-joined Carol',
    ]);
    expect(ledger.past).toMatchObject([{ state: 'returned', declinedBy: [bob.sid, alice.sid] }]);
  });

  it.each([
    ['warm', warmToBob],
    ['cold, released on accept', aTransferRequest({ mode: 'cold', release: 'on-accept', ...toBob })],
  ])('leaves the chat with the agent who is in it, who may try another target: %s', (_mode, request) => {
    const next = aTransferRequest({ transferId: 'next', mode: 'warm' });
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      request,
      offered(2),
      declined(),
      closed(2),
      next,
    );
    expect(effects.slice(4)).toEqual([
      'say transfer-declined; cancel task 2',
      'update conversation',
      'create transfer task; say transfer-started',
    ]);
    expect(ledger.past).toMatchObject([{ state: 'returned', untakenReason: 'declined' }]);
    expect(ledger.tasks[aTaskSid(1)]?.state).toBe('active');
  });

  it('is on its way back when the agent of a warm one left before: somebody else is looked for', () => {
    const { ledger, effects } = runScenario(...chatWithAlice, warmToBob, offered(2), left(1), declined());
    expect(effects.at(-1)).toBe('redirect task; say transfer-declined, looking');
    expect(ledger).toMatchObject({ transfer: { state: 'declined' } });
    expect(ledger.ended).toBeUndefined();
  });

  it('goes on in a queue: the next one there is asked', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      coldToBilling,
      offered(2),
      declined(),
      expiredFor(carol),
      accepted(2, carol),
    );
    expect(effects.slice(4)).toEqual(['', '', 'say agent-joined Carol']);
    expect(ledger.past).toMatchObject([{ state: 'accepted' }]);
  });

  it('counts as accepted when the decline of somebody else comes late', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      coldToBob,
      offered(2),
      accepted(2, bob),
      declined(),
    );
    expect(effects.at(-1)).toBe('');
    expect(ledger.past).toMatchObject([{ state: 'accepted' }]);
  });

  it('has found its agent when one joins by another task: nobody need come back for it', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      coldToBob,
      offered(2),
      declined(),
      accepted(3, carol),
      closed(2),
      left(3, carol),
    );
    expect(effects.slice(5)).toEqual([
      'say agent-joined Carol; update conversation; cancel task 2',
      'update conversation',
      'say agent-left Carol; wrap Carol; remove Carol; say chat-ended; update conversation',
    ]);
    expect(ledger.past).toMatchObject([{ state: 'returned' }]);
  });

  it('ends with a word to the customer when its task is taken away on the way back', () => {
    const { ledger, effects } = runScenario(...chatWithAlice, coldToBob, offered(2), declined(), closed(2));
    expect(effects.at(-1)).toBe('update conversation; say chat-ended; update conversation');
    expect(ledger.past).toMatchObject([{ state: 'declined' }]);
    expect(ledger.ended).toEqual({ at: 0, by: 'last-agent' });
  });

  it('is no more when the customer leaves on the way back', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      coldToBob,
      offered(2),
      declined(),
      customerEnded,
      accepted(2),
    );
    expect(effects.slice(5)).toEqual([
      'say customer-left; say chat-ended; cancel task 2; update conversation',
      // Whoever accepts all the same can read what was said.
      'add Alice',
    ]);
    expect(ledger.past).toMatchObject([{ state: 'abandoned', untakenReason: 'declined' }]);
  });
});

describe('a transfer that nobody answers', () => {
  it('goes back when the time of its queue is over, and its agent may take it again', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      coldToBilling,
      offered(2),
      expired,
      expired,
      accepted(2),
    );
    expect(effects.slice(4)).toEqual([
      'redirect task; say transfer-unanswered, looking',
      '',
      'say agent-joined Alice; add Alice',
    ]);
    expect(ledger.past).toMatchObject([{ state: 'returned', untakenReason: 'unanswered' }]);
  });

  it('is told once, when it rings out for its target and its time is over too, in either order', () => {
    for (const order of [
      [expiredFor(), expired],
      [expired, expiredFor()],
    ]) {
      const { effects } = runScenario(...chatWithAlice, coldToBob, offered(2), ...order);
      expect(effects.slice(4)).toEqual(['redirect task; say transfer-unanswered, looking', '']);
    }
  });

  it('stays accepted when its time is over at the same moment', () => {
    const { effects } = runScenario(...chatWithAlice, coldToBob, offered(2), accepted(2, bob), expired);
    expect(effects.at(-1)).toBe('');
  });
});

describe('a transfer that is cancelled', () => {
  it('stays with the agent who is in the chat', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      warmToBob,
      offered(2),
      cancelRequested,
      cancelRequested,
      recalled,
      closed(2),
    );
    expect(effects.slice(4)).toEqual([
      'recall transfer',
      '',
      'say transfer-cancelled Alice; cancel task 2',
      'update conversation',
    ]);
    expect(ledger.past).toMatchObject([{ state: 'cancelled' }]);
    expect(
      runScenario(
        ...chatWithAlice,
        warmToBob,
        offered(2),
        cancelRequested,
        recalled,
        cancelRequested,
      ).effects.at(-1),
    ).toBe('');
  });

  it('comes back to the agent whom it has let go, who may cancel it as often as they like', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      coldToBob,
      offered(2),
      cancelRequested,
      recalled,
      cancelRequested,
      accepted(2),
      cancelRequested,
    );
    expect(effects.slice(4)).toEqual([
      'recall transfer',
      'redirect task; say transfer-cancelled Alice, looking',
      '',
      'say agent-joined Alice; add Alice',
      '',
    ]);
    expect(ledger.past).toMatchObject([{ state: 'returned', untakenReason: 'cancelled' }]);
  });

  it('is accepted all the same when somebody was faster', () => {
    for (const race of [
      [accepted(2, bob), recallFailed],
      [recallFailed, accepted(2, bob)],
      [accepted(2, bob), recalled],
    ]) {
      const { ledger, effects } = runScenario(
        ...chatWithAlice,
        coldToBob,
        offered(2),
        cancelRequested,
        ...race,
        cancelRequested,
      );
      expect(effects.at(-1)).toBe('transfer-accepted');
      expect(ledger.past).toMatchObject([{ state: 'accepted' }]);
      expect(effects.join('; ')).not.toContain('transfer-cancelled');
    }
  });

  it('is taken back as soon as its task is there, when it was cancelled before', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      coldToBob,
      cancelRequested,
      offered(2),
      recalled,
    );
    expect(effects.slice(3)).toEqual([
      'recall transfer',
      'update conversation; recall transfer',
      'redirect task; say transfer-cancelled Alice, looking',
    ]);
    const recalls = ledger.outbox.filter(({ effect }) => effect.kind === 'recall-transfer');
    expect(recalls).toHaveLength(1);
  });

  it('counts as cancelled when the end of its task is heard before the recall', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      warmToBob,
      offered(2),
      cancelRequested,
      closed(2),
      recalled,
    );
    expect(effects.slice(5)).toEqual(['say transfer-cancelled Alice; update conversation', '']);
    expect(ledger.past).toMatchObject([{ state: 'cancelled' }]);
  });

  it('is abandoned when the customer leaves before it is taken back', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      coldToBob,
      offered(2),
      cancelRequested,
      customerEnded,
      recalled,
      cancelRequested,
    );
    expect(effects.slice(6)).toEqual(['', 'transfer-over']);
    expect(ledger.past).toMatchObject([{ state: 'abandoned' }]);
  });
});

describe('a supervisor', () => {
  const way = [...chatWithAlice, coldToBob, offered(2), declined(), accepted(2)];

  it('may complete both tasks of a returned chat in either order: it ends with the last one', () => {
    for (const [first, second] of [
      [1, 2],
      [2, 1],
    ] as const) {
      const { ledger, effects } = runScenario(
        ...way,
        completionRequested(first),
        closed(first),
        completionRequested(second),
        closed(second),
      );
      expect(ledger.ended).toEqual({ at: 0, by: 'last-agent' });
      expect(effects.filter((done) => done.includes('say chat-ended'))).toHaveLength(1);
    }
  });

  it('may cancel any task of a warm transfer in any order: the chat ends with the last one', () => {
    const open = [...chatWithAlice, warmToBob, offered(2)];
    for (const order of [
      [1, 2],
      [2, 1],
    ]) {
      const { ledger, effects } = runScenario(...open, ...order.map(closed));
      expect(ledger.transfer).toBeUndefined();
      expect(ledger.ended).toEqual({ at: 0, by: 'last-agent' });
      expect(effects.filter((done) => done.includes('say chat-ended'))).toHaveLength(1);
      expect(effects.filter((done) => done.includes('say transfer-unanswered'))).toHaveLength(1);
    }
  });
});
