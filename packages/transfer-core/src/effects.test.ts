import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { aTaskSid, aWorker, everyNotice } from '../testing';
import {
  addParticipant,
  cancelTask,
  completeTask,
  createTransferTask,
  type Effect,
  EffectSchema,
  isIndependentOfTransferTask,
  type Lane,
  laneOf,
  postNotice,
  recallTransfer,
  redirectTask,
  reflectsLedger,
  removeParticipant,
  updateConversation,
  wrapReservation,
} from './effects';

const lanes: Record<Effect['kind'], [Effect, Lane]> = {
  'create-transfer-task': [createTransferTask('transfer'), 'task'],
  'recall-transfer': [recallTransfer('transfer'), 'task'],
  'redirect-task': [redirectTask('transfer'), 'agent'],
  'post-notice': [postNotice({ v: 1, id: 'n', kind: 'chat-ended' }), 'notices'],
  'wrap-reservation': [wrapReservation(aTaskSid(1), aWorker(1)), 'reservation'],
  'add-participant': [addParticipant(aTaskSid(1), aWorker(1)), 'agent'],
  'remove-participant': [removeParticipant(aTaskSid(1), aWorker(1), 50), 'agent'],
  'complete-task': [completeTask(aTaskSid(1), 'goes-on'), 'agent'],
  'cancel-task': [cancelTask(aTaskSid(1)), 'agent'],
  'update-conversation': [updateConversation(), 'conversation'],
};

describe('an effect', () => {
  it.each(Object.entries(lanes))('%s can be kept as JSON, and runs in its lane', (kind, [effect, lane]) => {
    expect(effect.kind).toBe(kind);
    expect(v.parse(EffectSchema, JSON.parse(JSON.stringify(effect)))).toEqual(effect);
    expect(laneOf(effect, 'programmable-chat')).toBe(lane);
  });

  it('closes a conversation of Flex Conversations after its notices: a closed one takes none any more', () => {
    expect(laneOf(updateConversation(), 'conversations')).toBe('notices');
  });

  it('has an id of its own for each thing it is about', () => {
    const ids = [
      ...Object.values(lanes).map(([effect]) => effect.id),
      createTransferTask('another').id,
      recallTransfer('another').id,
      redirectTask('another').id,
      postNotice({ v: 1, id: 'another', kind: 'chat-ended' }).id,
      wrapReservation(aTaskSid(2), aWorker(1)).id,
      removeParticipant(aTaskSid(2), aWorker(1), 50).id,
      completeTask(aTaskSid(2), 'goes-on').id,
      cancelTask(aTaskSid(2)).id,
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('runsBeside', () => {
  it('lets only be told beside the transfer task what is true whatever comes of that task', () => {
    const told = everyNotice().filter((notice) => isIndependentOfTransferTask(postNotice(notice)));
    expect([...new Set(told.map(({ kind }) => kind))]).toEqual(['agent-joined', 'transfer-started']);
  });

  it('lets nobody go, and nothing be written, before the transfer task is there', () => {
    const others = Object.values(lanes).filter(([{ kind }]) => kind !== 'post-notice');
    expect(others.filter(([effect]) => isIndependentOfTransferTask(effect))).toEqual([]);
  });
});

describe('writesLedger', () => {
  it('is for what says the state of the ledger: it is due again when that has changed', () => {
    const written = Object.values(lanes).filter(([effect]) => reflectsLedger(effect));
    expect(written.map(([{ kind }]) => kind)).toEqual(['redirect-task', 'update-conversation']);
  });
});
