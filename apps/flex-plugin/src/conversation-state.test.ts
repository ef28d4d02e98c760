import type { Notice } from '@chat-transfer/transfer-core';
import { describe, expect, it } from 'vitest';
import { hasEnded, isAloneWithCustomer, isSharedChat } from './conversation-state';

const head = { v: 1 as const, id: 'transfer-started:first' };
const to = { kind: 'agent' as const, name: 'Bob' };
const aliceJoined: Notice = { ...head, kind: 'agent-joined', name: 'Alice' };
const started: Notice = { ...head, kind: 'transfer-started', mode: 'warm', from: 'Alice', to };
const bobJoined: Notice = { ...head, kind: 'agent-joined', name: 'Bob' };
const alone = { participants: { size: 2 } };

describe('isSharedChat', () => {
  it('returns true while another agent is in the chat', () => {
    expect(isSharedChat({ participants: { size: 3 } }, [aliceJoined])).toBe(true);
  });

  it('returns true while another agent is being asked to join', () => {
    expect(isSharedChat(alone, [aliceJoined, started])).toBe(true);
  });

  it.each<[string, Notice[]]>([
    ['no other agent was asked to join', [aliceJoined]],
    [
      'the agent who joined has left',
      [aliceJoined, started, bobJoined, { ...head, kind: 'agent-left', name: 'Bob' }],
    ],
    [
      'the agent who was asked did not answer',
      [aliceJoined, started, { ...head, id: 'transfer-unanswered:first', kind: 'transfer-unanswered', to }],
    ],
    ['no notices are loaded', []],
  ])('returns false if %s', (_, notices) => {
    expect(isSharedChat(alone, notices)).toBe(false);
  });

  it('returns false until the conversation has loaded', () => {
    expect(isSharedChat(undefined, [])).toBe(false);
  });
});

describe('isAloneWithCustomer', () => {
  it('returns true only for a loaded conversation without other agents', () => {
    expect(isAloneWithCustomer(alone, [aliceJoined])).toBe(true);
    for (const size of [0, 1, 3]) expect(isAloneWithCustomer({ participants: { size } }, [])).toBe(false);
    expect(isAloneWithCustomer(undefined, [])).toBe(false);
    expect(isAloneWithCustomer(alone, [aliceJoined, started])).toBe(false);
  });
});

describe('hasEnded', () => {
  const conversation = (source: object) => ({ participants: { size: 2 }, source });

  it.each([
    ['its attributes say that it is inactive', { attributes: { status: 'INACTIVE' } }],
    ['its state is closed', { attributes: {}, state: { current: 'closed' } }],
  ])('returns true if %s', (_, source) => {
    expect(hasEnded(conversation(source))).toBe(true);
  });

  it.each([
    ['it is active', { attributes: { status: 'ACTIVE' } }],
    [
      'its state is inactive, because no participant has written for a while',
      { attributes: {}, state: { current: 'inactive' } },
    ],
  ])('returns false if %s', (_, source) => {
    expect(hasEnded(conversation(source))).toBe(false);
  });

  it('returns false until the conversation has loaded', () => {
    expect(hasEnded({ participants: { size: 0 } })).toBe(false);
    expect(hasEnded(undefined)).toBe(false);
  });
});
