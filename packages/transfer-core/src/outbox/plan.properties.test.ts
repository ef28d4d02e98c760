import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anEntry, claimedBy, NOW, unconfirmed } from '../../test/outbox';
import { aConversationSid, aLedger, aTaskSid, aTransfer, aWorker } from '../../testing';
import {
  addParticipant,
  cancelTask,
  completeTask,
  createTransferTask,
  type Effect,
  postNotice,
  recallTransfer,
  redirectTask,
  removeParticipant,
  updateConversation,
  withdrawTransferTask,
  wrapReservation,
} from '../effects';
import { jsonSize } from '../json-size';
import type { Ledger } from '../ledger';
import { buildJoinedNotice, buildLeftNotice, buildStartedNotice, CHAT_ENDED } from '../notice/build-notice';
import { CLAIM_MS, type EntryState, type Outbox, type OutboxEntry } from './entry';
import { laneOf } from './lanes';
import { claimEntries, settleEntries } from './outbox';
import { MAX_UNCONFIRMED_BYTES, type Plan, planOutbox, planUnconfirmed } from './plan';

const CHAT = { conversationSid: aConversationSid(1) };
const EFFECTS: readonly Effect[] = [
  ...['a', 'b'].flatMap((id) => [
    createTransferTask(id),
    recallTransfer(id),
    withdrawTransferTask(id),
    redirectTask(id),
    postNotice(buildStartedNotice(CHAT, aTransfer({ id }))),
  ]),
  ...[1, 2, 3].flatMap((number) => [
    postNotice(buildJoinedNotice(CHAT, aTaskSid(number), aWorker(number))),
    postNotice(buildLeftNotice(CHAT, aTaskSid(number), aWorker(number))),
    wrapReservation(aTaskSid(number), aWorker(number)),
    removeParticipant(aTaskSid(number), aWorker(number), 0),
    addParticipant(aTaskSid(number + 3), aWorker(number)),
    completeTask(aTaskSid(number), 'goes-on'),
    cancelTask(aTaskSid(number + 3)),
  ]),
  postNotice(CHAT_ENDED),
  updateConversation(),
];

const aTime = fc.constantFrom(NOW - 1, NOW, NOW + 1, NOW + CLAIM_MS);
const aState: fc.Arbitrary<EntryState> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<EntryState>({ kind: 'pending' }) },
  { weight: 2, arbitrary: aTime.map((until) => unconfirmed(until)) },
  { weight: 2, arbitrary: aTime.map((until) => claimedBy('me', until)) },
);
/** The states of a ledger in which another run has claims too. */
const aStateOfRuns = fc.oneof(
  { weight: 3, arbitrary: aState },
  aTime.map((until) => claimedBy('another', until)),
);

const anOutboxOf = (states: fc.Arbitrary<EntryState>): fc.Arbitrary<OutboxEntry[]> =>
  fc
    .tuple(
      fc.shuffledSubarray([...EFFECTS]),
      fc.array(fc.tuple(states, fc.nat(2)), { minLength: 40, maxLength: 40 }),
    )
    .map(([effects, states]) =>
      effects.map((effect, index) => {
        const [state, attempts] = states[index] ?? [{ kind: 'pending' as const }, 0];
        return anEntry(effect, state, state.kind === 'pending' ? attempts : attempts + 1);
      }),
    );
const aBackend = fc.constantFrom('conversations' as const, 'programmable-chat' as const);

const isNotice = ({ effect }: OutboxEntry) => effect.kind === 'post-notice';
const releasesAnAgent = ({ effect }: OutboxEntry): boolean =>
  ['wrap-reservation', 'remove-participant', 'complete-task'].includes(effect.kind) ||
  (effect.kind === 'post-notice' && effect.notice.kind === 'agent-left');
/** The entries that a plan executes, with those that they cover. */
const executedBy = (plan: Plan): OutboxEntry[] =>
  plan.step === 'run'
    ? plan.lanes.flatMap(({ work }) => work.flatMap(({ entry, covers }) => [entry, ...covers]))
    : [];
const idsOf = (entries: Outbox) => entries.map(({ id }) => id);

/** Checks every plan of the run `me`. */
function checkPlans(
  check: (plan: Extract<Plan, { step: 'run' }>, outbox: Outbox, backend: Ledger['backend']) => void,
) {
  fc.assert(
    fc.property(anOutboxOf(aState), aBackend, (outbox, backend) => {
      const plan = planOutbox({ outbox, backend }, 'me', NOW);
      if (plan.step === 'run') check(plan, outbox, backend);
    }),
    { numRuns: 500 },
  );
}

describe('planOutbox, for any outbox', () => {
  it('executes nothing while another run has a claim, and else what is due', () => {
    fc.assert(
      fc.property(anOutboxOf(aStateOfRuns), aBackend, (outbox, backend) => {
        const plan = planOutbox({ outbox, backend }, 'me', NOW);
        const isOthers = outbox.some(
          ({ state }) => state.kind === 'claimed' && state.by === 'another' && state.until > NOW,
        );
        const isDue = outbox.some(
          ({ state }) =>
            state.kind === 'pending' || state.until <= NOW || (state.kind === 'claimed' && state.by === 'me'),
        );
        expect(plan.step).toBe(isOthers ? 'wait' : isDue ? 'run' : 'nothing');
      }),
      { numRuns: 500 },
    );
  });

  it('executes only what it claims, and each entry once', () => {
    checkPlans((plan, outbox) => {
      const executed = idsOf(executedBy(plan));
      expect(new Set(executed).size).toBe(executed.length);
      for (const id of executed) expect(plan.claims).toContain(id);
      expect(executed.length).toBeGreaterThan(0);
      expect(idsOf(outbox)).toEqual(expect.arrayContaining([...plan.claims]));
    });
  });

  it('releases no agent while a transfer task is created or recalled, unless that was decided before', () => {
    checkPlans((plan, outbox, backend) => {
      const onTask = outbox.findIndex(
        ({ id, effect }) => plan.claims.has(id) && laneOf(effect, backend) === 'transfer-task',
      );
      if (onTask === -1) return;
      const released = executedBy(plan).filter(releasesAnAgent);
      for (const entry of released) expect(outbox.indexOf(entry)).toBeLessThan(onTask);
    });
  });

  it('leaves nothing for later unless a transfer task comes first', () => {
    checkPlans((plan, outbox, backend) => {
      const isOnTask = outbox.some(
        ({ id, effect }) => plan.claims.has(id) && laneOf(effect, backend) === 'transfer-task',
      );
      if (!isOnTask) expect(new Set(idsOf(executedBy(plan)))).toEqual(plan.claims);
    });
  });

  it('keeps the order within each lane, except that closing comes last', () => {
    checkPlans((plan, outbox) => {
      for (const { work } of plan.lanes) {
        const entries = work.map(({ entry }) => entry);
        const closing = entries.filter(({ effect }) => effect.kind === 'update-conversation');
        const others = entries.filter(({ effect }) => effect.kind !== 'update-conversation');
        expect(entries).toEqual([...others, ...closing]);
        expect(idsOf(others)).toEqual(idsOf(outbox.filter((entry) => others.includes(entry))));
      }
    });
  });

  it('posts no notice before an earlier one, which is in the lane, unconfirmed or in the chat', () => {
    checkPlans((plan, outbox) => {
      const lane = plan.lanes.find(({ lane }) => lane === 'notices');
      const posted = lane?.work.map(({ entry }) => entry).filter(isNotice) ?? [];
      const last = posted.at(-1);
      if (lane === undefined || last === undefined) return;
      const earlier = outbox.slice(0, outbox.indexOf(last)).filter(isNotice);
      expect(new Set(idsOf(earlier))).toEqual(
        new Set(
          idsOf([...posted.slice(0, -1), ...lane.after]).filter((id) =>
            earlier.some((entry) => entry.id === id),
          ),
        ),
      );
    });
  });

  it('closes no conversation of Flex Conversations before every notice in the outbox', () => {
    checkPlans((plan, outbox, backend) => {
      const lane = plan.lanes.find(({ lane }) => lane === 'notices');
      const isClosing = lane?.work.some(({ entry }) => entry.effect.kind === 'update-conversation');
      if (lane === undefined || backend !== 'conversations' || !isClosing) return;
      const notices = idsOf([...lane.work.map(({ entry }) => entry), ...lane.after].filter(isNotice));
      expect(new Set(notices)).toEqual(new Set(idsOf(outbox.filter(isNotice))));
    });
  });

  it('covers only a removal, by a release of the same task on Flex Conversations', () => {
    checkPlans((plan, _outbox, backend) => {
      for (const { entry, covers } of plan.lanes.flatMap(({ work }) => work)) {
        for (const { effect } of covers) {
          expect(backend).toBe('conversations');
          expect(effect.kind).toBe('remove-participant');
          expect(['wrap-reservation', 'complete-task']).toContain(entry.effect.kind);
          expect('taskSid' in effect && effect.taskSid).toBe(
            'taskSid' in entry.effect && entry.effect.taskSid,
          );
        }
      }
    });
  });
});

describe('runs that follow their plans', () => {
  /** Claims and acknowledges plan by plan, until nothing is due. Returns the ids in the order of execution. */
  function drain(
    start: Ledger,
    run: string,
  ): { readonly executed: readonly string[]; readonly left: Ledger } {
    let ledger = start;
    const executed: string[] = [];
    for (let steps = 0; steps <= start.outbox.length; steps += 1) {
      const claimed = planOutbox(ledger, run, NOW);
      if (claimed.step !== 'run') break;
      ledger = claimEntries(ledger, claimed.claims, run, NOW);
      const plan = planOutbox(ledger, run, NOW);
      const done = new Set(idsOf(executedBy(plan)));
      executed.push(...done);
      ledger = settleEntries(ledger, { done, failed: new Set(), recheckAt: new Map() }, run);
    }
    return { executed, left: ledger };
  }

  it('execute every due entry once, and leave what is unconfirmed', () => {
    fc.assert(
      fc.property(anOutboxOf(aState), aBackend, (outbox, backend) => {
        const plan = planOutbox({ outbox, backend }, 'me', NOW);
        const due = plan.step === 'run' ? [...plan.claims] : [];
        const { executed, left } = drain(aLedger({ outbox, backend }), 'me');
        expect([...executed].sort()).toEqual([...due].sort());
        expect(left.outbox).toEqual(outbox.filter(({ id }) => !due.includes(id)));
      }),
      { numRuns: 500 },
    );
  });

  it('never have claims at the same time', () => {
    const aStep = fc.record({
      run: fc.constantFrom('first', 'second', 'third'),
      afterMs: fc.constantFrom(0, 100, CLAIM_MS - 1, CLAIM_MS),
      does: fc.constantFrom('claim', 'finish', 'fail', 'crash'),
    });
    fc.assert(
      fc.property(
        anOutboxOf(fc.constant({ kind: 'pending' })),
        aBackend,
        fc.array(aStep),
        (outbox, backend, steps) => {
          let ledger = aLedger({ outbox, backend });
          let now = NOW;
          for (const { run, afterMs, does } of steps) {
            now += afterMs;
            const plan = planOutbox(ledger, run, now);
            if (plan.step === 'run') ledger = claimEntries(ledger, plan.claims, run, now);
            const executed = new Set(idsOf(executedBy(plan)));
            const none = new Set<string>();
            if (does === 'finish')
              ledger = settleEntries(ledger, { done: executed, failed: none, recheckAt: new Map() }, run);
            if (does === 'fail')
              ledger = settleEntries(ledger, { done: none, failed: executed, recheckAt: new Map() }, run);
            const live = ledger.outbox.flatMap(({ state }) =>
              state.kind === 'claimed' && state.until > now ? [state.by] : [],
            );
            expect(new Set(live).size).toBeLessThanOrEqual(1);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('planUnconfirmed, for any outbox', () => {
  it('plans only first attempts, no transfer task, and no more than may be unconfirmed', () => {
    fc.assert(
      fc.property(anOutboxOf(aStateOfRuns), aBackend, fc.boolean(), (outbox, backend, isEnding) => {
        const few = outbox.slice(0, 6).map((entry) => ({ ...entry, attempts: Math.min(entry.attempts, 1) }));
        const lanes = planUnconfirmed({ outbox: few, backend }, { nowMs: NOW, run: 'me', isEnding });
        const executed = (lanes ?? []).flatMap(({ work }) =>
          work.flatMap(({ entry, covers }) => [entry, ...covers]),
        );
        for (const { effect, attempts, state } of executed) {
          expect(laneOf(effect, backend)).not.toBe('transfer-task');
          expect(state.kind === 'pending' ? attempts : attempts - 1).toBe(0);
          expect(state.kind).not.toBe('unconfirmed');
          if (isEnding) expect(effect.kind).not.toBe('update-conversation');
        }
        const unconfirmedBefore = few.filter(({ state }) => state.kind === 'unconfirmed');
        if (executed.length > 0) {
          expect(jsonSize([...unconfirmedBefore, ...executed])).toBeLessThanOrEqual(MAX_UNCONFIRMED_BYTES);
        }
      }),
      { numRuns: 500 },
    );
  });
});
