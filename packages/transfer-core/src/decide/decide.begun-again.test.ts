import { describe, expect, it } from 'vitest';
import {
  aLedger,
  aTask,
  aTaskSid,
  aTransfer,
  aTransferRequest,
  aWorker,
  describeEffect,
} from '../../testing';
import type { ConversationEvent } from '../events';
import { findForeignEffect } from '../foreign-effect';
import type { Ledger } from '../ledger';
import { addToOutbox } from '../outbox/outbox';
import { decide } from './decide';

const [alice, bob] = [aWorker(1), aWorker(2)];
const [task1, task2] = [aTaskSid(1), aTaskSid(2)];

/** A chat with one closed task, which has ended. */
const ended = (by: 'customer' | 'last-agent') =>
  aLedger({
    tasks: { [task1]: aTask({ state: 'closed', worker: alice }) },
    past: [aTransfer({ state: 'abandoned', endedAt: 9 })],
    ended: { at: 10, by },
  });

/** The ledger after the events, and the effects of all of them. */
function run(ledger: Ledger, ...events: readonly ConversationEvent[]) {
  let current = ledger;
  const effects: string[] = [];
  const ids: string[] = [];
  for (const event of events) {
    const decision = decide(current, event);
    if (!decision.ok) expect.fail(decision.failure.code);
    current = decision.value.ledger;
    effects.push(...decision.value.effects.map(describeEffect));
    ids.push(
      ...decision.value.effects.flatMap((effect) => (effect.kind === 'post-notice' ? effect.notice.id : [])),
    );
  }
  return { ledger: current, effects, ids };
}

const begin: readonly ConversationEvent[] = [
  { type: 'chat-begun-again', at: 20 },
  { type: 'task-tracked', taskSid: task2, at: 20 },
];
const accept: ConversationEvent = { type: 'task-accepted', taskSid: task2, worker: bob, at: 30 };
const leave: ConversationEvent = {
  ...{ type: 'agent-left', taskSid: task2, worker: bob, alreadyWrapping: false, at: 40 },
};

describe.each(['customer', 'last-agent'] as const)('a chat after one that the %s has ended', (by) => {
  it('is open, and offers its task', () => {
    const { ledger, effects } = run(ended(by), ...begin);
    expect(ledger.ended).toBeUndefined();
    expect(ledger.tasks[task2]?.state).toBe('waiting');
    expect(effects).toEqual(['update conversation']);
  });

  it('has notices of its own, also about its end', () => {
    const { ledger, effects, ids } = run(ended(by), ...begin, accept, leave);
    expect(effects.filter((effect) => effect.startsWith('post'))).toEqual([
      'post agent-joined Bob',
      'post agent-left Bob',
      'post chat-ended',
    ]);
    expect(ids.at(-1)).toBe('chat-ended:2');
    expect(ledger.ended).toEqual({ at: 40, by: 'last-agent' });

    const third = run(ledger, { type: 'chat-begun-again', at: 50 }, { type: 'customer-ended', at: 60 });
    expect(third.ids).toEqual(['customer-left:3', 'chat-ended:3']);
  });

  it('can be transferred', () => {
    const request = aTransferRequest({ transferId: 'another', taskSid: task2, by: bob, at: 35 });
    const { ledger } = run(ended(by), ...begin, accept, request);
    expect(ledger.transfer).toMatchObject({ id: 'another', state: 'requested' });
  });

  it('is not changed by late events and repeated requests of the last chat', () => {
    const { ledger } = run(ended(by), ...begin, accept);
    const late: readonly ConversationEvent[] = [
      { type: 'task-tracked', taskSid: task1, at: 31 },
      { type: 'task-accepted', taskSid: task1, worker: alice, at: 31 },
      { type: 'task-closed', taskSid: task1, at: 31 },
      aTransferRequest(),
    ];
    expect(run(ledger, ...late)).toEqual({ ledger, effects: [], ids: [] });
  });

  it('keeps a notice about the last chat that is not posted yet', () => {
    const { ledger, ids } = run(
      aLedger({ tasks: { [task1]: aTask({ state: 'active', worker: alice }) } }),
      by === 'customer'
        ? { type: 'customer-ended', at: 10 }
        : { type: 'agent-left', taskSid: task1, worker: alice, alreadyWrapping: true, at: 10 },
    );
    expect(ids.at(-1)).toBe('chat-ended');
    const notices = ids.map((id) => ({ v: 1 as const, id, kind: 'chat-ended' as const }));
    const pending = addToOutbox(
      ledger,
      notices.slice(-1).map((notice) => ({ kind: 'post-notice' as const, notice })),
    );
    expect(findForeignEffect(run(pending, ...begin).ledger)).toBeUndefined();
  });
});

describe('chat-begun-again', () => {
  it('changes nothing in an open chat', () => {
    const open = aLedger({ tasks: { [task1]: aTask({ state: 'active', worker: alice }) } });
    expect(run(open, { type: 'chat-begun-again', at: 20 })).toEqual({ ledger: open, effects: [], ids: [] });
  });
});
