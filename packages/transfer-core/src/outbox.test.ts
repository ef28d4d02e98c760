import { describe, expect, it } from 'vitest';
import { aLedger, aTaskSid } from '../testing';
import {
  cancelTask,
  createTransferTask,
  type Effect,
  postNotice,
  redirectTask,
  updateConversation,
} from './effects';
import type { Ledger } from './ledger';
import {
  acknowledge,
  addToOutbox,
  claimedEntries,
  dueEntries,
  isLeased,
  LEASE_MS,
  leaveUnconfirmed,
  removeFromOutbox,
  requeue,
  takeLease,
} from './outbox';

const create = createTransferTask('transfer');
const cancel = cancelTask(aTaskSid(1));
const update = updateConversation();
const notice = postNotice({ v: 1, id: 'customer-left', kind: 'customer-left' });

const holding = (...effects: readonly Effect[]): Ledger => addToOutbox(aLedger(), effects);
const idsAndTries = (ledger: Ledger) => ledger.outbox.map(({ effect, attempts }) => [effect.kind, attempts]);

describe('addToOutbox', () => {
  it('keeps the order in which effects were decided', () => {
    expect(idsAndTries(addToOutbox(holding(create, update), [cancel]))).toEqual([
      ['create-transfer-task', 0],
      ['update-conversation', 0],
      ['cancel-task', 0],
    ]);
  });

  it('adds an effect once that waits untried, also within one decision', () => {
    expect(addToOutbox(holding(update, update), [update]).outbox).toEqual([{ effect: update, attempts: 0 }]);
  });

  it('takes effects of the same kind about different things for different effects', () => {
    expect(holding(cancel, cancelTask(aTaskSid(2))).outbox).toHaveLength(2);
  });

  it('has a notice looked for first while the transfer task is being made, which may have told it already', () => {
    expect(idsAndTries(addToOutbox(takeLease(holding(create), 'holder', 0), [notice, cancel]))).toEqual([
      ['create-transfer-task', 1],
      ['post-notice', 1],
      ['cancel-task', 0],
    ]);
  });

  it('puts an effect in anew, behind the others, that may be running right now', () => {
    const running = takeLease(holding(update, create), 'holder', 0);
    expect(idsAndTries(addToOutbox(running, [update]))).toEqual([
      ['create-transfer-task', 1],
      ['update-conversation', 0],
    ]);
  });

  it('closes a conversation after all that is to be told in it, also when it was to be updated before', () => {
    const told = postNotice({ v: 1, id: 'chat-ended', kind: 'chat-ended' });
    const before = addToOutbox(aLedger(), [updateConversation()]);
    expect(addToOutbox(before, [told, updateConversation()]).outbox.map(({ effect }) => effect)).toEqual([
      told,
      updateConversation(),
    ]);
  });

  it('sends a task back anew that another one declined while it was being sent back', () => {
    const redirect = redirectTask('transfer');
    const running = takeLease(holding(redirect), 'holder', 0);
    expect(addToOutbox(running, [redirect]).outbox).toEqual([{ effect: redirect, attempts: 0 }]);
  });

  it('never puts anew what is done once and for all: a notice would be posted twice', () => {
    const running = takeLease(holding(notice, cancel), 'holder', 0);
    expect(addToOutbox(running, [notice, cancel])).toBe(running);
  });

  it('hands back the very same ledger when there is nothing to add, so that nothing is written', () => {
    const ledger = holding(update);
    expect(addToOutbox(ledger, [])).toBe(ledger);
    expect(addToOutbox(ledger, [update])).toBe(ledger);
  });
});

describe('takeLease', () => {
  it('counts a try for every effect and holds for the time that a function may run', () => {
    const taken = takeLease(takeLease(holding(create), 'first', 0), 'second', 1000);
    expect(taken.lease).toEqual({ holder: 'second', until: 1000 + LEASE_MS });
    expect(idsAndTries(taken)).toEqual([['create-transfer-task', 2]]);
  });

  it('leaves the rest of the ledger alone', () => {
    const { lease: _lease, ...taken } = takeLease(aLedger({ ended: { at: 1, by: 'customer' } }), 'holder', 0);
    expect(taken).toEqual(aLedger({ ended: { at: 1, by: 'customer' } }));
  });

  it('outlives the ten seconds that Twilio gives a function', () => {
    expect(LEASE_MS).toBeGreaterThan(10_000);
  });
});

describe('isLeased', () => {
  const leased = takeLease(aLedger(), 'holder', 1000);

  it('keeps the others off while the lease runs', () => {
    expect(isLeased(leased, 'other', 1000)).toBe(true);
    expect(isLeased(leased, 'other', 1000 + LEASE_MS - 1)).toBe(true);
  });

  it('lets anybody in when it has run out', () => {
    expect(isLeased(leased, 'other', 1000 + LEASE_MS)).toBe(false);
  });

  it('never keeps its holder out, and nobody when there is none', () => {
    expect(isLeased(leased, 'holder', 1000)).toBe(false);
    expect(isLeased(aLedger(), 'other', 1000)).toBe(false);
  });
});

describe('tickOff', () => {
  const running = takeLease(holding(create, update), 'holder', 0);

  it('takes out what is done, leaves what is not, and gives the lease back', () => {
    const after = acknowledge(running, new Set([create.id]), 'holder');
    expect(after.outbox).toEqual([{ effect: update, attempts: 1 }]);
    expect(after).not.toHaveProperty('lease');
  });

  it('keeps an effect that was put in anew while it ran', () => {
    const meanwhile = addToOutbox(running, [update]);
    expect(acknowledge(meanwhile, new Set([create.id, update.id]), 'holder').outbox).toEqual([
      { effect: update, attempts: 0 },
    ]);
  });

  it('takes out a notice, also when another one decided on it while it was being posted', () => {
    const meanwhile = addToOutbox(running, [notice]);
    expect(acknowledge(meanwhile, new Set([notice.id]), 'holder').outbox).toEqual(running.outbox);
  });

  it('leaves a lease alone that another one holds by now', () => {
    const overtaken = takeLease(running, 'other', LEASE_MS);
    const after = acknowledge(overtaken, new Set([create.id]), 'holder');
    expect(after.lease).toEqual(overtaken.lease);
    expect(idsAndTries(after)).toEqual([['update-conversation', 2]]);
  });
});

describe('takeBack', () => {
  it('takes out the effects and leaves the others as they are', () => {
    const ledger = holding(create, notice, update);
    expect(removeFromOutbox(ledger, [notice, cancel])).toEqual(holding(create, update));
  });
});

describe('what is left on trust', () => {
  const NOW = 1000;
  const running = takeLease(holding(notice, cancel, update), 'holder', NOW);
  const trusted = leaveUnconfirmed(running, new Set([notice.id, update.id]), 'holder', NOW);
  const due = (ledger: Ledger, nowMs: number) => dueEntries(ledger, nowMs).map(({ effect }) => effect.kind);

  it('stays in the outbox, and the lease is given back so that others can get on', () => {
    expect(idsAndTries(trusted)).toEqual(idsAndTries(running));
    expect(trusted).not.toHaveProperty('lease');
    expect(isLeased(trusted, 'other', NOW)).toBe(false);
  });

  it('is nobody else’s to do until the run must be over, and is due from then on', () => {
    expect(due(trusted, NOW)).toEqual(['cancel-task']);
    expect(due(trusted, NOW + LEASE_MS - 1)).toEqual(['cancel-task']);
    expect(due(trusted, NOW + LEASE_MS)).toEqual(['post-notice', 'cancel-task', 'update-conversation']);
  });

  it('was due before: nothing is trusted by itself', () => {
    expect(dueEntries(running, NOW)).toEqual(running.outbox);
    expect(dueEntries(holding(create), NOW)).toEqual([{ effect: create, attempts: 0 }]);
    expect(dueEntries(aLedger(), NOW)).toEqual([]);
  });

  it('keeps a lease alone that another one holds by now', () => {
    const overtaken = takeLease(running, 'other', NOW + LEASE_MS);
    expect(leaveUnconfirmed(overtaken, new Set([notice.id]), 'holder', NOW + LEASE_MS).lease).toEqual(
      overtaken.lease,
    );
  });

  it('is not what was put in anew meanwhile: the run knows nothing of the newer ledger', () => {
    const meanwhile = addToOutbox(running, [update]);
    const both = leaveUnconfirmed(meanwhile, new Set([update.id]), 'holder', NOW);
    expect(due(both, NOW)).toContain('update-conversation');
  });

  it('may be what the run itself decided on its way: that has been tried by then', () => {
    const onItsWay = addToOutbox(running, [create]);
    const left = leaveUnconfirmed(onItsWay, new Set([create.id]), 'holder', NOW);
    expect(left.outbox.at(-1)).toEqual({ effect: create, attempts: 1, unconfirmedUntil: NOW + LEASE_MS });
  });

  it('is not tried or counted by the next one, who gets on with the rest', () => {
    const next = takeLease(trusted, 'next', NOW + 1);
    expect(idsAndTries(next)).toEqual([
      ['post-notice', 1],
      ['cancel-task', 2],
      ['update-conversation', 1],
    ]);
    expect(due(next, NOW + 1)).toEqual(['cancel-task']);
  });

  it('is tried again by whoever comes after the run: it may not be done', () => {
    const next = takeLease(trusted, 'next', NOW + LEASE_MS);
    expect(idsAndTries(next)).toEqual([
      ['post-notice', 2],
      ['cancel-task', 2],
      ['update-conversation', 2],
    ]);
    expect(next.outbox.every((entry) => entry.unconfirmedUntil === undefined)).toBe(true);
  });

  it('is due at once when the run reports that it failed, and only that', () => {
    const reported = requeue(trusted, new Set([notice.id]));
    expect(due(reported, NOW)).toEqual(['post-notice', 'cancel-task']);
    expect(idsAndTries(reported)).toEqual(idsAndTries(trusted));
  });

  it('is nothing any more when it has been ticked off: a late report changes nothing', () => {
    const done = acknowledge(trusted, new Set([notice.id]), 'next');
    expect(requeue(done, new Set([notice.id]))).toEqual(done);
  });

  it('is put in anew when the ledger has changed, for what writes the ledger; a notice is not', () => {
    const changed = addToOutbox(trusted, [update, notice]);
    expect(due(changed, NOW)).toEqual(['cancel-task', 'update-conversation']);
    expect(changed.outbox.filter(({ effect }) => effect.id === update.id)).toEqual([
      { effect: update, attempts: 0, recheckAt: NOW + LEASE_MS },
    ]);
  });
});

describe('an effect that replaces an unconfirmed one', () => {
  const NOW = 1000;
  const unconfirmed = leaveUnconfirmed(
    takeLease(holding(update), 'slow', NOW),
    new Set([update.id]),
    'slow',
    NOW,
  );
  const replaced = takeLease(addToOutbox(unconfirmed, [update]), 'next', NOW + 1);
  const done = new Set([update.id]);

  it('is due again once the slow run must be over, because that run may have overwritten it', () => {
    const acknowledged = acknowledge(replaced, done, 'next');
    expect(dueEntries(acknowledged, NOW + 1)).toEqual([]);
    expect(dueEntries(acknowledged, NOW + LEASE_MS)).toHaveLength(1);
    const rechecked = takeLease(acknowledged, 'last', NOW + LEASE_MS);
    expect(acknowledge(rechecked, done, 'last').outbox).toEqual([]);
  });

  it('is due again also when a third effect replaces it within that time', () => {
    const third = takeLease(addToOutbox(replaced, [update]), 'next', NOW + 2);
    expect(dueEntries(acknowledge(third, done, 'next'), NOW + LEASE_MS)).toHaveLength(1);
  });

  it('is due again also when its own run leaves it unconfirmed and then reports that it failed', () => {
    const failed = requeue(leaveUnconfirmed(replaced, done, 'next', NOW + 1), done);
    const retried = takeLease(failed, 'next', NOW + 2);
    expect(dueEntries(acknowledge(retried, done, 'next'), NOW + LEASE_MS)).toHaveLength(1);
  });

  it('is done for good when it runs after the slow run must be over', () => {
    const late = takeLease(addToOutbox(unconfirmed, [update]), 'next', NOW + LEASE_MS);
    expect(acknowledge(late, done, 'next').outbox).toEqual([]);
  });
});

describe('takenEntries', () => {
  it('leaves out what was left on trust, though its time runs out meanwhile: nobody has counted a try for it', () => {
    const trusted = leaveUnconfirmed(
      takeLease(holding(notice), 'first', 0),
      new Set([notice.id]),
      'first',
      0,
    );
    const leased = takeLease(addToOutbox(trusted, [update]), 'second', LEASE_MS - 1);

    expect(claimedEntries(leased)).toEqual([{ effect: update, attempts: 1 }]);
    expect(dueEntries(leased, LEASE_MS)).toHaveLength(2);
    expect(claimedEntries(takeLease(leased, 'second', LEASE_MS))).toMatchObject([
      { attempts: 2 },
      { attempts: 2 },
    ]);
  });
});
