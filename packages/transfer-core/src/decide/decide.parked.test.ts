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

const pauses: ConversationEvent = { type: 'chat-parked', taskSid: aTaskSid(1), at: 0 };
const wrapsUp: ConversationEvent = {
  type: 'agent-left',
  taskSid: aTaskSid(1),
  worker: alice,
  alreadyWrapping: true,
  at: 0,
};

describe('a chat that an agent lays aside', () => {
  it('stays open without anybody when its agent is done, and ends with whoever takes it up again', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      pauses,
      wrapsUp,
      completionRequested(1),
      closed(1),
      tracked(3),
      accepted(3, bob),
      left(3, bob),
    );
    expect(effects.slice(2)).toEqual([
      '',
      'say agent-left Alice; remove Alice',
      'complete task 1, chat goes-on; update conversation',
      '',
      'update conversation',
      'say agent-joined Bob',
      'say agent-left Bob; wrap Bob; remove Bob; say chat-ended; update conversation',
    ]);
    expect(ledger.ended).toEqual({ at: 0, by: 'last-agent' });
  });

  it('is heard of only when its agent is done, and stays open all the same', () => {
    expect(runScenario(pauses, tracked(1), wrapsUp, closed(1)).ledger.ended).toBeUndefined();
    expect(runScenario(pauses, tracked(1), accepted(1), closed(1)).ledger.ended).toBeUndefined();
    expect(runScenario(pauses, completionRequested(1)).ledger.ended).toBeUndefined();
  });

  it('ends when the customer says so', () => {
    const { ledger } = runScenario(...chatWithAlice, pauses, closed(1), customerEnded, pauses);
    expect(ledger.ended).toEqual({ at: 0, by: 'customer' });
  });

  it.each([
    ['nothing is known of', aLedger()],
    ['waits for an agent', aLedger({ tasks: { [aTaskSid(1)]: aTask() } })],
    ['is being transferred', aLedger({ transfer: aTransfer() })],
  ])('only remembers it of a chat that %s', (_what, ledger) => {
    const decided = decide(ledger, pauses);
    expect(decided.ok && decided.value).toEqual({
      ledger: { ...ledger, parkedBy: aTaskSid(1) },
      effects: [],
    });
  });

  it('does not lay aside what has ended, nor what is laid aside', () => {
    for (const ledger of [
      aLedger({ ended: { at: 0, by: 'customer' } }),
      aLedger({ parkedBy: aTaskSid(1) }),
    ]) {
      const decided = decide(ledger, pauses);
      expect(decided.ok && decided.value.ledger).toBe(ledger);
    }
  });
});
