import { describe, expect, it } from 'vitest';
import {
  accepted,
  alice,
  bob,
  cancelRequested,
  carol,
  chatWithAlice,
  closed,
  coldOnAccept,
  coldToBilling,
  coldToBob,
  completionRequested,
  customerEnded,
  declined,
  left,
  offered,
  runScenario,
  toBob,
  tracked,
  transferId,
  transferRefused,
  warmToBob,
} from '../../test/scenario';
import { aLedger, aTaskSid, aTransferRequest, aWorkerSid, describeEffect } from '../../testing';
import type { ConversationEvent } from '../events';
import { decide } from './decide';

describe('a chat without a transfer', () => {
  it('ends when its agent leaves, and is completed afterwards', () => {
    const { ledger, effects } = runScenario(...chatWithAlice, left(1), completionRequested(1), closed(1));
    expect(effects).toEqual([
      'update conversation',
      'say agent-joined Alice',
      'say agent-left Alice; wrap Alice; remove Alice; say chat-ended; update conversation',
      'complete task 1, chat has-ended; update conversation',
      '',
    ]);
    expect(ledger.ended).toEqual({ at: 0, by: 'last-agent' });
  });

  it('is opened again for the others when somebody else ended a task that we were asked to complete', () => {
    const { effects } = runScenario(
      ...chatWithAlice,
      warmToBob,
      offered(2),
      accepted(2, bob),
      completionRequested(1),
      { type: 'task-closed', taskSid: aTaskSid(1), byOthers: true, at: 0 },
      closed(1),
    );
    expect(effects.slice(-2)).toEqual(['update conversation', '']);
  });

  it('ends with a word to the customer when its task is cancelled before anybody took it', () => {
    expect(runScenario(tracked(1), closed(1)).effects.at(-1)).toContain('say chat-ended');
  });
});

describe('a cold transfer to a queue', () => {
  it('lets the agent go at once, keeps the chat open meanwhile, and ends with the one who took it', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      coldToBilling,
      offered(2),
      completionRequested(1),
      closed(1),
      accepted(2, bob),
      left(2, bob),
      completionRequested(2, bob),
      closed(2),
    );
    expect(effects.slice(2)).toEqual([
      'create transfer task; say transfer-started; say agent-left Alice; wrap Alice; remove Alice',
      'update conversation',
      'complete task 1, chat goes-on; update conversation',
      '',
      'say agent-joined Bob',
      'say agent-left Bob; wrap Bob; remove Bob; say chat-ended; update conversation',
      'complete task 2, chat has-ended; update conversation',
      '',
    ]);
    expect(ledger.past.map(({ state }) => state)).toEqual(['accepted']);
  });

  it('ends the chat when nobody takes it, for the agent has gone', () => {
    const { ledger, effects } = runScenario(...chatWithAlice, coldToBilling, offered(2), closed(2));
    expect(effects.at(-1)).toBe(
      'say transfer-unanswered; update conversation; say chat-ended; update conversation',
    );
    expect(ledger.ended).toEqual({ at: 0, by: 'last-agent' });
  });

  it('tells everybody the public name of the queue, and never its SID or the note', () => {
    const decided = decide(aLedger(), aTransferRequest({ note: 'Wants a refund' }));
    const effects = decided.ok ? decided.value.effects : [];
    const notices = effects.flatMap((effect) => (effect.kind === 'post-notice' ? [effect.notice] : []));
    expect(notices.find(({ kind }) => kind === 'transfer-started')).toEqual({
      v: 1,
      id: `transfer-started:${transferId}`,
      kind: 'transfer-started',
      mode: 'cold',
      from: 'Alice',
      to: { kind: 'queue', label: 'Billing' },
    });
    expect(JSON.stringify(notices)).not.toMatch(/refund|W[KQ][0-9a-f]{32}/);
  });
});

describe('a cold transfer that releases on accept', () => {
  it('keeps the agent until the target has accepted, and lets them go then', () => {
    const { effects } = runScenario(
      ...chatWithAlice,
      coldOnAccept,
      offered(2),
      accepted(2, bob),
      completionRequested(1),
    );
    expect(effects.slice(2)).toEqual([
      'create transfer task; say transfer-started',
      'update conversation',
      'say agent-joined Bob; say agent-left Alice; wrap Alice; remove Alice',
      'complete task 1, chat goes-on; update conversation',
    ]);
  });

  it('leaves the agent with the customer when nobody accepts', () => {
    const { ledger, effects } = runScenario(...chatWithAlice, coldOnAccept, offered(2), closed(2));
    expect(effects.at(-1)).toBe('say transfer-unanswered; update conversation');
    expect(ledger.tasks[aTaskSid(1)]?.state).toBe('active');
    expect(ledger.ended).toBeUndefined();
  });

  it('does not let an agent go twice who left while waiting', () => {
    expect(
      runScenario(...chatWithAlice, coldOnAccept, offered(2), left(1), accepted(2, bob)).effects.at(-1),
    ).toBe('say agent-joined Bob');
  });
});

describe('a warm transfer to an agent', () => {
  const bothInChat = [...chatWithAlice, warmToBob, offered(2), accepted(2, bob)];

  it('keeps the chat open for the first agent when the second completes first', () => {
    const { ledger, effects } = runScenario(...bothInChat, completionRequested(2, bob), closed(2), left(1));
    expect(effects.slice(5)).toEqual([
      'say agent-left Bob; remove Bob; complete task 2, chat goes-on; update conversation',
      '',
      'say agent-left Alice; wrap Alice; remove Alice; say chat-ended; update conversation',
    ]);
    expect(ledger.ended).toBeDefined();
  });

  it('keeps the chat open for the second agent when the first leaves first', () => {
    const { effects } = runScenario(
      ...bothInChat,
      left(1),
      completionRequested(1),
      completionRequested(2, bob),
    );
    expect(effects.slice(5)).toEqual([
      'say agent-left Alice; wrap Alice; remove Alice',
      'complete task 1, chat goes-on; update conversation',
      'say agent-left Bob; remove Bob; say chat-ended; update conversation; complete task 2, chat has-ended; update conversation',
    ]);
  });

  it('writes the conversation again when something else completed a task, since Flex may have closed it', () => {
    expect(runScenario(...bothInChat, closed(2)).effects.at(-1)).toBe(
      'say agent-left Bob; remove Bob; update conversation',
    );
  });

  it('keeps the first agent in the chat on accept, also where cold transfers release then', () => {
    for (const release of ['on-accept', 'immediately'] as const) {
      const warm = aTransferRequest({ mode: 'warm', release, ...toBob });
      const { ledger, effects } = runScenario(...chatWithAlice, warm, offered(2), accepted(2, bob));
      expect(effects.slice(2)).toEqual([
        'create transfer task; say transfer-started',
        'update conversation',
        'say agent-joined Bob',
      ]);
      expect(ledger.tasks[aTaskSid(1)]?.state).toBe('active');
    }
  });

  it('can be followed by another transfer of either task', () => {
    const toCarol = aTransferRequest({ transferId: 'next', mode: 'cold', taskSid: aTaskSid(2), by: bob });
    expect(runScenario(...bothInChat, toCarol).effects.at(-1)).toBe(
      'create transfer task; say transfer-started; say agent-left Bob; wrap Bob; remove Bob',
    );
  });
});

describe('the transfer task', () => {
  it('may go back to the agent who transferred: they stay in the chat on their new task', () => {
    const { ledger, effects } = runScenario(...chatWithAlice, coldOnAccept, offered(2), accepted(2, alice));
    expect(effects.at(-1)).toBe('say agent-joined Alice; add Alice; say agent-left Alice; wrap Alice');
    expect(ledger.tasks[aTaskSid(2)]?.state).toBe('active');
  });

  it('may be accepted before it was reported as offered', () => {
    const { ledger, effects } = runScenario(...chatWithAlice, coldOnAccept, accepted(2, bob), offered(2));
    expect(effects.slice(3)).toEqual([
      'say agent-joined Bob; update conversation',
      'update conversation; say agent-left Alice; wrap Alice; remove Alice',
    ]);
    expect(ledger.past.map(({ state }) => state)).toEqual(['accepted']);
  });

  it('counts as unanswered when it was over before it was reported as offered, and ends a chat without agents', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      coldToBilling,
      tracked(2),
      closed(2),
      offered(2),
    );
    expect(effects.at(-1)).toBe(
      'update conversation; say transfer-unanswered; say chat-ended; update conversation',
    );
    expect(ledger.past.map(({ state }) => state)).toEqual(['unanswered']);
    expect(ledger.ended).toEqual({ at: 0, by: 'last-agent' });
  });

  it('counts as accepted when its agent had left before it was reported as offered', () => {
    const { ledger } = runScenario(
      ...chatWithAlice,
      coldToBilling,
      accepted(2, bob),
      left(2, bob),
      offered(2),
    );
    expect(ledger.past.map(({ state }) => state)).toEqual(['accepted']);
    expect(ledger.ended).toEqual({ at: 0, by: 'last-agent' });
  });

  it('is cancelled when the customer left while it was being made', () => {
    const { ledger, effects } = runScenario(...chatWithAlice, coldToBilling, customerEnded, offered(2));
    expect(effects.at(-1)).toBe('cancel task 2; update conversation');
    expect(ledger.past.map(({ state }) => state)).toEqual(['abandoned']);
  });
});

describe('a transfer whose task cannot be made', () => {
  it.each([
    ['cold', coldToBilling],
    ['cold, released on accept', coldOnAccept],
    ['warm', warmToBob],
  ])('leaves chat and agent as they were, and tells everybody: %s', (_mode, request) => {
    const { ledger, effects } = runScenario(...chatWithAlice, request, transferRefused);
    expect(effects.at(-1)).toBe('say transfer-failed');
    const { past, outbox, ...rest } = ledger;
    const { past: _none, outbox: before, ...asItWas } = runScenario(...chatWithAlice).ledger;
    expect(rest).toEqual(asItWas);
    expect(past.map(({ state }) => state)).toEqual(['failed']);
    // Nothing that lets Alice go is left to do.
    const added = outbox.slice(before.length).map(({ effect }) => describeEffect(effect));
    expect(added).toEqual(['say transfer-started', 'say transfer-failed']);
  });

  it('has failed for good: the same request is answered with that, and a new one starts anew', () => {
    const { effects } = runScenario(...chatWithAlice, coldToBilling, transferRefused, coldToBilling, {
      ...coldToBilling,
      transferId: 'a new click',
    });
    expect(effects.at(-2)).toBe('');
    expect(effects.at(-1)).toBe(effects.at(2));
  });

  it('has nothing to be taken back when it was being cancelled', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      coldToBilling,
      cancelRequested,
      transferRefused,
      cancelRequested,
    );
    expect(effects.slice(3)).toEqual(['recall transfer', 'say transfer-failed', 'transfer-over']);
    expect(ledger.outbox.map(({ effect }) => effect.kind)).not.toContain('recall-transfer');
    expect(ledger.tasks[aTaskSid(1)]?.state).toBe('active');
  });

  it('does not hold up an agent who completes meanwhile: the chat ends with them', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      coldToBilling,
      completionRequested(1),
      transferRefused,
    );
    expect(effects.at(-1)).toBe('say transfer-failed; say chat-ended; update conversation');
    expect(ledger.ended).toEqual({ at: 0, by: 'last-agent' });
    const waiting = ledger.outbox.map(({ effect }) => describeEffect(effect));
    expect(waiting).toEqual(expect.arrayContaining(['say agent-left Alice', 'remove Alice']));
    expect(waiting).not.toContain('create transfer task');
  });
});

describe('the customer ends the chat', () => {
  const goodbye = 'say customer-left; say chat-ended';

  it.each<[string, readonly ConversationEvent[], string]>([
    ['before anybody took it', [tracked(1)], `${goodbye}; cancel task 1; update conversation`],
    ['while an agent is there', chatWithAlice, `${goodbye}; update conversation`],
    [
      'while the transfer task is being made',
      [...chatWithAlice, coldToBilling],
      `${goodbye}; update conversation`,
    ],
    [
      'while the transfer waits',
      [...chatWithAlice, coldToBilling, offered(2)],
      `${goodbye}; cancel task 2; update conversation`,
    ],
    [
      'while the transfer is being taken back',
      [...chatWithAlice, warmToBob, offered(2), cancelRequested],
      `${goodbye}; cancel task 2; update conversation`,
    ],
    [
      'while the transfer is on its way back',
      [...chatWithAlice, coldToBob, offered(2), declined()],
      `${goodbye}; cancel task 2; update conversation`,
    ],
    [
      'with two agents there',
      [...chatWithAlice, warmToBob, offered(2), accepted(2, bob)],
      `${goodbye}; update conversation`,
    ],
    ['after the last agent left', [...chatWithAlice, left(1)], ''],
  ])('%s', (_moment, before, expected) => {
    const { ledger, effects } = runScenario(...before, customerEnded);
    expect(effects.at(-1)).toBe(expected);
    expect(ledger.ended).toBeDefined();
    expect(ledger.transfer).toBeUndefined();
  });

  it('is asked for by nobody any more where the conversation is closed for good', () => {
    const ended = aLedger({ backend: 'conversations', ended: { at: 0, by: 'last-agent' } });
    const told = decide(ended, tracked(3));
    expect(told.ok && told.value.effects.map(describeEffect)).toContain('cancel task 3');
  });

  it('before their task was heard of: it is cancelled then', () => {
    expect(runScenario(customerEnded, tracked(1)).effects.at(-1)).toBe('cancel task 1; update conversation');
  });

  it('and the agents wrap up in silence', () => {
    const { effects } = runScenario(...chatWithAlice, customerEnded, left(1), completionRequested(1));
    expect(effects.slice(3)).toEqual([
      'wrap Alice; remove Alice',
      'complete task 1, chat has-ended; update conversation',
    ]);
  });
});

describe('repeated and late events', () => {
  const whole = [
    tracked(1),
    accepted(1),
    warmToBob,
    offered(2),
    accepted(2, bob),
    left(1),
    completionRequested(1),
    closed(1),
    left(2, bob),
    closed(2),
  ];

  it('change nothing once the chat is over', () => {
    const { ledger, effects } = runScenario(...whole, ...whole, customerEnded);
    expect(effects.slice(whole.length)).toEqual([...whole, customerEnded].map(() => ''));
    expect(ledger).toEqual(runScenario(...whole).ledger);
  });

  it('change nothing when each comes twice', () => {
    const { ledger, effects } = runScenario(...whole.flatMap((event) => [event, event]));
    expect(ledger).toEqual(runScenario(...whole).ledger);
    expect(effects.filter((_, index) => index % 2 === 1)).toEqual(whole.map(() => ''));
  });
});

describe('a request for a transfer', () => {
  it('answers the same id with the first result, whatever has become of it', () => {
    for (const since of [[], [offered(2)], [offered(2), accepted(2, bob)], [customerEnded]]) {
      expect(runScenario(...chatWithAlice, warmToBob, ...since, warmToBob).effects.at(-1)).toBe('');
    }
  });

  it('is refused when its id belongs to a transfer with other terms', () => {
    const otherTerms = aTransferRequest({ mode: 'cold', ...toBob });
    expect(runScenario(...chatWithAlice, warmToBob, otherTerms).effects.at(-1)).toBe('transfer-id-reused');
  });

  it('is refused while another transfer waits, whoever asks', () => {
    const next = aTransferRequest({ transferId: 'next' });
    const byBob = { ...next, taskSid: aTaskSid(2), by: bob };
    expect(runScenario(...chatWithAlice, coldOnAccept, next).effects.at(-1)).toBe('transfer-open');
    expect(runScenario(...chatWithAlice, accepted(2, bob), coldOnAccept, byBob).effects.at(-1)).toBe(
      'transfer-open',
    );
  });

  it('is refused when its target asks or takes part already', () => {
    const toSelf = aTransferRequest({ target: { kind: 'worker', workerSid: alice.sid } });
    expect(runScenario(...chatWithAlice, toSelf).effects.at(-1)).toBe('target-is-self');
    expect(decide(runScenario(...chatWithAlice, accepted(2, bob)).ledger, warmToBob)).toEqual({
      ok: false,
      failure: { code: 'target-in-chat', name: 'Bob' },
    });
  });

  it('may send the chat back to the agent whom its acceptance lets go, also when that is heard late', () => {
    const { target, to } = { target: { kind: 'worker' as const, workerSid: alice.sid }, to: toBob.to };
    const backToAlice = aTransferRequest({
      transferId: 'back',
      mode: 'cold',
      taskSid: aTaskSid(2),
      by: bob,
      target,
      to,
    });
    const { effects } = runScenario(...chatWithAlice, coldOnAccept, offered(2), backToAlice);
    expect(effects.at(-1)).toBe(
      'say agent-joined Bob; say agent-left Alice; wrap Alice; remove Alice; create transfer task; say transfer-started; say agent-left Bob; wrap Bob; remove Bob',
    );
  });

  it('may ask an agent back who has left', () => {
    expect(runScenario(...chatWithAlice, accepted(2, bob), left(2, bob), warmToBob).effects.at(-1)).toBe(
      'create transfer task; say transfer-started',
    );
  });

  it('is refused when the chat has ended', () => {
    expect(runScenario(...chatWithAlice, customerEnded, warmToBob).effects.at(-1)).toBe('chat-ended');
  });

  it('changes nothing when it is refused, not even for an agent nobody has heard of', () => {
    const byCarol = aTransferRequest({ taskSid: aTaskSid(3), by: carol });
    const toCarol = { ...byCarol, target: { kind: 'worker' as const, workerSid: aWorkerSid(3) } };
    const { ledger, effects } = runScenario(...chatWithAlice, toCarol);
    expect(effects.at(-1)).toBe('target-is-self');
    expect(ledger).toEqual(runScenario(...chatWithAlice).ledger);
  });
});
