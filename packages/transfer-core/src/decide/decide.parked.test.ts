import { describe, expect, it } from 'vitest';
import {
  accepted,
  alice,
  bob,
  chatWithAlice,
  closed,
  completionRequested,
  customerEnded,
  left,
  runScenario,
  tracked,
} from '../../test/scenario';
import { aLedger, aTask, aTaskSid, aTransfer } from '../../testing';
import type { ConversationEvent } from '../events';
import { decide } from './decide';

const parked: ConversationEvent = { type: 'chat-parked', taskSid: aTaskSid(1), at: 0 };
const notParked: ConversationEvent = { type: 'chat-not-parked', taskSid: aTaskSid(1), at: 0 };
const wrappingUp: ConversationEvent = {
  type: 'agent-left',
  taskSid: aTaskSid(1),
  worker: alice,
  alreadyWrapping: true,
  at: 0,
};

describe('a parked chat', () => {
  it('stays open without an agent, and ends when the next agent leaves', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      parked,
      wrappingUp,
      completionRequested(1),
      closed(1),
      tracked(3),
      accepted(3, bob),
      left(3, bob),
    );
    expect(effects.slice(2)).toEqual([
      '',
      'post agent-left Alice; remove Alice',
      'complete task 1, chat goes-on; update conversation',
      '',
      'update conversation',
      'post agent-joined Bob',
      'post agent-left Bob; wrap Bob; remove Bob; post chat-ended; update conversation',
    ]);
    expect(ledger.ended).toEqual({ at: 0, by: 'last-agent' });
  });

  it('stays open when chat-parked is its first event', () => {
    expect(runScenario(parked, tracked(1), wrappingUp, closed(1)).ledger.ended).toBeUndefined();
    expect(runScenario(parked, tracked(1), accepted(1), closed(1)).ledger.ended).toBeUndefined();
    expect(runScenario(parked, completionRequested(1)).ledger.ended).toBeUndefined();
  });

  it('ends when Twilio says that no agent has parked it', () => {
    const { ledger, effects } = runScenario(...chatWithAlice, parked, closed(1), notParked, notParked);
    expect(effects.slice(3)).toEqual([
      'post agent-left Alice; remove Alice; update conversation',
      'post chat-ended; update conversation',
      '',
    ]);
    expect(ledger.ended).toEqual({ at: 0, by: 'last-agent' });
  });

  it('stays open for an agent who is in it when Twilio says that no agent has parked it', () => {
    const { ledger } = runScenario(
      ...chatWithAlice,
      tracked(3),
      accepted(3, bob),
      parked,
      closed(1),
      notParked,
    );
    expect(ledger.parkedBy).toBeUndefined();
    expect(ledger.ended).toBeUndefined();
  });

  it('stays parked when Twilio says that no agent has parked it with another task', () => {
    const { ledger } = runScenario(...chatWithAlice, parked, closed(1), {
      ...notParked,
      taskSid: aTaskSid(2),
    });
    expect(ledger.parkedBy).toBe(aTaskSid(1));
    expect(ledger.ended).toBeUndefined();
  });

  it('is assumed to be parked until Twilio confirms it', () => {
    const assumed: ConversationEvent = { ...parked, isAssumed: true, at: 7 };
    const before = runScenario(...chatWithAlice, assumed, closed(1), assumed).ledger;
    expect(before).toMatchObject({ parkedBy: aTaskSid(1), assumedParkedAt: 7 });
    expect(before.ended).toBeUndefined();

    const after = runScenario(...chatWithAlice, assumed, closed(1), parked, assumed).ledger;
    expect(after.parkedBy).toBe(aTaskSid(1));
    expect(after.assumedParkedAt).toBeUndefined();
  });

  it('ends when the customer ends it', () => {
    const { ledger } = runScenario(...chatWithAlice, parked, closed(1), customerEnded, parked);
    expect(ledger.ended).toEqual({ at: 0, by: 'customer' });
  });

  it.each([
    ['has no tasks', aLedger()],
    ['waits for an agent', aLedger({ tasks: { [aTaskSid(1)]: aTask() } })],
    ['is being transferred', aLedger({ transfer: aTransfer() })],
  ])('gets only parkedBy when it %s', (_what, ledger) => {
    const result = decide(ledger, parked);
    expect(result.ok && result.value).toEqual({
      ledger: { ...ledger, parkedBy: aTaskSid(1) },
      effects: [],
    });
  });

  it('stays unchanged when it has ended or is parked already', () => {
    for (const ledger of [
      aLedger({ ended: { at: 0, by: 'customer' } }),
      aLedger({ parkedBy: aTaskSid(1) }),
    ]) {
      const result = decide(ledger, parked);
      expect(result.ok && result.value.ledger).toBe(ledger);
    }
  });
});
