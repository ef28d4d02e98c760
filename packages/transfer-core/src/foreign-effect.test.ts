import { describe, expect, it } from 'vitest';
import { aLedger, aTask, aTaskSid, aTransfer, aWorker, everyNotice } from '../testing';
import {
  addParticipant,
  cancelTask,
  completeTask,
  createTransferTask,
  type Effect,
  effectId,
  postNotice,
  recallTransfer,
  redirectTask,
  removeParticipant,
  updateConversation,
  withdrawTransferTask,
  wrapReservation,
} from './effects';
import { findForeignEffect } from './foreign-effect';
import type { Ledger } from './ledger';
import {
  buildFailedNotice,
  buildJoinedNotice,
  buildLeftNotice,
  buildStartedNotice,
  buildUntakenNotice,
  CHAT_ENDED,
  CUSTOMER_LEFT,
} from './notice/build-notice';
import { trimLedger } from './trim-ledger';

const [alice, bob, eve] = [aWorker(1), aWorker(2), aWorker(4)];
const [alices, bobs, foreign] = [aTaskSid(1), aTaskSid(2), aTaskSid(9)];
const transfer = aTransfer();
const past = aTransfer({ id: 'past', from: bob });

/** Alice left and Bob is in the chat, which the customer ended. */
const ledger: Ledger = aLedger({
  tasks: {
    [alices]: aTask({ state: 'left', worker: alice }),
    [bobs]: aTask({ state: 'active', worker: bob }),
  },
  transfer,
  past: [past],
  ended: { at: 1, by: 'customer' },
});

const withEffects = (basis: Ledger, ...effects: readonly Effect[]): Ledger => ({
  ...basis,
  outbox: effects.map((effect) => ({
    ...{ id: effectId(effect), effect, attempts: 0, state: { kind: 'pending' as const } },
  })),
});
const { ended: _ended, ...open } = ledger;

describe('findForeignEffect', () => {
  it('returns undefined for effects on the ledger’s own tasks, agents, transfers and notices', () => {
    const own = withEffects(
      ledger,
      ...[createTransferTask(transfer.id), withdrawTransferTask(past.id)],
      ...[recallTransfer(transfer.id), redirectTask(past.id)],
      ...[wrapReservation(alices, alice), removeParticipant(alices, alice, 5), addParticipant(bobs, bob)],
      ...[completeTask(alices, 'goes-on'), cancelTask(bobs), updateConversation()],
      ...[
        buildJoinedNotice(ledger, bobs, bob),
        buildLeftNotice(ledger, alices, alice),
        buildStartedNotice(ledger, transfer),
        buildFailedNotice(past),
        buildUntakenNotice(past, 'declined', { isLooking: true }),
        buildUntakenNotice(past, 'cancelled', { isLooking: false }),
        CUSTOMER_LEFT,
        CHAT_ENDED,
      ].map(postNotice),
    );
    expect(findForeignEffect(own)).toBeUndefined();
  });

  it.each<[string, Effect, Ledger?]>([
    ['completes another task', completeTask(foreign, 'goes-on')],
    ['cancels another task', cancelTask(foreign)],
    ['wraps up a reservation of another task', wrapReservation(foreign, alice)],
    ['wraps up another agent', wrapReservation(alices, eve)],
    ['removes another agent', removeParticipant(alices, eve, 5)],
    [
      'removes an identity that is not the agent’s',
      removeParticipant(alices, { ...alice, identity: 'eve' }, 5),
    ],
    ['removes an agent for another task', removeParticipant(bobs, alice, 5)],
    ['adds another agent', addParticipant(bobs, eve)],
    ['adds an identity that is not the agent’s', addParticipant(bobs, { ...bob, identity: 'eve' })],
    ['announces an agent of another task', postNotice(buildJoinedNotice(ledger, foreign, bob))],
    ['announces another agent', postNotice(buildJoinedNotice(ledger, bobs, eve))],
    ['says that another agent left', postNotice(buildLeftNotice(ledger, alices, eve))],
    [
      'announces a transfer of another agent',
      postNotice(buildStartedNotice(ledger, { ...transfer, from: { ...alice, publicName: 'Eve' } })),
    ],
    ['says that the chat has ended while it is open', postNotice(CHAT_ENDED), open],
    [
      'says that the customer left a chat that its last agent ended',
      postNotice(CUSTOMER_LEFT),
      { ...open, ended: { at: 1, by: 'last-agent' } },
    ],
  ])('returns the id of an effect that %s', (_what, effect, basis = ledger) => {
    expect(findForeignEffect(withEffects(basis, updateConversation(), effect))).toBe(effectId(effect));
  });

  it('accepts effects on what trimLedger has dropped', () => {
    const worker = { ...bob, publicName: '電'.repeat(100) };
    const trimmed = trimLedger(
      withEffects(
        {
          ...open,
          tasks: {
            [aTaskSid(3)]: aTask({ state: 'closed', worker: alice }),
            [bobs]: aTask({ state: 'left', worker }),
            [aTaskSid(5)]: aTask({ worker: { ...eve, identity: 'x'.repeat(16_000) } }),
          },
        },
        ...[completeTask(aTaskSid(3), 'goes-on'), wrapReservation(aTaskSid(3), alice)],
        ...[buildLeftNotice(ledger, aTaskSid(3), alice), buildLeftNotice(ledger, bobs, worker)].map(
          postNotice,
        ),
        postNotice(buildStartedNotice(ledger, past)),
      ),
    );
    expect(trimmed.past).toEqual([]);
    expect(trimmed.tasks[aTaskSid(3)]).toBeUndefined();
    expect(trimmed.tasks[bobs]?.worker?.publicName).not.toBe(worker.publicName);
    expect(findForeignEffect(trimmed)).toBeUndefined();
  });

  it.each(everyNotice())(
    'returns the id of a $kind notice whose id has no subject of the ledger',
    (notice) => {
      const effect = postNotice({ ...notice, id: 'unknown' });
      const { tasks: _tasks, ...rest } = open;
      expect(findForeignEffect(withEffects({ ...rest, tasks: {} }, effect))).toBe(effectId(effect));
    },
  );
});
