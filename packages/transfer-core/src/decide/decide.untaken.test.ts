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
  it('returns to the agent who transferred it cold, who can complete both tasks', () => {
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
      'redirect task; post transfer-declined, looking',
      'post agent-joined Alice; add Alice',
      'complete task 1, chat goes-on; update conversation',
      '',
      'post agent-left Alice; wrap Alice; remove Alice; post chat-ended; update conversation',
      'complete task 2, chat has-ended; update conversation',
      '',
    ]);
    expect(ledger.past).toMatchObject([{ state: 'returned', untakenReason: 'declined' }]);
  });

  it('excludes every worker who declines it while it returns, once each', () => {
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
      'redirect task; post transfer-declined, looking',
      'redirect task',
      '',
      '',
      'post agent-joined Carol',
    ]);
    expect(ledger.past).toMatchObject([{ state: 'returned', declinedBy: [bob.sid, alice.sid] }]);
  });

  it.each([
    ['warm', warmToBob],
    ['cold, released on accept', aTransferRequest({ mode: 'cold', release: 'on-accept', ...toBob })],
  ])('leaves the chat with the agent in it, who may choose another target: %s', (_mode, request) => {
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
      'post transfer-declined; cancel task 2',
      'update conversation',
      'create transfer task; post transfer-started',
    ]);
    expect(ledger.past).toMatchObject([{ state: 'returned', untakenReason: 'declined' }]);
    expect(ledger.tasks[aTaskSid(1)]?.state).toBe('active');
  });

  it('returns when the agent of a warm transfer has left the chat', () => {
    const { ledger, effects } = runScenario(...chatWithAlice, warmToBob, offered(2), left(1), declined());
    expect(effects.at(-1)).toBe('redirect task; post transfer-declined, looking');
    expect(ledger).toMatchObject({ transfer: { state: 'declined' } });
    expect(ledger.ended).toBeUndefined();
  });

  it('stays offered to a queue, where TaskRouter asks the next worker', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      coldToBilling,
      offered(2),
      declined(),
      expiredFor(carol),
      accepted(2, carol),
    );
    expect(effects.slice(4)).toEqual(['', '', 'post agent-joined Carol']);
    expect(ledger.past).toMatchObject([{ state: 'accepted' }]);
  });

  it('stays accepted when a decline arrives late', () => {
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

  it('ends as returned when an agent joins on another task, and its own task is cancelled', () => {
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
      'post agent-joined Carol; update conversation; cancel task 2',
      'update conversation',
      'post agent-left Carol; wrap Carol; remove Carol; post chat-ended; update conversation',
    ]);
    expect(ledger.past).toMatchObject([{ state: 'returned' }]);
  });

  it('ends the chat with a notice when its task is closed while it returns', () => {
    const { ledger, effects } = runScenario(...chatWithAlice, coldToBob, offered(2), declined(), closed(2));
    expect(effects.at(-1)).toBe('update conversation; post chat-ended; update conversation');
    expect(ledger.past).toMatchObject([{ state: 'declined' }]);
    expect(ledger.ended).toEqual({ at: 0, by: 'last-agent' });
  });

  it('is abandoned when the customer leaves while it returns', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      coldToBob,
      offered(2),
      declined(),
      customerEnded,
      accepted(2),
    );
    expect(effects.slice(5)).toEqual([
      'post customer-left; post chat-ended; cancel task 2; update conversation',
      // An agent who accepts after the end of the chat may read the conversation.
      'add Alice',
    ]);
    expect(ledger.past).toMatchObject([{ state: 'abandoned', untakenReason: 'declined' }]);
  });
});

describe('a transfer that its target does not answer', () => {
  it('returns when the time of its queue expires, and its agent may accept it', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      coldToBilling,
      offered(2),
      expired,
      expired,
      accepted(2),
    );
    expect(effects.slice(4)).toEqual([
      'redirect task; post transfer-unanswered, looking',
      '',
      'post agent-joined Alice; add Alice',
    ]);
    expect(ledger.past).toMatchObject([{ state: 'returned', untakenReason: 'unanswered' }]);
  });

  it("posts one notice when the target's reservation and the time of the task expire, in either order", () => {
    for (const order of [
      [expiredFor(), expired],
      [expired, expiredFor()],
    ]) {
      const { effects } = runScenario(...chatWithAlice, coldToBob, offered(2), ...order);
      expect(effects.slice(4)).toEqual(['redirect task; post transfer-unanswered, looking', '']);
    }
  });

  it('stays accepted when its time expires after that', () => {
    const { effects } = runScenario(...chatWithAlice, coldToBob, offered(2), accepted(2, bob), expired);
    expect(effects.at(-1)).toBe('');
  });
});

describe('a transfer that is cancelled', () => {
  it('leaves the chat with the agent in it', () => {
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
      'post transfer-cancelled Alice; cancel task 2',
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

  it('returns to the agent whom it has released, who may cancel it repeatedly', () => {
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
      'redirect task; post transfer-cancelled Alice, looking',
      '',
      'post agent-joined Alice; add Alice',
      '',
    ]);
    expect(ledger.past).toMatchObject([{ state: 'returned', untakenReason: 'cancelled' }]);
  });

  it('is accepted when an agent accepted first', () => {
    for (const events of [
      [accepted(2, bob), recallFailed],
      [recallFailed, accepted(2, bob)],
      [accepted(2, bob), recalled],
    ]) {
      const { ledger, effects } = runScenario(
        ...chatWithAlice,
        coldToBob,
        offered(2),
        cancelRequested,
        ...events,
        cancelRequested,
      );
      expect(effects.at(-1)).toBe('transfer-accepted');
      expect(ledger.past).toMatchObject([{ state: 'accepted' }]);
      expect(effects.join('; ')).not.toContain('transfer-cancelled');
    }
  });

  it('is recalled when its task exists, if it was cancelled before that', () => {
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
      'redirect task; post transfer-cancelled Alice, looking',
    ]);
    const recalls = ledger.outbox.filter(({ effect }) => effect.kind === 'recall-transfer');
    expect(recalls).toHaveLength(1);
  });

  it('is cancelled when its task closes before the recall', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      warmToBob,
      offered(2),
      cancelRequested,
      closed(2),
      recalled,
    );
    expect(effects.slice(5)).toEqual(['post transfer-cancelled Alice; update conversation', '']);
    expect(ledger.past).toMatchObject([{ state: 'cancelled' }]);
  });

  it('is abandoned when the customer leaves before it is recalled', () => {
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
  const returned = [...chatWithAlice, coldToBob, offered(2), declined(), accepted(2)];

  it('may complete both tasks of a returned chat in either order, and the last one ends it', () => {
    for (const [first, second] of [
      [1, 2],
      [2, 1],
    ] as const) {
      const { ledger, effects } = runScenario(
        ...returned,
        completionRequested(first),
        closed(first),
        completionRequested(second),
        closed(second),
      );
      expect(ledger.ended).toEqual({ at: 0, by: 'last-agent' });
      expect(effects.filter((effect) => effect.includes('post chat-ended'))).toHaveLength(1);
    }
  });

  it('may cancel both tasks of a warm transfer in either order, and the last one ends the chat', () => {
    const open = [...chatWithAlice, warmToBob, offered(2)];
    for (const order of [
      [1, 2],
      [2, 1],
    ]) {
      const { ledger, effects } = runScenario(...open, ...order.map(closed));
      expect(ledger.transfer).toBeUndefined();
      expect(ledger.ended).toEqual({ at: 0, by: 'last-agent' });
      expect(effects.filter((effect) => effect.includes('post chat-ended'))).toHaveLength(1);
      expect(effects.filter((effect) => effect.includes('post transfer-unanswered'))).toHaveLength(1);
    }
  });
});
