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

describe('every effect', () => {
  it.each(Object.entries(lanes))('%s survives JSON and has a lane', (kind, [effect, lane]) => {
    expect(effect.kind).toBe(kind);
    expect(v.parse(EffectSchema, JSON.parse(JSON.stringify(effect)))).toEqual(effect);
    expect(laneOf(effect, 'programmable-chat')).toBe(lane);
  });

  it('has an id that no effect with another kind or subject has', () => {
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

describe('laneOf', () => {
  it('runs an update on Flex Conversations after the notices, which a closed conversation does not accept', () => {
    expect(laneOf(updateConversation(), 'conversations')).toBe('notices');
  });
});

describe('isIndependentOfTransferTask', () => {
  it('is true for the notices that are correct whether or not the transfer task is created', () => {
    const independent = everyNotice().filter((notice) => isIndependentOfTransferTask(postNotice(notice)));
    expect([...new Set(independent.map(({ kind }) => kind))]).toEqual(['agent-joined', 'transfer-started']);
  });

  it('is false for every effect that is not a notice', () => {
    const others = Object.values(lanes).filter(([{ kind }]) => kind !== 'post-notice');
    expect(others.filter(([effect]) => isIndependentOfTransferTask(effect))).toEqual([]);
  });
});

describe('reflectsLedger', () => {
  it('is true for the redirect of a task and the update of the conversation only', () => {
    const reflecting = Object.values(lanes).filter(([effect]) => reflectsLedger(effect));
    expect(reflecting.map(([{ kind }]) => kind)).toEqual(['redirect-task', 'update-conversation']);
  });
});
