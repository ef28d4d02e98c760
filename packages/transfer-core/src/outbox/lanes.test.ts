import { describe, expect, it } from 'vitest';
import { oneOfEachEffect } from '../../test/effects';
import { aLedger, everyNotice } from '../../testing';
import type { Backend } from '../conversation';
import { type Effect, postNotice, updateConversation } from '../effects';
import { CHAT_ENDED, CUSTOMER_LEFT } from '../notice/build-notice';
import { endsChat, isIndependentOfTransferTask, type Lane, laneIn, laneOf, runsLast } from './lanes';
import { addToOutbox } from './outbox';

const effects = Object.values(oneOfEachEffect());
const kindsOf = (chosen: readonly Effect[]) => chosen.map(({ kind }) => kind);
const noticesThat = (isChosen: (effect: Effect) => boolean) => [
  ...new Set(
    everyNotice()
      .filter((notice) => isChosen(postNotice(notice)))
      .map(({ kind }) => kind),
  ),
];

describe('laneOf', () => {
  const lanes: Record<Effect['kind'], Lane | Record<Backend, Lane>> = {
    'create-transfer-task': 'transfer-task',
    'recall-transfer': 'transfer-task',
    'withdraw-transfer-task': 'withdrawal',
    'redirect-task': 'agent',
    'post-notice': 'notices',
    'wrap-reservation': 'reservation',
    'add-participant': 'agent',
    'remove-participant': 'agent',
    'complete-task': 'agent',
    'cancel-task': 'agent',
    // A closed conversation of Flex Conversations accepts no notice.
    'update-conversation': { conversations: 'notices', 'programmable-chat': 'conversation' },
  };

  it.each(effects)('has a lane for $kind on both backends', (effect) => {
    const expected = lanes[effect.kind];
    for (const backend of ['conversations', 'programmable-chat'] as const) {
      expect(laneOf(effect, backend)).toBe(typeof expected === 'string' ? expected : expected[backend]);
    }
  });
});

describe('laneIn', () => {
  const entriesOf = (...chosen: readonly Effect[]) =>
    addToOutbox(aLedger({ backend: 'programmable-chat' }), chosen);

  it('is the lane of the notices for the update of a conversation that the outbox ends', () => {
    const ledger = entriesOf(postNotice(CHAT_ENDED), updateConversation());
    expect(laneIn(ledger, updateConversation())).toBe('notices');
  });

  it('is the lane of the effect in every other case', () => {
    const update = entriesOf(postNotice(CUSTOMER_LEFT), updateConversation());
    expect(laneIn(update, updateConversation())).toBe('conversation');
    const all = entriesOf(postNotice(CHAT_ENDED), ...effects);
    for (const effect of effects.filter(({ kind }) => kind !== 'update-conversation'))
      expect(laneIn(all, effect)).toBe(laneOf(effect, 'programmable-chat'));
  });
});

describe('isIndependentOfTransferTask', () => {
  it('is true for the notices that are correct even if no transfer task is created', () => {
    expect(noticesThat(isIndependentOfTransferTask)).toEqual(['agent-joined', 'transfer-started']);
  });

  it('is false for every effect that is not a notice', () => {
    const others = effects.filter(({ kind }) => kind !== 'post-notice');
    expect(others.filter(isIndependentOfTransferTask)).toEqual([]);
  });
});

describe('endsChat', () => {
  it('is true for the notice about the end and for the update of the conversation only', () => {
    expect(noticesThat(endsChat)).toEqual(['chat-ended']);
    expect(kindsOf(effects.filter(endsChat))).toEqual(['update-conversation']);
  });
});

describe('runsLast', () => {
  it('is true for the update of the conversation only, which may close it', () => {
    expect(kindsOf(effects.filter(runsLast))).toEqual(['update-conversation']);
    expect(runsLast(updateConversation())).toBe(true);
  });
});
