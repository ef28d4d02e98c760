import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Decision, decide } from './decide';
import type { ConversationEvent } from './events';
import { hasOpenTask, LEDGER_BUDGET_BYTES, type Ledger, parseLedger, tasksOf, trimLedger } from './ledger';
import type { Notice } from './notice';
import { addToOutbox } from './outbox';
import type { TransferTarget } from './target';
import { aLedger, aQueueSid, aTaskSid, aTransferRequest, aWorker, aWorkerSid } from './testing';

const aTaskOfFour = fc.integer({ min: 1, max: 4 }).map(aTaskSid);
const anAgent = fc.integer({ min: 1, max: 3 }).map(aWorker);
const aTransferId = fc.constantFrom('transfer-a', 'transfer-b');
const aTarget: fc.Arbitrary<TransferTarget> = fc.oneof(
  fc.constant({ kind: 'queue' as const, queueSid: aQueueSid() }),
  fc
    .integer({ min: 1, max: 3 })
    .map((number) => ({ kind: 'worker' as const, workerSid: aWorkerSid(number) })),
);

/** Events of every type, none of them plausible by itself; those that end a chat are rarer, so that more can happen. */
const anEvent: fc.Arbitrary<ConversationEvent> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('task-tracked' as const), taskSid: aTaskOfFour, at: fc.nat() }),
  },
  {
    weight: 5,
    arbitrary: fc
      .record({
        transferId: aTransferId,
        taskSid: aTaskOfFour,
        by: anAgent,
        target: aTarget,
        mode: fc.constantFrom('warm' as const, 'cold' as const),
        release: fc.constantFrom('immediately' as const, 'on-accept' as const),
        note: fc.constantFrom('', 'A secret note'),
        at: fc.nat(),
      })
      .map(aTransferRequest),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('transfer-offered' as const),
      transferId: aTransferId,
      taskSid: aTaskOfFour,
      at: fc.nat(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('task-accepted' as const),
      taskSid: aTaskOfFour,
      worker: anAgent,
      at: fc.nat(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('agent-left' as const),
      taskSid: aTaskOfFour,
      worker: anAgent,
      alreadyWrapping: fc.boolean(),
      at: fc.nat(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('completion-requested' as const),
      taskSid: aTaskOfFour,
      worker: anAgent,
      at: fc.nat(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('task-closed' as const), taskSid: aTaskOfFour, at: fc.nat() }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('customer-ended' as const), at: fc.nat() }) },
);

/** Events in any order; about every third one is an earlier one again. */
const aHistory = fc
  .array(fc.tuple(anEvent, fc.integer({ min: 0, max: 29 })), { maxLength: 20, size: 'max' })
  .map((steps) => {
    const history: ConversationEvent[] = [];
    for (const [event, back] of steps) {
      history.push(event);
      const earlier = back < 20 ? undefined : history[history.length - (back - 19)];
      if (earlier !== undefined) history.push(earlier);
    }
    return history;
  });

interface Step {
  readonly event: ConversationEvent;
  readonly before: Ledger;
  /** `undefined` when the event was refused. */
  readonly decision: Decision | undefined;
  /** With the effects in its outbox, as the next event finds it. */
  readonly after: Ledger;
}

/** Decides a history event by event. Everything is frozen: a decision that writes into its input throws. */
function play(history: readonly ConversationEvent[]): Step[] {
  const steps: Step[] = [];
  let before = deepFreeze(aLedger());
  for (const event of history) {
    const decided = decide(before, deepFreeze(event));
    const decision = decided.ok ? decided.value : undefined;
    const after = decision === undefined ? before : addToOutbox(decision.ledger, decision.effects);
    steps.push({ event, before, decision, after: deepFreeze(after) });
    before = after;
  }
  return steps;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}

const noticesOf = (steps: readonly Step[]): Notice[] =>
  steps.flatMap(({ decision }) =>
    (decision?.effects ?? []).flatMap((effect) => (effect.kind === 'post-notice' ? [effect.notice] : [])),
  );

const ORDER = ['waiting', 'active', 'left', 'closed'];

/** Checks a property of every history. On failure fast-check prints the seed and the shortest history. */
function always(check: (steps: Step[]) => void) {
  fc.assert(
    fc.property(aHistory, (history) => check(play(history))),
    { numRuns: 250 },
  );
}

describe('decide, whatever happens in whatever order', () => {
  it('never leaves the customer in an open chat without an agent or a search for one', () => {
    always((steps) => {
      for (const { after } of steps) {
        if (after.ended !== undefined || tasksOf(after).length === 0) continue;
        expect(hasOpenTask(after)).toBe(true);
      }
    });
  });

  it('ends the chat only when nobody is left on it, or the customer says so', () => {
    always((steps) => {
      for (const { event, before, after } of steps) {
        if (before.ended !== undefined || after.ended === undefined) continue;
        const who = event.type === 'customer-ended' ? 'customer' : 'last-agent';
        expect(after.ended).toEqual({ at: event.at, by: who });
        if (who === 'last-agent') expect(hasOpenTask(after)).toBe(false);
      }
    });
  });

  it('never takes back that the chat has ended', () => {
    always((steps) => {
      for (const { before, after } of steps) {
        if (before.ended !== undefined) expect(after.ended).toEqual(before.ended);
      }
    });
  });

  it('keeps the one open transfer until it is settled, and never opens an ended one again', () => {
    always((steps) => {
      for (const { before, after } of steps) {
        const ended = new Set(after.past.map((transfer) => transfer.id));
        expect(ended.size).toBe(after.past.length);
        if (after.transfer !== undefined) {
          expect(after.ended).toBeUndefined();
          expect(['requested', 'offered']).toContain(after.transfer.state);
          expect(ended).not.toContain(after.transfer.id);
        }
        for (const transfer of after.past) {
          expect(['accepted', 'unanswered', 'abandoned']).toContain(transfer.state);
          expect(transfer).not.toHaveProperty('note');
        }
        if (before.transfer === undefined || before.transfer.id === after.transfer?.id) continue;
        expect(ended).toContain(before.transfer.id);
      }
    });
  });

  it('asks for at most one task per transfer', () => {
    always((steps) => {
      const made = steps.flatMap(({ decision }) =>
        (decision?.effects ?? []).filter((effect) => effect.kind === 'create-transfer-task'),
      );
      expect(new Set(made.map((effect) => effect.id)).size).toBe(made.length);
    });
  });

  it('never moves a task backwards or gives it to another agent', () => {
    always((steps) => {
      for (const { before, after } of steps) {
        for (const [taskSid, was] of tasksOf(before)) {
          const now = after.tasks[taskSid];
          expect(ORDER.indexOf(now?.state ?? '')).toBeGreaterThanOrEqual(ORDER.indexOf(was.state));
          if (was.worker !== undefined) expect(now?.worker).toEqual(was.worker);
        }
      }
    });
  });

  it('posts every notice once', () => {
    always((steps) => {
      const ids = noticesOf(steps).map((notice) => notice.id);
      expect(new Set(ids).size).toBe(ids.length);
    });
  });

  it('tells the customer no note and no SID of a worker or a queue', () => {
    always((steps) => {
      expect(JSON.stringify(noticesOf(steps))).not.toMatch(/secret|W[KQ][0-9a-f]{32}/);
    });
  });

  it('lets nobody leave who has not joined', () => {
    always((steps) => {
      const joined = new Set<string>();
      for (const { id, kind } of noticesOf(steps)) {
        if (kind === 'agent-joined') joined.add(id);
        if (kind === 'agent-left') expect(joined).toContain(id.replace('agent-left', 'agent-joined'));
      }
    });
  });

  it('says nothing more after saying that the chat has ended', () => {
    always((steps) => {
      const kinds = noticesOf(steps).map((notice) => notice.kind);
      const end = kinds.indexOf('chat-ended');
      expect(end === -1 || end === kinds.length - 1).toBe(true);
      expect(end !== -1).toBe(steps.at(-1)?.after.ended !== undefined);
    });
  });

  it('leaves a ledger that fits its document whole and is read back as it was', () => {
    always((steps) => {
      const ledger = steps.at(-1)?.after ?? aLedger();
      const json = JSON.stringify(trimLedger(ledger));
      expect(json.length).toBeLessThanOrEqual(LEDGER_BUDGET_BYTES);
      expect(parseLedger(JSON.parse(json))).toEqual(ledger);
    });
  });

  it('has nothing to do when the same event comes again at once', () => {
    always((steps) => {
      for (const { event, decision } of steps) {
        if (decision === undefined) continue;
        expect(decide(decision.ledger, event)).toEqual({
          ok: true,
          value: { ledger: decision.ledger, effects: [] },
        });
      }
    });
  });
});
