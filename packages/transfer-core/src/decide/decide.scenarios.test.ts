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
  it('ends when its agent leaves, before they complete the task', () => {
    const { ledger, effects } = runScenario(...chatWithAlice, left(1), completionRequested(1), closed(1));
    expect(effects).toEqual([
      'update conversation',
      'post agent-joined Alice',
      'post agent-left Alice; wrap Alice; remove Alice; post chat-ended; update conversation',
      'complete task 1, chat has-ended; update conversation',
      '',
    ]);
    expect(ledger.ended).toEqual({ at: 0, by: 'last-agent' });
  });

  it('is updated for the other agents when an effect finds that others have closed a task', () => {
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

  it('ends with a notice when its task is cancelled before an agent accepts it', () => {
    expect(runScenario(tracked(1), closed(1)).effects.at(-1)).toContain('post chat-ended');
  });
});

describe('a cold transfer to a queue', () => {
  it('releases the agent immediately, keeps the chat open, and lets the accepting agent end it', () => {
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
      'create transfer task; post transfer-started; post agent-left Alice; wrap Alice; remove Alice',
      'update conversation',
      'complete task 1, chat goes-on; update conversation',
      '',
      'post agent-joined Bob',
      'post agent-left Bob; wrap Bob; remove Bob; post chat-ended; update conversation',
      'complete task 2, chat has-ended; update conversation',
      '',
    ]);
    expect(ledger.past.map(({ state }) => state)).toEqual(['accepted']);
  });

  it('ends the chat when its task closes unaccepted, because the chat has no agent', () => {
    const { ledger, effects } = runScenario(...chatWithAlice, coldToBilling, offered(2), closed(2));
    expect(effects.at(-1)).toBe(
      'post transfer-unanswered; update conversation; post chat-ended; update conversation',
    );
    expect(ledger.ended).toEqual({ at: 0, by: 'last-agent' });
  });

  it('posts the public label of the queue, and neither its SID nor the note', () => {
    const result = decide(aLedger(), aTransferRequest({ note: 'Wants a refund' }));
    const effects = result.ok ? result.value.effects : [];
    const notices = effects.flatMap((effect) => (effect.kind === 'post-notice' ? [effect.notice] : []));
    expect(notices.find(({ kind }) => kind === 'transfer-started')).toEqual({
      v: 1,
      id: `transfer-started:${transferId}`,
      kind: 'transfer-started',
      mode: 'cold',
      from: 'Alice',
      fromKey: expect.stringMatching(/^[0-9a-f]{16}$/),
      to: { kind: 'queue', label: 'Billing' },
    });
    expect(JSON.stringify(notices)).not.toMatch(/refund|W[KQ][0-9a-f]{32}/);
  });
});

describe('a cold transfer that releases on accept', () => {
  it('releases the agent when the target accepts', () => {
    const { effects } = runScenario(
      ...chatWithAlice,
      coldOnAccept,
      offered(2),
      accepted(2, bob),
      completionRequested(1),
    );
    expect(effects.slice(2)).toEqual([
      'create transfer task; post transfer-started',
      'update conversation',
      'post agent-joined Bob; post agent-left Alice; wrap Alice; remove Alice',
      'complete task 1, chat goes-on; update conversation',
    ]);
  });

  it('keeps the agent in the chat when its task closes unaccepted', () => {
    const { ledger, effects } = runScenario(...chatWithAlice, coldOnAccept, offered(2), closed(2));
    expect(effects.at(-1)).toBe('post transfer-unanswered; update conversation');
    expect(ledger.tasks[aTaskSid(1)]?.state).toBe('active');
    expect(ledger.ended).toBeUndefined();
  });

  it('does not release an agent who has left before the target accepts', () => {
    expect(
      runScenario(...chatWithAlice, coldOnAccept, offered(2), left(1), accepted(2, bob)).effects.at(-1),
    ).toBe('post agent-joined Bob');
  });
});

describe('a warm transfer to an agent', () => {
  const bothInChat = [...chatWithAlice, warmToBob, offered(2), accepted(2, bob)];

  it('keeps the chat open for the first agent when the second completes', () => {
    const { ledger, effects } = runScenario(...bothInChat, completionRequested(2, bob), closed(2), left(1));
    expect(effects.slice(5)).toEqual([
      'post agent-left Bob; remove Bob; complete task 2, chat goes-on; update conversation',
      '',
      'post agent-left Alice; wrap Alice; remove Alice; post chat-ended; update conversation',
    ]);
    expect(ledger.ended).toBeDefined();
  });

  it('keeps the chat open for the second agent when the first leaves', () => {
    const { effects } = runScenario(
      ...bothInChat,
      left(1),
      completionRequested(1),
      completionRequested(2, bob),
    );
    expect(effects.slice(5)).toEqual([
      'post agent-left Alice; wrap Alice; remove Alice',
      'complete task 1, chat goes-on; update conversation',
      'post agent-left Bob; remove Bob; post chat-ended; update conversation; complete task 2, chat has-ended; update conversation',
    ]);
  });

  it('updates the conversation when others close a task, because Flex may have closed it', () => {
    expect(runScenario(...bothInChat, closed(2)).effects.at(-1)).toBe(
      'post agent-left Bob; remove Bob; update conversation',
    );
  });

  it('keeps the first agent in the chat when the target accepts, whatever the release', () => {
    for (const release of ['on-accept', 'immediately'] as const) {
      const warm = aTransferRequest({ mode: 'warm', release, ...toBob });
      const { ledger, effects } = runScenario(...chatWithAlice, warm, offered(2), accepted(2, bob));
      expect(effects.slice(2)).toEqual([
        'create transfer task; post transfer-started',
        'update conversation',
        'post agent-joined Bob',
      ]);
      expect(ledger.tasks[aTaskSid(1)]?.state).toBe('active');
    }
  });

  it('allows a second transfer by the accepting agent', () => {
    const toCarol = aTransferRequest({ transferId: 'next', mode: 'cold', taskSid: aTaskSid(2), by: bob });
    expect(runScenario(...bothInChat, toCarol).effects.at(-1)).toBe(
      'create transfer task; post transfer-started; post agent-left Bob; wrap Bob; remove Bob',
    );
  });
});

describe('the transfer task', () => {
  it('may be accepted by the agent who transferred, who stays in the chat on it', () => {
    const { ledger, effects } = runScenario(...chatWithAlice, coldOnAccept, offered(2), accepted(2, alice));
    expect(effects.at(-1)).toBe('add Alice; wrap Alice');
    expect(ledger.tasks[aTaskSid(2)]?.state).toBe('active');
  });

  it('may be accepted before the transfer-offered event', () => {
    const { ledger, effects } = runScenario(...chatWithAlice, coldOnAccept, accepted(2, bob), offered(2));
    expect(effects.slice(3)).toEqual([
      'post agent-joined Bob; update conversation',
      'update conversation; post agent-left Alice; wrap Alice; remove Alice',
    ]);
    expect(ledger.past.map(({ state }) => state)).toEqual(['accepted']);
  });

  it('is unanswered when it closed before the transfer-offered event, and ends a chat without agents', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      coldToBilling,
      tracked(2),
      closed(2),
      offered(2),
    );
    expect(effects.at(-1)).toBe(
      'update conversation; post transfer-unanswered; post chat-ended; update conversation',
    );
    expect(ledger.past.map(({ state }) => state)).toEqual(['unanswered']);
    expect(ledger.ended).toEqual({ at: 0, by: 'last-agent' });
  });

  it('is accepted when its agent left before the transfer-offered event', () => {
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

  it('is cancelled when the customer left before it existed', () => {
    const { ledger, effects } = runScenario(...chatWithAlice, coldToBilling, customerEnded, offered(2));
    expect(effects.at(-1)).toBe('cancel task 2; update conversation');
    expect(ledger.past.map(({ state }) => state)).toEqual(['abandoned']);
  });
});

describe('a transfer whose task Twilio refuses to create', () => {
  it.each([
    ['cold', coldToBilling],
    ['cold, released on accept', coldOnAccept],
    ['warm', warmToBob],
  ])('restores the tasks of the chat and posts a notice: %s', (_mode, request) => {
    const { ledger, effects } = runScenario(...chatWithAlice, request, transferRefused);
    expect(effects.at(-1)).toBe('post transfer-failed');
    const { past, outbox, ...rest } = ledger;
    const { past: _none, outbox: before, ...restBefore } = runScenario(...chatWithAlice).ledger;
    expect(rest).toEqual(restBefore);
    expect(past.map(({ state }) => state)).toEqual(['failed']);
    // No effect that releases Alice is left.
    const added = outbox.slice(before.length).map(({ effect }) => describeEffect(effect));
    expect(added).toEqual(['post transfer-started', 'post transfer-failed']);
  });

  it('stays failed when its request repeats, and allows a request with a new id', () => {
    const { effects } = runScenario(...chatWithAlice, coldToBilling, transferRefused, coldToBilling, {
      ...coldToBilling,
      transferId: 'another',
    });
    expect(effects.at(-2)).toBe('');
    expect(effects.at(-1)).toBe(effects.at(2));
  });

  it('drops the recall of a requested cancellation', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      coldToBilling,
      cancelRequested,
      transferRefused,
      cancelRequested,
    );
    expect(effects.slice(3)).toEqual(['recall transfer', 'post transfer-failed', 'transfer-over']);
    expect(ledger.outbox.map(({ effect }) => effect.kind)).not.toContain('recall-transfer');
    expect(ledger.tasks[aTaskSid(1)]?.state).toBe('active');
  });

  it('ends the chat when its agent has wrapped up by themselves', () => {
    const wrappedUp: ConversationEvent = {
      ...{ type: 'agent-left', taskSid: aTaskSid(1), worker: alice, alreadyWrapping: true, at: 0 },
    };
    const { ledger, effects } = runScenario(...chatWithAlice, coldToBilling, wrappedUp, transferRefused);
    expect(effects.at(-1)).toBe('post transfer-failed; post chat-ended; update conversation');
    expect(ledger.ended).toEqual({ at: 0, by: 'last-agent' });
    const waiting = ledger.outbox.map(({ effect }) => describeEffect(effect));
    expect(waiting).toEqual(expect.arrayContaining(['post agent-left Alice', 'remove Alice']));
    expect(waiting).not.toContain('wrap Alice');
  });

  it('ends the chat when its agent has completed the original task', () => {
    const { ledger, effects } = runScenario(
      ...chatWithAlice,
      coldToBilling,
      completionRequested(1),
      transferRefused,
    );
    expect(effects.at(-1)).toBe('post transfer-failed; post chat-ended; update conversation');
    expect(ledger.ended).toEqual({ at: 0, by: 'last-agent' });
    const waiting = ledger.outbox.map(({ effect }) => describeEffect(effect));
    expect(waiting).toEqual(expect.arrayContaining(['post agent-left Alice', 'remove Alice']));
    expect(waiting).not.toContain('create transfer task');
  });
});

describe('a chat that the customer ends', () => {
  const endNotices = 'post customer-left; post chat-ended';

  it.each<[string, readonly ConversationEvent[], string]>([
    ['before an agent accepts', [tracked(1)], `${endNotices}; cancel task 1; update conversation`],
    ['with one agent in it', chatWithAlice, `${endNotices}; update conversation`],
    [
      'before the transfer task exists',
      [...chatWithAlice, coldToBilling],
      `${endNotices}; withdraw transfer task; update conversation`,
    ],
    [
      'while the transfer task waits',
      [...chatWithAlice, coldToBilling, offered(2)],
      `${endNotices}; cancel task 2; update conversation`,
    ],
    [
      'while the transfer is being cancelled',
      [...chatWithAlice, warmToBob, offered(2), cancelRequested],
      `${endNotices}; cancel task 2; update conversation`,
    ],
    [
      'while the transfer task returns',
      [...chatWithAlice, coldToBob, offered(2), declined()],
      `${endNotices}; cancel task 2; update conversation`,
    ],
    [
      'with two agents in it',
      [...chatWithAlice, warmToBob, offered(2), accepted(2, bob)],
      `${endNotices}; update conversation`,
    ],
    ['after the last agent has left', [...chatWithAlice, left(1)], ''],
  ])('ends without a transfer, and its waiting tasks are cancelled: %s', (_moment, before, expected) => {
    const { ledger, effects } = runScenario(...before, customerEnded);
    expect(effects.at(-1)).toBe(expected);
    expect(ledger.ended).toBeDefined();
    expect(ledger.transfer).toBeUndefined();
  });

  it('cancels a task that is tracked after the end', () => {
    expect(runScenario(customerEnded, tracked(1)).effects.at(-1)).toBe('cancel task 1; update conversation');
  });

  it('posts no notice when its agents leave afterwards', () => {
    const { effects } = runScenario(...chatWithAlice, customerEnded, left(1), completionRequested(1));
    expect(effects.slice(3)).toEqual([
      'wrap Alice; remove Alice',
      'complete task 1, chat has-ended; update conversation',
    ]);
  });
});

describe('a chat that has ended with its last agent', () => {
  it('cancels a later task on Flex Conversations, where a closed conversation cannot be opened again', () => {
    const ended = aLedger({ backend: 'conversations', ended: { at: 0, by: 'last-agent' } });
    const result = decide(ended, tracked(3));
    expect(result.ok && result.value.effects.map(describeEffect)).toContain('cancel task 3');
  });
});

describe('repeated and late events', () => {
  const scenario = [
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

  it('change nothing after the end of the chat', () => {
    const { ledger, effects } = runScenario(...scenario, ...scenario, customerEnded);
    expect(effects.slice(scenario.length)).toEqual([...scenario, customerEnded].map(() => ''));
    expect(ledger).toEqual(runScenario(...scenario).ledger);
  });

  it('change nothing when every event arrives twice', () => {
    const { ledger, effects } = runScenario(...scenario.flatMap((event) => [event, event]));
    expect(ledger).toEqual(runScenario(...scenario).ledger);
    expect(effects.filter((_, index) => index % 2 === 1)).toEqual(scenario.map(() => ''));
  });
});

describe('a request for a transfer', () => {
  it('changes nothing when its id is known, in any state of the transfer', () => {
    for (const since of [[], [offered(2)], [offered(2), accepted(2, bob)], [customerEnded]]) {
      expect(runScenario(...chatWithAlice, warmToBob, ...since, warmToBob).effects.at(-1)).toBe('');
    }
  });

  it('is refused when its id belongs to a transfer of another mode', () => {
    const otherMode = aTransferRequest({ mode: 'cold', ...toBob });
    expect(runScenario(...chatWithAlice, warmToBob, otherMode).effects.at(-1)).toBe('transfer-id-reused');
  });

  it('is refused while another transfer is open, even from another agent', () => {
    const next = aTransferRequest({ transferId: 'next' });
    const byBob = { ...next, taskSid: aTaskSid(2), by: bob };
    expect(runScenario(...chatWithAlice, coldOnAccept, next).effects.at(-1)).toBe('transfer-open');
    expect(runScenario(...chatWithAlice, accepted(2, bob), coldOnAccept, byBob).effects.at(-1)).toBe(
      'transfer-open',
    );
  });

  it('is refused when the target requests it or is in the chat', () => {
    const toSelf = aTransferRequest({ target: { kind: 'worker', workerSid: alice.sid } });
    expect(runScenario(...chatWithAlice, toSelf).effects.at(-1)).toBe('target-is-self');
    expect(decide(runScenario(...chatWithAlice, accepted(2, bob)).ledger, warmToBob)).toEqual({
      ok: false,
      failure: { code: 'target-in-chat', name: 'Bob' },
    });
  });

  it('is refused when TaskRouter cannot offer the target a chat now', () => {
    const refusal = { code: 'target-unavailable', name: 'Bob' } as const;
    const { ledger } = runScenario(...chatWithAlice);
    expect(decide(ledger, { ...warmToBob, refusal })).toEqual({ ok: false, failure: refusal });
  });

  it.each([
    ['the target is in the chat', [accepted(2, bob)], warmToBob, 'target-in-chat'],
    ['another transfer is open', [coldOnAccept], { ...warmToBob, transferId: 'next' }, 'transfer-open'],
    ['the chat has ended', [customerEnded], warmToBob, 'chat-ended'],
  ])('is refused for the more exact reason when %s', (_when, events, request, code) => {
    const refusal = { code: 'target-at-capacity', name: 'Bob' } as const;
    const { effects } = runScenario(...chatWithAlice, ...events, { ...request, refusal });
    expect(effects.at(-1)).toBe(code);
  });

  it('goes on when its request is repeated after the target became unavailable', () => {
    const refusal = { code: 'target-unavailable', name: 'Bob' } as const;
    const { ledger } = runScenario(...chatWithAlice, warmToBob);
    expect(decide(ledger, { ...warmToBob, refusal })).toEqual({ ok: true, value: { ledger, effects: [] } });
  });

  it('may target an agent who is released because the request implies that its sender accepted', () => {
    const backToAlice = aTransferRequest({
      transferId: 'back',
      mode: 'cold',
      taskSid: aTaskSid(2),
      by: bob,
      target: { kind: 'worker', workerSid: alice.sid },
      to: { kind: 'agent', name: 'Alice' },
    });
    const { effects } = runScenario(...chatWithAlice, coldOnAccept, offered(2), backToAlice);
    expect(effects.at(-1)).toBe(
      'post agent-joined Bob; post agent-left Alice; wrap Alice; remove Alice; create transfer task; post transfer-started; post agent-left Bob; wrap Bob; remove Bob',
    );
  });

  it('may target an agent who has left', () => {
    expect(runScenario(...chatWithAlice, accepted(2, bob), left(2, bob), warmToBob).effects.at(-1)).toBe(
      'create transfer task; post transfer-started',
    );
  });

  it('is refused when the chat has ended', () => {
    expect(runScenario(...chatWithAlice, customerEnded, warmToBob).effects.at(-1)).toBe('chat-ended');
  });

  it('changes nothing when it is refused, even if the task of its agent is unknown', () => {
    const byCarol = aTransferRequest({ taskSid: aTaskSid(3), by: carol });
    const toCarol = { ...byCarol, target: { kind: 'worker' as const, workerSid: aWorkerSid(3) } };
    const { ledger, effects } = runScenario(...chatWithAlice, toCarol);
    expect(effects.at(-1)).toBe('target-is-self');
    expect(ledger).toEqual(runScenario(...chatWithAlice).ledger);
  });
});
