import { describe, expect, it } from 'vitest';
import { alice, bob, carol, toBob } from '../../test/scenario';
import { aLedger, aTask, aTaskSid, aTransfer, describeEffect } from '../../testing';
import type { ConversationEvent } from '../events';
import type { Ledger } from '../ledger';
import { type Transfer, transferDeadline } from '../transfer';
import { decide } from './decide';

/**
 * TaskRouter may let a reservation ring on after the target's time to answer, and goes on with its workflow when the
 * reservation has ended. The transfer task is task 2, and Alice has left the chat.
 */
const ANSWER_BY = 60_000;

const offeredTo = (target: Partial<Transfer>): Ledger =>
  aLedger({
    transfer: aTransfer({ answerBy: ANSWER_BY, ...target }),
    tasks: {
      [aTaskSid(1)]: aTask({ state: 'left', worker: alice }),
      [aTaskSid(2)]: aTask({ transferId: aTransfer().id }),
    },
  });
const toBilling = offeredTo({});
const toBobOnly = offeredTo(toBob);

function decideOn(ledger: Ledger, event: ConversationEvent) {
  const result = decide(ledger, event);
  if (!result.ok) throw new Error(`Refused: ${result.failure.code}`);
  return { ledger: result.value.ledger, effects: result.value.effects.map(describeEffect).join('; ') };
}

const about = (at: number) => ({ taskSid: aTaskSid(2), at });
const ringsOn = (until: number): ConversationEvent => ({ type: 'offer-rings-on', until, ...about(75_000) });

describe('an offer that rings on', () => {
  it('is looked at when the reservation must have ended', () => {
    const { ledger, effects } = decideOn(toBilling, ringsOn(85_000));
    expect(effects).toBe('');
    expect(ledger.transfer).toMatchObject({ state: 'offered', answerBy: ANSWER_BY, ringsUntil: 85_000 });
    const deadlineOf = ({ transfer }: Ledger) => transferDeadline(transfer ?? expect.fail());
    expect(deadlineOf(ledger) - deadlineOf(toBilling)).toBe(85_000 - ANSWER_BY);
  });

  it('ends when it expires after all', () => {
    const ringing = decideOn(toBilling, ringsOn(85_000)).ledger;
    expect(decideOn(ringing, { type: 'offer-expired', ...about(100_000) })).toMatchObject({
      effects: 'redirect task; post transfer-unanswered, looking',
      ledger: { transfer: { state: 'unanswered' } },
    });
  });

  it('is accepted by the agent who answers', () => {
    const ringing = decideOn(toBilling, ringsOn(85_000)).ledger;
    const accepted = decideOn(ringing, { type: 'task-accepted', worker: carol, ...about(80_000) });
    expect(accepted.effects).toBe('post agent-joined Carol');
    expect(accepted.ledger.past).toMatchObject([{ state: 'accepted' }]);
    expect(accepted.ledger.past[0]).not.toHaveProperty('ringsUntil');
  });

  it.each<[string, Ledger]>([
    ['an ended transfer', aLedger({ past: [aTransfer({ state: 'accepted', endedAt: 5 })] })],
    ['a transfer that returns', offeredTo({ state: 'unanswered', untakenReason: 'unanswered' })],
    ['a transfer with another task', offeredTo({ transferTaskSid: aTaskSid(3) })],
    ['a chat without a transfer', aLedger()],
  ])('changes nothing for %s', (_of, ledger) => {
    expect(decide(ledger, ringsOn(85_000))).toEqual({ ok: true, value: { ledger, effects: [] } });
  });
});

describe('a reservation of a target queue that ends', () => {
  const ends = ['offer-declined', 'offer-expired'] as const;

  it.each(ends)('with %s leaves the offer open while the queue has time to answer', (type) => {
    const ended = decideOn(toBilling, { type, workerSid: bob.sid, ...about(ANSWER_BY - 1) });
    expect(ended).toEqual({ ledger: toBilling, effects: '' });
  });

  it.each(ends)('with %s ends the offer when the time of the queue is over', (type) => {
    const ended = decideOn(toBilling, { type, workerSid: bob.sid, ...about(ANSWER_BY) });
    expect(ended.effects).toBe('redirect task; post transfer-unanswered, looking');
    expect(ended.ledger.transfer).toMatchObject({ state: 'unanswered', declinedBy: [bob.sid] });
  });
});

describe('a reservation of a target agent that ends', () => {
  it.each([
    ['offer-declined', 'declined'],
    ['offer-expired', 'unanswered'],
  ] as const)('with %s is the answer, also after the time to answer', (type, state) => {
    for (const at of [30_000, ANSWER_BY, 85_000]) {
      const ended = decideOn(toBobOnly, { type, workerSid: bob.sid, ...about(at) });
      expect(ended.effects).toBe(`redirect task; post transfer-${state}, looking`);
      expect(ended.ledger.transfer).toMatchObject({ state, declinedBy: [bob.sid] });
    }
  });

  it('is not asked again when an offer to another agent shows that its time is over', () => {
    const event = { type: 'offer-expired', workerSid: carol.sid, ...about(95_000) } as const;
    const { effects, ledger } = decideOn(toBobOnly, event);
    expect(effects).toBe('redirect task; post transfer-unanswered, looking');
    expect(ledger.transfer?.declinedBy).toEqual([carol.sid, bob.sid]);
  });
});
