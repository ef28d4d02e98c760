import { describe, expect, it } from 'vitest';
import { updateConversation } from '../effects';
import { CLAIM_MS, type EntryState, type OutboxEntry } from './entry';
import * as transitions from './transitions';

/**
 * Every state × every operation of the run `me` at the time `NOW`. A cell is the entry after the operation: `same` for the same
 * object, `gone` if it leaves the outbox. `attempt 2 of 400` is the second attempt, and the first began at 400.
 */
const NOW = 1000;
const RECHECK = 5000;

type Operation = keyof typeof transitions;
type Given =
  | 'pending'
  | 'pending, attempted before'
  | 'claimed by me'
  | 'claimed by me, attempted before'
  | 'claimed by me, expired'
  | 'claimed by another'
  | 'claimed by another, expired'
  | 'unconfirmed'
  | 'unconfirmed, due';

const entry = (state: EntryState, attempts: number, firstAttemptAt?: number): OutboxEntry => ({
  id: 'update-conversation',
  effect: updateConversation(),
  attempts,
  ...(firstAttemptAt === undefined ? {} : { firstAttemptAt }),
  state,
});

/** By kind, so that a new kind of state must get a situation. */
const ENTRIES = {
  pending: {
    pending: entry({ kind: 'pending' }, 0),
    'pending, attempted before': entry({ kind: 'pending' }, 1, 400),
  },
  claimed: {
    'claimed by me': entry({ kind: 'claimed', by: 'me', until: NOW + 1 }, 1, 900),
    'claimed by me, attempted before': entry({ kind: 'claimed', by: 'me', until: NOW + 1 }, 2, 400),
    'claimed by me, expired': entry({ kind: 'claimed', by: 'me', until: NOW }, 1, 900),
    'claimed by another': entry({ kind: 'claimed', by: 'another', until: NOW + 1 }, 1, 900),
    'claimed by another, expired': entry({ kind: 'claimed', by: 'another', until: NOW }, 1, 900),
  },
  unconfirmed: {
    unconfirmed: entry({ kind: 'unconfirmed', until: NOW + 1 }, 1, 900),
    'unconfirmed, due': entry({ kind: 'unconfirmed', until: NOW }, 1, 900),
  },
} as const satisfies Record<EntryState['kind'], Partial<Record<Given, OutboxEntry>>>;
const GIVEN: Record<Given, OutboxEntry> = { ...ENTRIES.pending, ...ENTRIES.claimed, ...ENTRIES.unconfirmed };

const OPERATIONS: Record<Operation, (given: OutboxEntry) => OutboxEntry | boolean | undefined> = {
  isClaimable: (given) => transitions.isClaimable(given, 'me', NOW),
  claim: (given) => transitions.claim(given, 'me', NOW),
  acknowledge: (given) => transitions.acknowledge(given, 'me'),
  release: (given) => transitions.release(given, 'me'),
  withdrawClaim: (given) => transitions.withdrawClaim(given, 'me'),
  leaveUnconfirmed: (given) => transitions.leaveUnconfirmed(given, 'me', { nowMs: NOW, until: RECHECK }),
};

const CLAIMED = `claimed by me until ${NOW + CLAIM_MS}`;
const TABLE: Record<Given, Record<Operation, string>> = {
  pending: {
    isClaimable: 'yes',
    claim: `${CLAIMED}, attempt 1 of ${NOW}`,
    acknowledge: 'gone',
    release: 'same',
    withdrawClaim: 'same',
    leaveUnconfirmed: `unconfirmed until ${RECHECK}, attempt 1 of ${NOW}`,
  },
  'pending, attempted before': {
    isClaimable: 'yes',
    claim: `${CLAIMED}, attempt 2 of 400`,
    acknowledge: 'gone',
    release: 'same',
    withdrawClaim: 'same',
    leaveUnconfirmed: `unconfirmed until ${RECHECK}, attempt 2 of 400`,
  },
  'claimed by me': {
    isClaimable: 'yes',
    claim: `${CLAIMED}, attempt 1 of 900`,
    acknowledge: 'gone',
    release: 'pending, attempt 1 of 900',
    withdrawClaim: 'pending, attempt 0',
    leaveUnconfirmed: `unconfirmed until ${RECHECK}, attempt 1 of 900`,
  },
  'claimed by me, attempted before': {
    isClaimable: 'yes',
    claim: `${CLAIMED}, attempt 2 of 400`,
    acknowledge: 'gone',
    release: 'pending, attempt 2 of 400',
    withdrawClaim: 'pending, attempt 1 of 400',
    leaveUnconfirmed: `unconfirmed until ${RECHECK}, attempt 2 of 400`,
  },
  // No other run has claimed it since then, so the claim is still mine.
  'claimed by me, expired': {
    isClaimable: 'yes',
    claim: `${CLAIMED}, attempt 1 of 900`,
    acknowledge: 'gone',
    release: 'pending, attempt 1 of 900',
    withdrawClaim: 'pending, attempt 0',
    leaveUnconfirmed: `unconfirmed until ${RECHECK}, attempt 1 of 900`,
  },
  'claimed by another': {
    isClaimable: 'no',
    claim: 'same',
    acknowledge: 'same',
    release: 'same',
    withdrawClaim: 'same',
    leaveUnconfirmed: 'same',
  },
  // Only a claim takes it from the other run, which may still save its result.
  'claimed by another, expired': {
    isClaimable: 'yes',
    claim: `${CLAIMED}, attempt 2 of 900`,
    acknowledge: 'same',
    release: 'same',
    withdrawClaim: 'same',
    leaveUnconfirmed: 'same',
  },
  unconfirmed: {
    isClaimable: 'no',
    claim: 'same',
    acknowledge: 'gone',
    release: 'pending, attempt 1 of 900',
    withdrawClaim: 'same',
    leaveUnconfirmed: `unconfirmed until ${RECHECK}, attempt 1 of 900`,
  },
  'unconfirmed, due': {
    isClaimable: 'yes',
    claim: `${CLAIMED}, attempt 2 of 900`,
    acknowledge: 'gone',
    release: 'pending, attempt 1 of 900',
    withdrawClaim: 'same',
    leaveUnconfirmed: `unconfirmed until ${RECHECK}, attempt 1 of 900`,
  },
};

function describeEntry({ state, attempts, firstAttemptAt }: OutboxEntry): string {
  const by = state.kind === 'claimed' ? ` by ${state.by}` : '';
  const until = state.kind === 'pending' ? '' : ` until ${state.until}`;
  const since = firstAttemptAt === undefined ? '' : ` of ${firstAttemptAt}`;
  return `${state.kind}${by}${until}, attempt ${attempts}${since}`;
}

function describeResult(given: OutboxEntry, result: OutboxEntry | boolean | undefined): string {
  if (typeof result === 'boolean') return result ? 'yes' : 'no';
  if (result === undefined) return 'gone';
  return result === given ? 'same' : describeEntry(result);
}

const cases = (Object.entries(TABLE) as Array<[Given, Record<Operation, string>]>).flatMap(([given, row]) =>
  (Object.entries(row) as Array<[Operation, string]>).map(([operation, expected]) => ({
    given,
    operation,
    expected,
  })),
);

describe('the transition of an entry that is', () => {
  it.each(cases)('$given by $operation is: $expected', ({ given, operation, expected }) => {
    expect(describeResult(GIVEN[given], OPERATIONS[operation](GIVEN[given]))).toBe(expected);
  });

  it.each(cases)('$given by $operation changes neither its id nor its effect', ({ given, operation }) => {
    const result = OPERATIONS[operation](GIVEN[given]);
    if (typeof result === 'object') {
      expect([result.id, result.effect]).toEqual([GIVEN[given].id, GIVEN[given].effect]);
    }
  });
});

describe('a release after a call that got no answer', () => {
  it.each(['pending', 'claimed by me', 'unconfirmed'] as const)(
    'records until when the call may still take effect: %s',
    (given) => {
      const released = transitions.release(GIVEN[given], 'me', 46_000);
      expect(released).toMatchObject({ state: { kind: 'pending' }, mayLandUntil: 46_000 });
      expect(transitions.claim(released, 'me', NOW)).toMatchObject({ mayLandUntil: 46_000 });
    },
  );

  it('leaves an entry that another run has claimed', () => {
    expect(transitions.release(GIVEN['claimed by another'], 'me', 46_000)).toBe(GIVEN['claimed by another']);
  });
});

describe('a claim', () => {
  it('is longer than a function works (9 s), by more than a second, in which clocks may differ', () => {
    expect(CLAIM_MS).toBeGreaterThan(9_000 + 1_000);
  });
});
