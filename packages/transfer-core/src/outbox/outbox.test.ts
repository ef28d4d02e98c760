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

const ledgerWith = (...effects: readonly Effect[]): Ledger => addToOutbox(aLedger(), effects);
const kindsAndAttempts = (ledger: Ledger) =>
  ledger.outbox.map(({ effect, attempts }) => [effect.kind, attempts]);

describe('addToOutbox', () => {
  it('keeps effects in the order of their decisions', () => {
    expect(kindsAndAttempts(addToOutbox(ledgerWith(create, update), [cancel]))).toEqual([
      ['create-transfer-task', 0],
      ['update-conversation', 0],
      ['cancel-task', 0],
    ]);
  });

  it('adds an effect once while it has no attempt, also within one decision', () => {
    expect(addToOutbox(ledgerWith(update, update), [update]).outbox).toEqual([
      { effect: update, attempts: 0 },
    ]);
  });

  it('adds an effect of the same kind with another subject', () => {
    expect(ledgerWith(cancel, cancelTask(aTaskSid(2))).outbox).toHaveLength(2);
  });

  it('counts an attempt for a notice while a run creates the transfer task, because that run may have posted it', () => {
    expect(
      kindsAndAttempts(addToOutbox(takeLease(ledgerWith(create), 'holder', 0), [notice, cancel])),
    ).toEqual([
      ['create-transfer-task', 1],
      ['post-notice', 1],
      ['cancel-task', 0],
    ]);
  });

  it('adds an effect that copies the ledger again, at the end, when a run may be executing it', () => {
    const running = takeLease(ledgerWith(update, create), 'holder', 0);
    expect(kindsAndAttempts(addToOutbox(running, [update]))).toEqual([
      ['create-transfer-task', 1],
      ['update-conversation', 0],
    ]);
  });

  it('moves an update of the conversation behind the notices decided after it', () => {
    const ended = postNotice({ v: 1, id: 'chat-ended', kind: 'chat-ended' });
    const before = addToOutbox(aLedger(), [updateConversation()]);
    expect(addToOutbox(before, [ended, updateConversation()]).outbox.map(({ effect }) => effect)).toEqual([
      ended,
      updateConversation(),
    ]);
  });

  it('adds a redirect again when another worker declines while a run executes it', () => {
    const redirect = redirectTask('transfer');
    const running = takeLease(ledgerWith(redirect), 'holder', 0);
    expect(addToOutbox(running, [redirect]).outbox).toEqual([{ effect: redirect, attempts: 0 }]);
  });

  it('adds no other effect again while a run executes it: a notice would be posted twice', () => {
    const running = takeLease(ledgerWith(notice, cancel), 'holder', 0);
    expect(addToOutbox(running, [notice, cancel])).toBe(running);
  });

  it('returns the same ledger when there is nothing to add, so that nothing is saved', () => {
    const ledger = ledgerWith(update);
    expect(addToOutbox(ledger, [])).toBe(ledger);
    expect(addToOutbox(ledger, [update])).toBe(ledger);
  });
});

describe('takeLease', () => {
  it('counts an attempt for every effect and sets a lease of LEASE_MS', () => {
    const taken = takeLease(takeLease(ledgerWith(create), 'first', 0), 'second', 1000);
    expect(taken.lease).toEqual({ holder: 'second', until: 1000 + LEASE_MS });
    expect(kindsAndAttempts(taken)).toEqual([['create-transfer-task', 2]]);
  });

  it('changes nothing else in the ledger', () => {
    const { lease: _lease, ...taken } = takeLease(aLedger({ ended: { at: 1, by: 'customer' } }), 'holder', 0);
    expect(taken).toEqual(aLedger({ ended: { at: 1, by: 'customer' } }));
  });

  it('sets a longer lease than the time that Twilio lets a function run (10 s)', () => {
    expect(LEASE_MS).toBeGreaterThan(10_000);
  });
});

describe('isLeased', () => {
  const leased = takeLease(aLedger(), 'holder', 1000);

  it('is true for other runs until the lease expires', () => {
    expect(isLeased(leased, 'other', 1000)).toBe(true);
    expect(isLeased(leased, 'other', 1000 + LEASE_MS - 1)).toBe(true);
  });

  it('is false for other runs from the moment the lease expires', () => {
    expect(isLeased(leased, 'other', 1000 + LEASE_MS)).toBe(false);
  });

  it('is false for the holder, and without a lease', () => {
    expect(isLeased(leased, 'holder', 1000)).toBe(false);
    expect(isLeased(aLedger(), 'other', 1000)).toBe(false);
  });
});

describe('acknowledge', () => {
  const running = takeLease(ledgerWith(create, update), 'holder', 0);

  it('removes the effects that are done and releases the lease', () => {
    const after = acknowledge(running, new Set([create.id]), 'holder');
    expect(after.outbox).toEqual([{ effect: update, attempts: 1 }]);
    expect(after).not.toHaveProperty('lease');
  });

  it('keeps an effect that was added again while it ran', () => {
    const addedAgain = addToOutbox(running, [update]);
    expect(acknowledge(addedAgain, new Set([create.id, update.id]), 'holder').outbox).toEqual([
      { effect: update, attempts: 0 },
    ]);
  });

  it('removes a notice that another decision added while it was posted', () => {
    const withNotice = addToOutbox(running, [notice]);
    expect(acknowledge(withNotice, new Set([notice.id]), 'holder').outbox).toEqual(running.outbox);
  });

  it('does not release the lease of another holder', () => {
    const overtaken = takeLease(running, 'other', LEASE_MS);
    const after = acknowledge(overtaken, new Set([create.id]), 'holder');
    expect(after.lease).toEqual(overtaken.lease);
    expect(kindsAndAttempts(after)).toEqual([['update-conversation', 2]]);
  });
});

describe('removeFromOutbox', () => {
  it('removes the given effects only', () => {
    const ledger = ledgerWith(create, notice, update);
    expect(removeFromOutbox(ledger, [notice, cancel])).toEqual(ledgerWith(create, update));
  });
});

describe('leaveUnconfirmed', () => {
  const NOW = 1000;
  const running = takeLease(ledgerWith(notice, cancel, update), 'holder', NOW);
  const unconfirmed = leaveUnconfirmed(running, new Set([notice.id, update.id]), 'holder', NOW);
  const due = (ledger: Ledger, nowMs: number) => dueEntries(ledger, nowMs).map(({ effect }) => effect.kind);

  it('keeps the effects in the outbox and releases the lease', () => {
    expect(kindsAndAttempts(unconfirmed)).toEqual(kindsAndAttempts(running));
    expect(unconfirmed).not.toHaveProperty('lease');
    expect(isLeased(unconfirmed, 'other', NOW)).toBe(false);
  });

  it('makes the effects due when LEASE_MS has passed, and not before', () => {
    expect(due(unconfirmed, NOW)).toEqual(['cancel-task']);
    expect(due(unconfirmed, NOW + LEASE_MS - 1)).toEqual(['cancel-task']);
    expect(due(unconfirmed, NOW + LEASE_MS)).toEqual(['post-notice', 'cancel-task', 'update-conversation']);
  });

  it('is the only reason for an entry not to be due', () => {
    expect(dueEntries(running, NOW)).toEqual(running.outbox);
    expect(dueEntries(ledgerWith(create), NOW)).toEqual([{ effect: create, attempts: 0 }]);
    expect(dueEntries(aLedger(), NOW)).toEqual([]);
  });

  it('does not release the lease of another holder', () => {
    const overtaken = takeLease(running, 'other', NOW + LEASE_MS);
    expect(leaveUnconfirmed(overtaken, new Set([notice.id]), 'holder', NOW + LEASE_MS).lease).toEqual(
      overtaken.lease,
    );
  });

  it('keeps an effect due that was added again: the run does not know the newer ledger', () => {
    const addedAgain = addToOutbox(running, [update]);
    const left = leaveUnconfirmed(addedAgain, new Set([update.id]), 'holder', NOW);
    expect(due(left, NOW)).toContain('update-conversation');
  });

  it('counts an attempt for an effect that the run itself has added', () => {
    const withCreate = addToOutbox(running, [create]);
    const left = leaveUnconfirmed(withCreate, new Set([create.id]), 'holder', NOW);
    expect(left.outbox.at(-1)).toEqual({ effect: create, attempts: 1, unconfirmedUntil: NOW + LEASE_MS });
  });

  it('lets the next run execute the other effects, and counts no attempt for the unconfirmed ones', () => {
    const next = takeLease(unconfirmed, 'next', NOW + 1);
    expect(kindsAndAttempts(next)).toEqual([
      ['post-notice', 1],
      ['cancel-task', 2],
      ['update-conversation', 1],
    ]);
    expect(due(next, NOW + 1)).toEqual(['cancel-task']);
  });

  it('lets the first run after LEASE_MS execute the effects, which may not be done', () => {
    const next = takeLease(unconfirmed, 'next', NOW + LEASE_MS);
    expect(kindsAndAttempts(next)).toEqual([
      ['post-notice', 2],
      ['cancel-task', 2],
      ['update-conversation', 2],
    ]);
    expect(next.outbox.every((entry) => entry.unconfirmedUntil === undefined)).toBe(true);
  });

  it('is undone by requeue, for the failed effects only', () => {
    const reported = requeue(unconfirmed, new Set([notice.id]));
    expect(due(reported, NOW)).toEqual(['post-notice', 'cancel-task']);
    expect(kindsAndAttempts(reported)).toEqual(kindsAndAttempts(unconfirmed));
  });

  it('is not undone by requeue for an effect that was acknowledged', () => {
    const done = acknowledge(unconfirmed, new Set([notice.id]), 'next');
    expect(requeue(done, new Set([notice.id]))).toEqual(done);
  });

  it('allows adding an effect that copies the ledger again, but no notice', () => {
    const changed = addToOutbox(unconfirmed, [update, notice]);
    expect(due(changed, NOW)).toEqual(['cancel-task', 'update-conversation']);
    expect(changed.outbox.filter(({ effect }) => effect.id === update.id)).toEqual([
      { effect: update, attempts: 0, recheckAt: NOW + LEASE_MS },
    ]);
  });
});

describe('an effect that replaces an unconfirmed one', () => {
  const NOW = 1000;
  const unconfirmed = leaveUnconfirmed(
    takeLease(ledgerWith(update), 'slow', NOW),
    new Set([update.id]),
    'slow',
    NOW,
  );
  const replaced = takeLease(addToOutbox(unconfirmed, [update]), 'next', NOW + 1);
  const done = new Set([update.id]);

  it('is due again when the slow run has stopped, because that run may have overwritten its result', () => {
    const acknowledged = acknowledge(replaced, done, 'next');
    expect(dueEntries(acknowledged, NOW + 1)).toEqual([]);
    expect(dueEntries(acknowledged, NOW + LEASE_MS)).toHaveLength(1);
    const rechecked = takeLease(acknowledged, 'last', NOW + LEASE_MS);
    expect(acknowledge(rechecked, done, 'last').outbox).toEqual([]);
  });

  it('is due again when a third effect replaces it before the slow run has stopped', () => {
    const third = takeLease(addToOutbox(replaced, [update]), 'next', NOW + 2);
    expect(dueEntries(acknowledge(third, done, 'next'), NOW + LEASE_MS)).toHaveLength(1);
  });

  it('is due again when its own run leaves it unconfirmed and then requeues it', () => {
    const failed = requeue(leaveUnconfirmed(replaced, done, 'next', NOW + 1), done);
    const retried = takeLease(failed, 'next', NOW + 2);
    expect(dueEntries(acknowledge(retried, done, 'next'), NOW + LEASE_MS)).toHaveLength(1);
  });

  it('is not due again when it runs after the slow run has stopped', () => {
    const late = takeLease(addToOutbox(unconfirmed, [update]), 'next', NOW + LEASE_MS);
    expect(acknowledge(late, done, 'next').outbox).toEqual([]);
  });
});

describe('claimedEntries', () => {
  it('leaves out an unconfirmed effect whose time expires during the lease: it has no new attempt', () => {
    const unconfirmed = leaveUnconfirmed(
      takeLease(ledgerWith(notice), 'first', 0),
      new Set([notice.id]),
      'first',
      0,
    );
    const leased = takeLease(addToOutbox(unconfirmed, [update]), 'second', LEASE_MS - 1);

    expect(claimedEntries(leased)).toEqual([{ effect: update, attempts: 1 }]);
    expect(dueEntries(leased, LEASE_MS)).toHaveLength(2);
    expect(claimedEntries(takeLease(leased, 'second', LEASE_MS))).toMatchObject([
      { attempts: 2 },
      { attempts: 2 },
    ]);
  });
});
