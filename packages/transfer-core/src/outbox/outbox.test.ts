import { describe, expect, it } from 'vitest';
import { aLedger, aTaskSid } from '../../testing';
import {
  cancelTask,
  createTransferTask,
  type Effect,
  effectId,
  postNotice,
  recallTransfer,
  redirectTask,
  updateConversation,
  withdrawTransferTask,
} from '../effects';
import type { Ledger } from '../ledger';
import { CLAIM_MS, LANDING_MS, type OutboxEntry } from './entry';
import {
  addToOutbox,
  claimEntries,
  isInOutbox,
  leaveEntriesUnconfirmed,
  outboxDueAt,
  removeFromOutbox,
  settleEntries,
  withdrawClaims,
} from './outbox';

const NOW = 1000;
const create = createTransferTask('transfer');
const withdraw = withdrawTransferTask('transfer');
const recall = recallTransfer('transfer');
const redirect = redirectTask('transfer');
const cancel = cancelTask(aTaskSid(1));
const update = updateConversation();
const notice = postNotice({ v: 1, id: 'customer-left', kind: 'customer-left' });
const ended = postNotice({ v: 1, id: 'chat-ended', kind: 'chat-ended' });

const ledgerWith = (...effects: readonly Effect[]): Ledger => addToOutbox(aLedger(), effects);
const idsOf = ({ outbox }: Ledger) => outbox.map(({ id }) => id);
const allIds = (ledger: Ledger) => new Set(idsOf(ledger));
/** A run claims everything. */
const claimAll = (ledger: Ledger, run = 'run', nowMs = NOW) =>
  claimEntries(ledger, allIds(ledger), run, nowMs);
const leaveAll = (ledger: Ledger, run = 'run', nowMs = NOW) =>
  leaveEntriesUnconfirmed(ledger, allIds(ledger), run, nowMs);

const NONE: ReadonlySet<string> = new Set<string>();
const outcome = ({
  done = NONE,
  failed = NONE,
  recheckAt = new Map<string, number>(),
}: {
  done?: ReadonlySet<string>;
  failed?: ReadonlySet<string>;
  recheckAt?: ReadonlyMap<string, number>;
}) => ({ done, failed, recheckAt });
const doneAt = (effect: Effect, until: number) =>
  outcome({ done: new Set([effectId(effect)]), recheckAt: new Map([[effectId(effect), until]]) });

/** The states that an entry can have. */
const inEveryState: Record<OutboxEntry['state']['kind'], (effect: Effect) => Ledger> = {
  pending: (effect) => ledgerWith(effect),
  claimed: (effect) => claimAll(ledgerWith(effect)),
  unconfirmed: (effect) => leaveAll(ledgerWith(effect)),
};

describe('addToOutbox', () => {
  it('adds effects as pending entries without an attempt, in the order of their decisions', () => {
    expect(addToOutbox(ledgerWith(create, update), [cancel]).outbox).toEqual(
      [create, update, cancel].map((effect) => ({
        id: effectId(effect),
        effect,
        attempts: 0,
        state: { kind: 'pending' },
      })),
    );
  });

  it('adds a notice or a transfer task as attempted when the ledger was rebuilt: the chat may have it already', () => {
    const rebuilt = addToOutbox(aLedger({ isRebuilt: true }), [create, notice, cancel]);
    expect(rebuilt.outbox).toMatchObject([
      { effect: create, attempts: 1 },
      { effect: notice, attempts: 1, firstAttemptAt: 0 },
      { effect: cancel, attempts: 0 },
    ]);
    // What the run creates is as old as its attempt.
    expect(claimAll(rebuilt).outbox).toMatchObject([
      { attempts: 2, firstAttemptAt: NOW },
      { attempts: 2, firstAttemptAt: 0 },
      { attempts: 1, firstAttemptAt: NOW },
    ]);
  });

  it('adds an effect of the same kind with another subject', () => {
    expect(ledgerWith(cancel, cancelTask(aTaskSid(2))).outbox).toHaveLength(2);
  });

  it('adds an effect once while it is pending, also within one decision', () => {
    expect(idsOf(ledgerWith(update, cancel, update, cancel))).toEqual([
      'update-conversation',
      effectId(cancel),
    ]);
  });

  it.each(Object.entries(inEveryState))(
    'adds no effect again that does not copy the ledger: it is %s',
    (_state, ledgerOf) => {
      for (const effect of [create, recall, notice, cancel, withdraw]) {
        const ledger = ledgerOf(effect);
        expect(addToOutbox(ledger, [effect])).toBe(ledger);
      }
    },
  );

  it('returns the same ledger when there is nothing to add, so that nothing is saved', () => {
    const ledger = ledgerWith(update);
    expect(addToOutbox(ledger, [])).toBe(ledger);
    expect(addToOutbox(ledger, [update])).toBe(ledger);
  });
});

describe('an effect that copies the ledger', () => {
  it.each(['claimed', 'unconfirmed'] as const)('is added again at the end while a copy is %s', (state) => {
    for (const effect of [update, redirect]) {
      const running = inEveryState[state](effect);
      const changed = addToOutbox(running, [notice, effect]);
      expect(changed.outbox.slice(0, 1)).toEqual(running.outbox);
      expect(changed.outbox.slice(2)).toEqual([
        { id: `${effectId(effect)}#2`, effect, attempts: 0, state: { kind: 'pending' } },
      ]);
    }
  });

  it('has one pending copy, however often it is decided', () => {
    const running = claimAll(ledgerWith(update));
    expect(idsOf(addToOutbox(running, [update, update]))).toEqual([
      'update-conversation',
      'update-conversation#2',
    ]);
  });

  it('gets an id that no other copy in the outbox has', () => {
    const second = claimAll(addToOutbox(claimAll(ledgerWith(update)), [update]));
    const third = addToOutbox(second, [update]);
    expect(idsOf(third)).toEqual(['update-conversation', 'update-conversation#2', 'update-conversation#3']);
    const first = new Set(['update-conversation']);
    const withoutFirst = claimAll(settleEntries(third, outcome({ done: first }), 'run'));
    expect(idsOf(addToOutbox(withoutFirst, [update])).at(-1)).toBe('update-conversation');
  });

  it('leaves the older copy to run again when its time is over: it may have copied an older ledger later', () => {
    const slow = leaveAll(ledgerWith(update), 'slow');
    const both = addToOutbox(slow, [update]);
    const done = settleEntries(both, outcome({ done: new Set(['update-conversation#2']) }), 'next');
    expect(done.outbox).toEqual(slow.outbox);
  });
});

describe('a withdrawal', () => {
  const rest = [notice, cancel];

  it('is not added without a creation: the task exists, or is not wanted', () => {
    const ledger = ledgerWith(...rest);
    expect(addToOutbox(ledger, [withdraw])).toBe(ledger);
    expect(idsOf(ledgerWith(createTransferTask('another'), withdraw))).toEqual([
      'create-transfer-task:another',
    ]);
  });

  it('removes a creation that no run has attempted, and needs no run itself', () => {
    expect(addToOutbox(ledgerWith(create, ...rest), [withdraw]).outbox).toEqual(ledgerWith(...rest).outbox);
  });

  it.each([
    ['has failed', (ledger: Ledger) => settleEntries(ledger, outcome({ failed: allIds(ledger) }), 'run')],
    ['is unconfirmed', (ledger: Ledger) => leaveAll(ledger)],
  ])('replaces a creation whose attempt %s, with its attempts, at the end', (_what, attempt) => {
    const attempted = attempt(claimAll(ledgerWith(create)));
    const changed = addToOutbox(addToOutbox(attempted, rest), [withdraw]);
    expect(idsOf(changed)).toEqual([...rest, withdraw].map(effectId));
    expect(changed.outbox.at(-1)).toEqual({
      id: effectId(withdraw),
      effect: withdraw,
      attempts: 1,
      firstAttemptAt: NOW,
      state: { kind: 'pending' },
    });
  });

  it('is added beside a creation that a run is attempting', () => {
    const running = claimAll(ledgerWith(create));
    const changed = addToOutbox(running, [withdraw]);
    expect(changed.outbox.slice(0, 1)).toEqual(running.outbox);
    expect(idsOf(changed)).toEqual([create, withdraw].map(effectId));
  });

  it('is added once', () => {
    const running = addToOutbox(claimAll(ledgerWith(create)), [withdraw]);
    expect(addToOutbox(running, [withdraw])).toBe(running);
  });

  it('keeps the notices that follow the end of the transfer', () => {
    const attempted = claimAll(ledgerWith(create));
    expect(idsOf(addToOutbox(attempted, [notice, ended, withdraw, update]))).toEqual(
      [create, notice, ended, withdraw, update].map(effectId),
    );
  });
});

describe('a notice that is added', () => {
  const attempts = (ledger: Ledger) => ledger.outbox.map(({ effect, attempts }) => [effect.kind, attempts]);

  it.each([
    ['creates', create],
    ['recalls', recall],
  ])('counts an attempt while a run %s the transfer task: that run may have posted it', (_what, onTask) => {
    const later = addToOutbox(claimAll(ledgerWith(onTask)), [notice, cancel]);
    expect(attempts(later)).toEqual([
      [onTask.kind, 1],
      ['post-notice', 1],
      ['cancel-task', 0],
    ]);
    expect(later.outbox[1]?.firstAttemptAt).toBe(NOW);
  });

  it('counts an attempt after a failed one, and from the time of the first', () => {
    const failed = settleEntries(
      claimAll(ledgerWith(create)),
      outcome({ failed: new Set([effectId(create)]) }),
      'run',
    );
    const retried = claimAll(failed, 'next', NOW + 5000);
    expect(addToOutbox(retried, [notice]).outbox[1]).toMatchObject({ attempts: 1, firstAttemptAt: NOW });
  });

  it('counts none while no run has attempted the transfer task, or there is none', () => {
    expect(attempts(ledgerWith(create, notice))[1]).toEqual(['post-notice', 0]);
    expect(attempts(addToOutbox(claimAll(ledgerWith(cancel)), [notice]))[1]).toEqual(['post-notice', 0]);
  });
});

describe('removeFromOutbox', () => {
  it('removes the given effects only, with all their copies', () => {
    const ledger = ledgerWith(create, notice, cancel);
    expect(removeFromOutbox(ledger, [notice, recall])).toEqual(ledgerWith(create, cancel));
    const copies = addToOutbox(claimAll(ledgerWith(update)), [update]);
    expect(removeFromOutbox(copies, [update]).outbox).toEqual([]);
  });
});

describe('isInOutbox', () => {
  it.each(Object.entries(inEveryState))('finds an effect that is %s', (_state, ledgerOf) => {
    expect(isInOutbox(ledgerOf(cancel), cancel)).toBe(true);
    expect(isInOutbox(ledgerOf(cancel), cancelTask(aTaskSid(2)))).toBe(false);
  });
});

describe('claimEntries', () => {
  it('claims the given entries only, and changes nothing else in the ledger', () => {
    const ledger = addToOutbox(aLedger({ ended: { at: 1, by: 'customer' } }), [notice, cancel]);
    const claimed = claimEntries(ledger, new Set([effectId(cancel)]), 'run', NOW);
    expect(claimed).toEqual({
      ...ledger,
      outbox: [
        ledger.outbox[0],
        {
          ...ledger.outbox[1],
          attempts: 1,
          firstAttemptAt: NOW,
          state: { kind: 'claimed', by: 'run', until: NOW + CLAIM_MS },
        },
      ],
    });
  });

  it('leaves the claims of other runs until they expire', () => {
    const claimed = claimAll(ledgerWith(cancel), 'other');
    expect(claimAll(claimed, 'run', NOW + CLAIM_MS - 1)).toEqual(claimed);
    expect(claimAll(claimed, 'run', NOW + CLAIM_MS).outbox).toMatchObject([
      { attempts: 2, firstAttemptAt: NOW, state: { by: 'run' } },
    ]);
  });
});

describe('withdrawClaims', () => {
  it('gives back the claims of the run, as if it had not made them', () => {
    const before = addToOutbox(leaveAll(ledgerWith(notice)), [cancel, update]);
    const others = claimEntries(before, new Set([effectId(cancel)]), 'other', NOW);
    const claimed = claimEntries(others, new Set([effectId(update)]), 'run', NOW);
    expect(withdrawClaims(claimed, 'run')).toEqual(others);
  });
});

describe('leaveEntriesUnconfirmed', () => {
  it('makes the entries due after the time of a claim, because the run may work as long', () => {
    const left = leaveEntriesUnconfirmed(
      claimAll(ledgerWith(notice, cancel)),
      new Set([effectId(notice)]),
      'run',
      NOW,
    );
    expect(left.outbox).toMatchObject([
      { attempts: 1, firstAttemptAt: NOW, state: { kind: 'unconfirmed', until: NOW + CLAIM_MS } },
      { state: { kind: 'claimed', by: 'run' } },
    ]);
  });

  it('counts an attempt for an entry that the run itself has added', () => {
    expect(leaveAll(ledgerWith(notice)).outbox).toMatchObject([{ attempts: 1, firstAttemptAt: NOW }]);
  });
});

describe('settleEntries', () => {
  const running = claimAll(ledgerWith(notice, cancel, update));

  it('removes what is done, makes what failed pending, and keeps the rest as it is', () => {
    const settled = settleEntries(
      running,
      outcome({ done: new Set([effectId(notice)]), failed: new Set([effectId(cancel)]) }),
      'run',
    );
    expect(settled.outbox).toEqual([{ ...running.outbox[1], state: { kind: 'pending' } }, running.outbox[2]]);
  });

  it('records until when a failed effect may still take effect', () => {
    const ledger = claimAll(ledgerWith(create));
    const failed = new Set([effectId(create)]);
    const mayLandUntil = new Map([[effectId(create), 46_000]]);
    const [entry] = settleEntries(ledger, { ...outcome({ failed }), mayLandUntil }, 'run').outbox;
    expect(entry).toMatchObject({ state: { kind: 'pending' }, mayLandUntil: 46_000 });
  });

  it('leaves entries to another run that has claimed them since then', () => {
    const overtaken = claimAll(running, 'other', NOW + CLAIM_MS);
    const settled = settleEntries(
      overtaken,
      outcome({ done: new Set([effectId(notice)]), failed: new Set([effectId(cancel)]) }),
      'run',
    );
    expect(settled).toEqual(overtaken);
    expect(settleEntries(overtaken, doneAt(update, NOW + LANDING_MS), 'run')).toEqual(overtaken);
  });

  it('removes an effect that another decision added while it ran', () => {
    const other = settleEntries(running, outcome({ done: new Set([effectId(notice)]) }), 'run');
    const addedAgain = addToOutbox(other, [notice]);
    expect(settleEntries(addedAgain, outcome({ done: new Set([effectId(notice)]) }), 'run').outbox).toEqual(
      other.outbox,
    );
  });

  it('keeps a copy that was added while the older one ran', () => {
    const changed = addToOutbox(running, [update]);
    expect(idsOf(settleEntries(changed, outcome({ done: new Set(idsOf(running)) }), 'run'))).toEqual([
      'update-conversation#2',
    ]);
  });

  it('confirms what an earlier run left unconfirmed', () => {
    const left = leaveAll(running);
    expect(settleEntries(left, outcome({ done: allIds(left) }), 'next').outbox).toEqual([]);
    expect(settleEntries(left, outcome({ failed: allIds(left) }), 'run').outbox).toMatchObject([
      { state: { kind: 'pending' }, attempts: 1 },
      { state: { kind: 'pending' } },
      { state: { kind: 'pending' } },
    ]);
  });

  it('ignores entries that are not in the outbox', () => {
    expect(
      settleEntries(running, outcome({ done: new Set(['unknown']), failed: new Set(['x']) }), 'run'),
    ).toEqual(running);
  });

  it('keeps an entry that is done and may be done twice, to check it later', () => {
    expect(
      settleEntries(claimAll(ledgerWith(notice)), doneAt(notice, NOW + LANDING_MS), 'run').outbox,
    ).toEqual([
      {
        id: effectId(notice),
        effect: notice,
        attempts: 1,
        firstAttemptAt: NOW,
        state: { kind: 'unconfirmed', until: NOW + LANDING_MS },
      },
    ]);
  });

  it('checks a creation as a withdrawal: a second task of the transfer must be found and cancelled', () => {
    const until = NOW + LANDING_MS;
    const settled = settleEntries(claimAll(ledgerWith(create)), doneAt(create, until), 'run');
    expect(settled.outbox).toEqual([
      {
        id: effectId(withdraw),
        effect: withdraw,
        attempts: 1,
        firstAttemptAt: NOW,
        state: { kind: 'unconfirmed', until },
      },
    ]);
  });

  it('has one withdrawal when the transfer has ended while its task was created', () => {
    const withBoth = addToOutbox(claimAll(ledgerWith(create)), [withdraw]);
    const settled = settleEntries(withBoth, doneAt(create, NOW + LANDING_MS), 'run');
    expect(idsOf(settled)).toEqual([effectId(withdraw)]);
  });
});

describe('outboxDueAt', () => {
  const left = leaveAll(ledgerWith(notice));
  it.each<[string, Ledger, number | undefined]>([
    ['never for an empty outbox', aLedger(), undefined],
    ['at once for a pending entry', ledgerWith(notice), 0],
    ['at the end of a claim', claimAll(ledgerWith(notice)), NOW + CLAIM_MS],
    ['when an unconfirmed entry must be checked', left, NOW + CLAIM_MS],
    ['at the earliest of these times', addToOutbox(left, [cancel]), 0],
    [
      'at the earliest check',
      settleEntries(addToOutbox(left, [update]), doneAt(update, NOW + 5), 'run'),
      NOW + 5,
    ],
    [
      'at the end of the claim if another entry is pending: a run waits for the claim',
      addToOutbox(claimAll(ledgerWith(notice)), [cancel]),
      NOW + CLAIM_MS,
    ],
  ])('is %s', (_when, { outbox }, expected) => {
    expect(outboxDueAt(outbox)).toBe(expected);
  });
});
