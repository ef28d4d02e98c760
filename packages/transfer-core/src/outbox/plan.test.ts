import { describe, expect, it } from 'vitest';
import { anEntry, claimedBy, describeLane, NOW, unconfirmed } from '../../test/outbox';
import { aConversationSid, aTaskSid, aTransfer, aWorker } from '../../testing';
import type { Backend } from '../conversation';
import {
  addParticipant,
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
import {
  buildFailedNotice,
  buildJoinedNotice,
  buildLeftNotice,
  buildStartedNotice,
  CHAT_ENDED,
  CUSTOMER_LEFT,
} from '../notice/build-notice';
import type { OutboxEntry } from './entry';
import { MAX_UNCONFIRMED_BYTES, type Plan, planOutbox, planUnconfirmed } from './plan';

const CHAT = { conversationSid: aConversationSid(1) };
const [alice, bob] = [aWorker(1), aWorker(2)];
const [task1, task2] = [aTaskSid(1), aTaskSid(2)];
const create = createTransferTask('transfer');
const recall = recallTransfer('transfer');
const withdraw = withdrawTransferTask('transfer');
const started = postNotice(buildStartedNotice(CHAT, aTransfer()));
const failed = postNotice(buildFailedNotice(aTransfer()));
const bobJoins = postNotice(buildJoinedNotice(CHAT, task2, bob));
const aliceLeaves = postNotice(buildLeftNotice(CHAT, task1, alice));
const customerLeaves = postNotice(CUSTOMER_LEFT);
const chatEnds = postNotice(CHAT_ENDED);
const wrapAlice = wrapReservation(task1, alice);
const removeAlice = removeParticipant(task1, alice, 50);
const completeAlice = completeTask(task1, 'goes-on');
const removeBob = removeParticipant(task2, bob, 50);
const update = updateConversation();

type Item = Effect | OutboxEntry;
const toOutbox = (items: readonly Item[]) => items.map((item) => ('effect' in item ? item : anEntry(item)));

const planOf = (items: readonly Item[], backend: Backend = 'conversations') =>
  planOutbox({ outbox: toOutbox(items), backend }, 'me', NOW);

const lanesOf = (plan: Plan) => (plan.step === 'run' ? plan.lanes.map(describeLane) : [`${plan.step}`]);

describe('planOutbox', () => {
  it.each<[string, readonly Item[], Plan]>([
    ['nothing for an empty outbox', [], { step: 'nothing' }],
    ['nothing while all entries are unconfirmed', [anEntry(update, unconfirmed())], { step: 'nothing' }],
    [
      'to wait for the claims of another run',
      [anEntry(update, claimedBy('another', NOW + 7))],
      { step: 'wait', untilMs: NOW + 7 },
    ],
    [
      'to wait even if other entries are due: one run at a time executes an outbox',
      [wrapAlice, anEntry(update, claimedBy('another', NOW + 7)), anEntry(started, claimedBy('me'))],
      { step: 'wait', untilMs: NOW + 7 },
    ],
  ])('says %s', (_what, items, expected) => {
    expect(planOf(items)).toEqual(expected);
  });

  it.each<[string, Item, string, boolean]>([
    ['pending', wrapAlice, 'run', false],
    ['claimed by the run', anEntry(wrapAlice, claimedBy('me')), 'run', true],
    [
      'claimed by another run whose time is over',
      anEntry(wrapAlice, claimedBy('another', NOW)),
      'run',
      false,
    ],
    ['unconfirmed and due', anEntry(wrapAlice, unconfirmed(NOW)), 'run', false],
  ])('runs an entry that is %s', (_state, item, step, isClaimed) => {
    const plan = planOf([item]);
    expect(plan).toMatchObject({ step, isClaimed, claims: new Set([`wrap-reservation:${task1}`]) });
    expect(lanesOf(plan)).toEqual(['reservation: wrap Alice']);
  });

  it('claims all due entries, also those that wait for the transfer task, and no other', () => {
    const plan = planOf([create, aliceLeaves, wrapAlice, anEntry(update, unconfirmed())]);
    expect(plan).toMatchObject({
      claims: new Set(toOutbox([create, aliceLeaves, wrapAlice]).map(({ id }) => id)),
      isClaimed: false,
    });
  });

  it('must save claims again when an entry was added to those it has claimed', () => {
    expect(planOf([anEntry(wrapAlice, claimedBy('me')), update])).toMatchObject({ isClaimed: false });
  });
});

describe('the plan while a transfer task must be created or recalled', () => {
  const release = [aliceLeaves, wrapAlice, removeAlice];

  it.each<[string, readonly Item[], readonly string[]]>([
    [
      'posts that the transfer has started, and releases no agent',
      [create, started, ...release],
      ['transfer-task: create transfer task', 'notices: post transfer-started'],
    ],
    [
      'releases no agent while the task is recalled',
      [recall, ...release, completeAlice, update],
      ['transfer-task: recall transfer'],
    ],
    [
      'keeps the order of notices: none overtakes one that waits',
      [create, started, aliceLeaves, bobJoins],
      ['transfer-task: create transfer task', 'notices: post transfer-started'],
    ],
    [
      'posts notices that are correct in any case',
      [create, bobJoins, started],
      ['transfer-task: create transfer task', 'notices: post agent-joined Bob, post transfer-started'],
    ],
    [
      'executes what was decided before it',
      [bobJoins, ...release, create, started],
      [
        'notices: post agent-joined Bob, post agent-left Alice, post transfer-started',
        'reservation: wrap Alice = remove Alice',
        'transfer-task: create transfer task',
      ],
    ],
    [
      'lets the update of the conversation wait, which comes last',
      [update, create],
      ['transfer-task: create transfer task'],
    ],
    [
      'creates and recalls in the order of the decisions',
      [create, recall],
      ['transfer-task: create transfer task, recall transfer'],
    ],
    [
      'does not wait for a task that another run has created',
      [anEntry(create, unconfirmed()), wrapAlice, anEntry(recall, unconfirmed())],
      ['reservation: wrap Alice'],
    ],
    [
      'does not wait for a withdrawal',
      [withdraw, failed, wrapAlice],
      ['withdrawal: withdraw transfer task', 'notices: post transfer-failed', 'reservation: wrap Alice'],
    ],
  ])('%s', (_what, items, lanes) => {
    expect([...lanesOf(planOf(items))].sort()).toEqual([...lanes].sort());
  });

  it('withdraws a task only after a crashed attempt to create it was repeated', () => {
    const crashed = anEntry(create, claimedBy('crashed', NOW));
    expect(lanesOf(planOf([crashed, withdraw]))).toEqual(['transfer-task: create transfer task']);
  });
});

describe('the plan of notices and the end of a chat', () => {
  const items = [customerLeaves, update, bobJoins, chatEnds];
  const notices = 'notices: post customer-left, post agent-joined Bob, post chat-ended';

  it('keeps notices in order, and closes the conversation last', () => {
    expect(lanesOf(planOf(items, 'conversations'))).toEqual([`${notices}, update conversation`]);
  });

  it('ends a chat of Programmable Chat after its notices, because the customer gets none after that', () => {
    expect(lanesOf(planOf(items, 'programmable-chat'))).toEqual([`${notices}, update conversation`]);
    const waiting = [anEntry(chatEnds, unconfirmed()), update];
    expect(lanesOf(planOf(waiting, 'programmable-chat'))).toEqual([
      'notices: update conversation (after post chat-ended)',
    ]);
  });

  it('updates a chat of Programmable Chat that goes on beside its notices', () => {
    expect(lanesOf(planOf([bobJoins, update], 'programmable-chat'))).toEqual([
      'notices: post agent-joined Bob',
      'conversation: update conversation',
    ]);
  });

  it.each<[string, readonly Item[], readonly string[]]>([
    [
      'notices come after earlier ones that another run has not confirmed',
      [anEntry(bobJoins, unconfirmed()), aliceLeaves, anEntry(customerLeaves, unconfirmed()), chatEnds],
      ['notices: post agent-left Alice, post chat-ended (after post agent-joined Bob, post customer-left)'],
    ],
    [
      'notices do not wait for later ones',
      [aliceLeaves, anEntry(bobJoins, unconfirmed())],
      ['notices: post agent-left Alice'],
    ],
    [
      'an unconfirmed notice that is due is executed in its place',
      [anEntry(bobJoins, unconfirmed(NOW)), aliceLeaves],
      ['notices: post agent-joined Bob, post agent-left Alice'],
    ],
    [
      'closing comes after notices that another run has not confirmed',
      [anEntry(chatEnds, unconfirmed()), update],
      ['notices: update conversation (after post chat-ended)'],
    ],
    [
      'other lanes wait for no notice',
      [anEntry(bobJoins, unconfirmed()), wrapAlice],
      ['reservation: wrap Alice'],
    ],
    [
      'an unconfirmed effect that is no notice is not waited for',
      [anEntry(wrapAlice, unconfirmed()), aliceLeaves],
      ['notices: post agent-left Alice'],
    ],
  ])('%s', (_what, given, lanes) => {
    expect(lanesOf(planOf(given))).toEqual(lanes);
  });
});

describe('the plan of a release', () => {
  it.each<[string, readonly Item[], readonly string[]]>([
    [
      'by wrap-up removes the agent too',
      [wrapAlice, removeAlice],
      ['reservation: wrap Alice = remove Alice'],
    ],
    [
      'by completion removes the agent too',
      [removeAlice, completeAlice],
      ['agent: complete task 1, chat goes-on = remove Alice'],
    ],
    [
      'covers a removal once',
      [wrapAlice, removeAlice, completeAlice],
      ['reservation: wrap Alice = remove Alice', 'agent: complete task 1, chat goes-on'],
    ],
    [
      'does not remove the agent of another task',
      [wrapAlice, removeBob],
      ['reservation: wrap Alice', 'agent: remove Bob'],
    ],
    ['needs no removal', [wrapAlice], ['reservation: wrap Alice']],
    ['is not needed for a removal', [removeAlice], ['agent: remove Alice']],
    [
      'covers no removal that another run executes',
      [wrapAlice, anEntry(removeAlice, unconfirmed())],
      ['reservation: wrap Alice'],
    ],
    [
      'does not remove an agent who is added again on another task',
      [wrapAlice, removeAlice, addParticipant(task2, alice)],
      ['reservation: wrap Alice', 'agent: remove Alice, add Alice'],
    ],
    [
      'removes an agent while another one is added',
      [wrapAlice, removeAlice, addParticipant(task2, bob)],
      ['reservation: wrap Alice = remove Alice', 'agent: add Bob'],
    ],
    [
      'that waits for the transfer task covers no earlier removal',
      [removeAlice, create, wrapAlice],
      ['agent: remove Alice', 'transfer-task: create transfer task'],
    ],
  ])('on Flex Conversations %s', (_what, items, lanes) => {
    expect(lanesOf(planOf(items, 'conversations'))).toEqual(lanes);
  });

  it('on Programmable Chat does not remove the agent, and the removal comes before the completion', () => {
    expect(lanesOf(planOf([wrapAlice, removeAlice, completeAlice], 'programmable-chat'))).toEqual([
      'reservation: wrap Alice',
      'agent: remove Alice, complete task 1, chat goes-on',
    ]);
  });
});

describe('planUnconfirmed', () => {
  const lanes = (items: readonly Item[], isEnding = false, backend: Backend = 'conversations') =>
    planUnconfirmed({ outbox: toOutbox(items), backend }, { nowMs: NOW, run: 'me', isEnding })?.map(
      describeLane,
    );
  const mine = (effect: Effect, attempts = 1) => anEntry(effect, claimedBy('me'), attempts);

  it('plans what the run has claimed and what it has just decided', () => {
    expect(lanes([mine(aliceLeaves), mine(wrapAlice), mine(removeAlice), update])).toEqual([
      'notices: post agent-left Alice, update conversation',
      'reservation: wrap Alice = remove Alice',
    ]);
  });

  it.each<[string, readonly Item[]]>([
    ['nothing is due', []],
    ['another run has claims', [mine(wrapAlice), anEntry(update, claimedBy('another'))]],
    ['a transfer task must be created', [mine(wrapAlice), create]],
    ['a transfer task must be recalled', [mine(wrapAlice), mine(recall)]],
    ['an entry is a second attempt of the run', [mine(aliceLeaves, 2)]],
    ['an entry may have been executed before it was added', [anEntry(aliceLeaves, { kind: 'pending' }, 1)]],
    ['the run that claimed an entry has crashed', [anEntry(aliceLeaves, claimedBy('crashed', NOW))]],
    [
      'an unconfirmed entry has become due since the run made its claims',
      [anEntry(aliceLeaves, unconfirmed(NOW)), mine(bobJoins)],
    ],
  ])('must save first when %s', (_why, items) => {
    expect(lanes(items)).toBeUndefined();
  });

  it('leaves out what ends the chat, if the result that is not saved yet has ended it', () => {
    const items = [aliceLeaves, redirectTask('transfer'), chatEnds, update];
    expect(lanes(items, true)).toEqual(['notices: post agent-left Alice', 'agent: redirect task']);
    expect(lanes(items, false)).toEqual([
      'notices: post agent-left Alice, post chat-ended, update conversation',
      'agent: redirect task',
    ]);
    expect(lanes([chatEnds, update], true, 'programmable-chat')).toEqual([]);
  });

  it('must save first when too much would be unconfirmed', () => {
    const wraps = (count: number) =>
      Array.from({ length: count }, (_, number) => mine(wrapReservation(aTaskSid(number), alice)));
    const fitting = Array.from({ length: 40 }, (_, count) => count).filter(
      (count) => lanes(wraps(count)) !== undefined,
    );
    const most = fitting.at(-1) ?? 0;
    expect(most).toBeGreaterThan(4);
    expect(JSON.stringify(wraps(most)).length).toBeLessThanOrEqual(MAX_UNCONFIRMED_BYTES);
    expect(JSON.stringify(wraps(most + 1)).length).toBeGreaterThan(MAX_UNCONFIRMED_BYTES);
    expect(lanes([...wraps(most), anEntry(bobJoins, unconfirmed())])).toBeUndefined();
  });
});
