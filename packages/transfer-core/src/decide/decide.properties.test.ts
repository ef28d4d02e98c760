import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aLedger, aQueueSid, aTask, aTaskSid, aTransferRequest, aWorker, aWorkerSid } from '../../testing';
import { createTransferTask, effectId, postNotice, recallTransfer, redirectTask } from '../effects';
import type { ConversationEvent } from '../events';
import { findForeignEffect } from '../foreign-effect';
import { agentsInChat, type Ledger, mustStayOpen, parseLedger, tasksOf } from '../ledger';
import type { Notice } from '../notice/notice';
import { addToOutbox } from '../outbox/outbox';
import type { TransferTarget } from '../target';
import { isPending } from '../transfer';
import { LEDGER_BUDGET_BYTES, trimLedger } from '../trim-ledger';
import { decide } from './decide';
import type { Decision } from './decision';

const aTaskOfFour = fc.integer({ min: 1, max: 4 }).map(aTaskSid);
const anAgent = fc.integer({ min: 1, max: 3 }).map(aWorker);
const aTransferId = fc.constantFrom('transfer-a', 'transfer-b');
const aTarget: fc.Arbitrary<TransferTarget> = fc.oneof(
  fc.constant({ kind: 'queue' as const, queueSid: aQueueSid() }),
  fc
    .integer({ min: 1, max: 3 })
    .map((number) => ({ kind: 'worker' as const, workerSid: aWorkerSid(number) })),
);

/** Events of every type with random values. Events that end a chat are rarer, so that histories get longer. */
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
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('transfer-refused' as const),
      transferId: aTransferId,
      at: fc.nat(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constantFrom('start-expired' as const, 'return-expired' as const),
      transferId: aTransferId,
      at: fc.nat(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('offer-declined' as const),
      taskSid: aTaskOfFour,
      workerSid: anAgent.map(({ sid }) => sid),
      at: fc.nat(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record(
      {
        type: fc.constant('offer-expired' as const),
        taskSid: aTaskOfFour,
        workerSid: anAgent.map(({ sid }) => sid),
        at: fc.nat(),
      },
      { requiredKeys: ['type', 'taskSid', 'at'] },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('offer-rings-on' as const),
      taskSid: aTaskOfFour,
      until: fc.nat(),
      at: fc.nat(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('cancel-requested' as const),
      transferId: aTransferId,
      by: anAgent.map(({ publicName }) => publicName),
      at: fc.nat(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('tasks-confirmed' as const),
      taskSids: fc.array(aTaskOfFour, { maxLength: 4 }),
      at: fc.nat(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constantFrom('transfer-recalled' as const, 'recall-failed' as const),
      transferId: aTransferId,
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

/** The adoption of a chat, with or without an agent. */
const anAdoption: fc.Arbitrary<ConversationEvent> = fc
  .record({
    open: fc.option(anAgent, { nil: undefined }),
    left: fc.option(anAgent, { nil: undefined }),
    at: fc.nat(),
  })
  .map(({ open, left, at }) => ({
    type: 'chat-adopted' as const,
    tasks: {
      [aTaskSid(1)]: open === undefined ? aTask() : aTask({ state: 'active', worker: open }),
      ...(left === undefined ? {} : { [aTaskSid(2)]: aTask({ state: 'left', worker: left }) }),
    },
    at,
  }));

/** Events in any order. About every third event repeats an earlier one. */
const aHistory = fc
  .tuple(
    fc.array(
      fc.tuple(fc.oneof({ weight: 30, arbitrary: anEvent }, anAdoption), fc.integer({ min: 0, max: 29 })),
      {
        maxLength: 24,
        size: 'max',
      },
    ),
    fc.option(anAdoption, { nil: undefined }),
  )
  .map(([steps, adoption]) => {
    const history: ConversationEvent[] = adoption === undefined ? [] : [adoption];
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
  /** The ledger for the next event, with the effects of this decision in its outbox. */
  readonly after: Ledger;
}

/** Decides a history event by event. All values are frozen, so a decision that changes its input throws. */
function decideHistory(history: readonly ConversationEvent[], from: Ledger = aLedger()): Step[] {
  const steps: Step[] = [];
  let before = deepFreeze(from);
  for (const event of history) {
    const result = decide(before, deepFreeze(event));
    const decision = result.ok ? result.value : undefined;
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

/** The notices in the order in which they are posted, without those that were removed from the outbox before. */
function noticesOf(steps: readonly Step[]): Notice[] {
  let posted: Notice[] = [];
  for (const { before, decision } of steps) {
    if (decision === undefined) continue;
    const kept = new Set(decision.ledger.outbox.map(({ effect }) => effectId(effect)));
    const removed = new Set(
      before.outbox.map(({ effect }) => effectId(effect)).filter((id) => !kept.has(id)),
    );
    posted = posted.filter((notice) => !removed.has(effectId(postNotice(notice))));
    for (const effect of decision.effects) if (effect.kind === 'post-notice') posted.push(effect.notice);
  }
  return posted;
}

/** The agents of an adopted chat, who are not announced. */
const adoptedAgents = (steps: readonly Step[]) =>
  steps.flatMap(({ event, before, after }) =>
    event.type === 'chat-adopted' && before !== after ? agentsInChat(after) : [],
  );

const namesOf = (workers: ReturnType<typeof agentsInChat>) =>
  new Set(workers.map(({ publicName }) => publicName));

const idsOf = ({ outbox }: Ledger) => outbox.map(({ effect }) => effectId(effect));

/** The ledger after more events, of types that are never refused. */
const after = (ledger: Ledger, events: readonly ConversationEvent[]): Ledger =>
  events.reduce((now, event) => decideHistory([event], now).at(-1)?.after ?? now, ledger);

const ORDER = ['waiting', 'active', 'left', 'closed'];

/** Checks a property of every history. On failure, fast-check prints the seed and the shortest history. */
function checkEveryHistory(check: (steps: Step[]) => void) {
  fc.assert(
    fc.property(aHistory, (history) => check(decideHistory(history))),
    { numRuns: 250 },
  );
}

const withoutNotes = (ledger: Ledger) => ({
  ...ledger,
  past: ledger.past.map(({ note: _note, ...transfer }) => transfer),
});

describe('decide, for any history of events', () => {
  it('never leaves an open chat without an agent and without a task that waits for one', () => {
    checkEveryHistory((steps) => {
      for (const { after } of steps) {
        if (after.ended !== undefined || tasksOf(after).length === 0) continue;
        expect(mustStayOpen(after)).toBe(true);
      }
    });
  });

  it('ends the chat only with its last agent, or when the customer ends it', () => {
    checkEveryHistory((steps) => {
      for (const { event, before, after } of steps) {
        if (before.ended !== undefined || after.ended === undefined) continue;
        const endedBy = event.type === 'customer-ended' ? 'customer' : 'last-agent';
        expect(after.ended).toEqual({ at: event.at, by: endedBy });
        if (endedBy === 'last-agent') expect(mustStayOpen(after)).toBe(false);
      }
    });
  });

  it('never changes the end of a chat', () => {
    checkEveryHistory((steps) => {
      for (const { before, after } of steps) {
        if (before.ended !== undefined) expect(after.ended).toEqual(before.ended);
      }
    });
  });

  it('keeps the open transfer until it ends, and never opens an ended one again', () => {
    checkEveryHistory((steps) => {
      for (const { before, after } of steps) {
        const ended = new Set(after.past.map((transfer) => transfer.id));
        expect(ended.size).toBe(after.past.length);
        if (after.transfer !== undefined) {
          expect(after.ended).toBeUndefined();
          expect(['requested', 'offered', 'declined', 'unanswered', 'cancelled']).toContain(
            after.transfer.state,
          );
          expect(ended).not.toContain(after.transfer.id);
        }
        for (const transfer of after.past) {
          expect(['requested', 'offered']).not.toContain(transfer.state);
          expect(transfer).not.toHaveProperty('attributes');
          if (transfer.state === 'returned') expect(transfer.untakenReason).toBeDefined();
        }
        if (before.transfer === undefined || before.transfer.id === after.transfer?.id) continue;
        expect(ended).toContain(before.transfer.id);
      }
    });
  });

  it('never changes an ended transfer', () => {
    checkEveryHistory((steps) => {
      for (const { before, after } of steps)
        expect(after.past.slice(0, before.past.length)).toEqual(before.past);
    });
  });

  it('keeps a returning transfer open only while the chat has no agent', () => {
    checkEveryHistory((steps) => {
      for (const { after } of steps) {
        if (after.transfer === undefined || isPending(after.transfer)) continue;
        expect(after.transfer.untakenReason).toBe(after.transfer.state);
        expect(agentsInChat(after)).toEqual([]);
      }
    });
  });

  it('has a transfer task that waits, or an effect that creates it, while a transfer is open', () => {
    checkEveryHistory((steps) => {
      for (const { after } of steps) {
        const { transfer } = after;
        if (transfer === undefined) continue;
        if (transfer.state === 'requested') {
          expect(idsOf(after)).toContain(effectId(createTransferTask(transfer.id)));
        } else {
          expect(transfer.answerBy).toBeDefined();
          expect(after.tasks[transfer.transferTaskSid ?? aTaskSid(99)]?.state).toBe('waiting');
        }
        if (!isPending(transfer)) expect(idsOf(after)).toContain(effectId(redirectTask(transfer.id)));
        if (isPending(transfer) && transfer.cancelledBy !== undefined) {
          expect(idsOf(after)).toContain(effectId(recallTransfer(transfer.id)));
        }
      }
    });
  });

  it('ends a transfer when its task closes or the customer ends the chat', () => {
    checkEveryHistory((steps) => {
      for (const { after: ledger } of steps) {
        const { transfer } = ledger;
        if (transfer === undefined) continue;
        const ended = after(ledger, [{ type: 'customer-ended', at: 1 }]);
        expect(ended.transfer).toBeUndefined();
        expect(ended.past.at(-1)).toMatchObject({ id: transfer.id, state: 'abandoned' });
        const { transferTaskSid: taskSid } = transfer;
        if (taskSid === undefined) continue;
        const closed = after(ledger, [{ type: 'task-closed', taskSid, at: 1 }]);
        expect(closed.transfer).toBeUndefined();
        expect(closed.past.at(-1)?.id).toBe(transfer.id);
      }
    });
  });

  it('ends the chat and its transfer when all tasks are closed, in any order', () => {
    checkEveryHistory((steps) => {
      const ledger = steps.at(-1)?.after ?? aLedger();
      const { transfer } = ledger;
      const offered: ConversationEvent[] =
        transfer?.state === 'requested'
          ? [{ type: 'transfer-offered', transferId: transfer.id, taskSid: aTaskSid(9), at: 1 }]
          : [];
      const refused: ConversationEvent[] =
        transfer?.state === 'requested' ? [{ type: 'transfer-refused', transferId: transfer.id, at: 1 }] : [];
      for (const first of [offered, refused]) {
        const before = after(ledger, first);
        const closing = tasksOf(before).map(
          ([taskSid]): ConversationEvent => ({ type: 'task-closed', taskSid, at: 1 }),
        );
        for (const order of [closing, [...closing].reverse()]) {
          const ended = after(before, order);
          expect(ended.transfer).toBeUndefined();
          expect(ended.ended !== undefined).toBe(tasksOf(before).length > 0 || ledger.ended !== undefined);
        }
      }
    });
  });

  it('does not end the chat or remove an agent when the target does not take it, or no agent takes it back', () => {
    checkEveryHistory((steps) => {
      for (const { before, event, after } of steps) {
        if (!['offer-declined', 'offer-expired', 'return-expired'].includes(event.type)) continue;
        expect(after.ended).toEqual(before.ended);
        expect(agentsInChat(after)).toEqual(agentsInChat(before));
      }
    });
  });

  it('creates at most one task per transfer', () => {
    checkEveryHistory((steps) => {
      const created = steps.flatMap(({ decision }) =>
        (decision?.effects ?? []).filter((effect) => effect.kind === 'create-transfer-task'),
      );
      expect(new Set(created.map(effectId)).size).toBe(created.length);
    });
  });

  it('never moves a task backwards or changes its agent, except when a failed transfer keeps its agent', () => {
    checkEveryHistory((steps) => {
      for (const { before, event, after } of steps) {
        const mayFail = event.type === 'transfer-refused' || event.type === 'start-expired';
        for (const [taskSid, was] of tasksOf(before)) {
          const now = after.tasks[taskSid];
          const isKept = mayFail && was.state === 'left' && now?.state === 'active';
          if (isKept) expect(idsOf(after)).not.toContain(`wrap-reservation:${taskSid}`);
          else expect(ORDER.indexOf(now?.state ?? '')).toBeGreaterThanOrEqual(ORDER.indexOf(was.state));
          if (was.worker !== undefined) expect(now?.worker).toEqual(was.worker);
        }
      }
    });
  });

  it('posts every notice once', () => {
    checkEveryHistory((steps) => {
      const ids = noticesOf(steps).map((notice) => notice.id);
      expect(new Set(ids).size).toBe(ids.length);
    });
  });

  it('posts no note and no SID of a worker or a queue', () => {
    checkEveryHistory((steps) => {
      expect(JSON.stringify(noticesOf(steps))).not.toMatch(/secret|W[KQ][0-9a-f]{32}/);
    });
  });

  it('posts agent-joined and agent-left of one agent in turn, agent-joined first', () => {
    checkEveryHistory((steps) => {
      const inChat = namesOf(adoptedAgents(steps));
      for (const notice of noticesOf(steps)) {
        if (notice.kind === 'agent-joined') {
          expect(inChat).not.toContain(notice.name);
          inChat.add(notice.name);
        }
        if (notice.kind === 'agent-left') {
          expect(inChat).toContain(notice.name);
          inChat.delete(notice.name);
        }
      }
    });
  });

  it('posts notices that agree with who is in the chat, until the chat has ended', () => {
    checkEveryHistory((steps) => {
      for (const [index, { after }] of steps.entries()) {
        if (after.ended !== undefined) break;
        const soFar = steps.slice(0, index + 1);
        const announced = namesOf(adoptedAgents(soFar));
        for (const notice of noticesOf(soFar)) {
          if (notice.kind === 'agent-joined') announced.add(notice.name);
          if (notice.kind === 'agent-left') announced.delete(notice.name);
        }
        expect(announced).toEqual(namesOf(agentsInChat(after)));
      }
    });
  });

  it('decides to remove an agent from the chat, unless they are in it on another task', () => {
    checkEveryHistory((steps) => {
      for (const { decision, before } of steps) {
        if (decision === undefined) continue;
        const removed = decision.effects.flatMap((effect) =>
          effect.kind === 'remove-participant' ? [effect.worker.publicName] : [],
        );
        const now = namesOf(agentsInChat(decision.ledger));
        for (const name of removed) expect(now).not.toContain(name);
        for (const name of namesOf(agentsInChat(before))) {
          if (!now.has(name)) expect(removed).toContain(name);
        }
      }
    });
  });

  it('posts the start of a transfer first, and then at most one outcome', () => {
    checkEveryHistory((steps) => {
      const ledger = steps.at(-1)?.after ?? aLedger();
      const posted = noticesOf(steps).map(({ id }) => id);
      for (const transferId of ['transfer-a', 'transfer-b']) {
        const about = posted.filter((id) => id.endsWith(`:${transferId}`)).map((id) => id.split(':')[0]);
        expect(about.length).toBeLessThanOrEqual(2);
        if (about.length > 0) expect(about[0]).toBe('transfer-started');
        const found = [...ledger.past, ...(ledger.transfer ? [ledger.transfer] : [])].find(
          ({ id }) => id === transferId,
        );
        const outcome = found?.state === 'failed' ? 'failed' : found?.untakenReason;
        expect(about[1]).toBe(outcome === undefined ? undefined : `transfer-${outcome}`);
      }
    });
  });

  it('posts chat-ended last', () => {
    checkEveryHistory((steps) => {
      const kinds = noticesOf(steps).map((notice) => notice.kind);
      const end = kinds.indexOf('chat-ended');
      expect(end === -1 || end === kinds.length - 1).toBe(true);
      expect(end !== -1).toBe(steps.at(-1)?.after.ended !== undefined);
    });
  });

  it('builds a ledger that fits its document and survives JSON', () => {
    checkEveryHistory((steps) => {
      const ledger = steps.at(-1)?.after ?? aLedger();
      const trimmed = trimLedger(ledger);
      const json = JSON.stringify(trimmed);
      expect(json.length).toBeLessThanOrEqual(LEDGER_BUDGET_BYTES);
      expect(parseLedger(JSON.parse(json))).toEqual(trimmed);
      // Only notes of transfers that no agent can read any more.
      expect(withoutNotes(trimmed)).toEqual(withoutNotes(ledger));
    });
  });

  it('adds only effects on the ledger’s own tasks, agents, transfers and notices, also after trimming', () => {
    // So much that everything is dropped that no effect names.
    const padding = { [aTaskSid(99)]: aTask({ worker: { ...aWorker(4), identity: 'x'.repeat(16_000) } }) };
    checkEveryHistory((steps) => {
      for (const { after } of steps) {
        expect(findForeignEffect(after)).toBeUndefined();
        const trimmed = trimLedger({ ...after, tasks: { ...after.tasks, ...padding } });
        expect(findForeignEffect(trimmed)).toBeUndefined();
      }
    });
  });

  it('changes nothing when the same event repeats immediately', () => {
    checkEveryHistory((steps) => {
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
