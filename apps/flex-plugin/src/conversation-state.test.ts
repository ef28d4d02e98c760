import { authorKeyOf, type Notice } from '@chat-transfer/transfer-core';
import { describe, expect, it } from 'vitest';
import { type ChatView, hasEnded, isAloneWithCustomer, isSharedChat } from './conversation-state';

const conversationSid = `CH${'1'.repeat(32)}`;
const keyOf = (identity: string) => authorKeyOf(conversationSid, identity);
const head = { v: 1 as const, id: 'transfer-started:first' };
const to = { kind: 'agent' as const, name: 'Bob' };
const joined = (identity: string, name: string): Notice => ({
  ...head,
  kind: 'agent-joined',
  name,
  authorKey: keyOf(identity),
});
const aliceJoined = joined('alice', 'Alice');
const bobJoined = joined('bob', 'Bob');
const bobLeft: Notice = { ...head, kind: 'agent-left', name: 'Bob', authorKey: keyOf('bob') };
const started: Notice = { ...head, kind: 'transfer-started', mode: 'warm', from: 'Alice', to };
const unanswered: Notice = { ...head, id: 'transfer-unanswered:first', kind: 'transfer-unanswered', to };

/** Alice's page. A customer who texts has no identity. */
const aChat = (
  identities: readonly (string | null)[],
  notices: readonly Notice[],
  values: Partial<ChatView> = {},
): ChatView => ({
  conversationSid,
  conversation: {
    participants: new Map(identities.map((identity, index) => [`MB${index}`, { source: { identity } }])),
  },
  notices,
  hasAllNotices: true,
  ownKey: keyOf('alice'),
  ...values,
});

const ALONE: readonly [string, ChatView][] = [
  ['the chat has this agent and the customer', aChat(['alice', 'customer'], [aliceJoined])],
  ['the customer texts', aChat(['alice', null], [aliceJoined])],
  [
    'another participant is a bot or a supervisor who listens',
    aChat(['alice', 'customer', 'bot', 'supervisor'], [aliceJoined]),
  ],
  ['the agent who joined has left', aChat(['alice', 'customer'], [aliceJoined, started, bobJoined, bobLeft])],
  [
    'the agent who was asked did not answer',
    aChat(['alice', 'customer'], [aliceJoined, started, unanswered]),
  ],
  [
    'notices are not loaded, and there are two participants',
    aChat(['alice', 'customer'], [], { hasAllNotices: false }),
  ],
];

const SHARED: readonly [string, ChatView][] = [
  ['another agent is in the chat', aChat(['alice', 'customer', 'bob'], [aliceJoined, bobJoined])],
  [
    'another agent has the same public name',
    aChat(['alice', 'customer', 'alice-2'], [aliceJoined, joined('alice-2', 'Alice')]),
  ],
  [
    'another agent has started a transfer before this one joined',
    aChat(
      ['alice', 'customer', 'bob'],
      [{ ...started, from: 'Bob', fromKey: keyOf('bob') } as Notice, aliceJoined],
    ),
  ],
  ['another agent is being asked to join', aChat(['alice', 'customer'], [aliceJoined, started])],
  [
    'no notice introduces this agent, and there are three participants',
    aChat(['alice', 'customer', 'bob'], []),
  ],
  [
    'notices of an earlier version introduce no one by key, and there are three participants',
    aChat(
      ['alice', 'customer', 'bob'],
      [
        { ...head, kind: 'agent-joined', name: 'Alice' },
        { ...head, kind: 'agent-joined', name: 'Bob' },
      ],
    ),
  ],
  [
    'notices are not loaded, and there are three participants',
    aChat(['alice', 'customer', 'bob'], [aliceJoined], { hasAllNotices: false }),
  ],
];

describe('isSharedChat', () => {
  it.each(SHARED)('returns true if %s', (_, chat) => {
    expect(isSharedChat(chat)).toBe(true);
  });

  it.each(ALONE)('returns false if %s', (_, chat) => {
    expect(isSharedChat(chat)).toBe(false);
  });

  it('returns false until the conversation has loaded', () => {
    expect(isSharedChat(aChat([], [], { conversation: undefined, hasAllNotices: false }))).toBe(false);
  });
});

describe('isAloneWithCustomer', () => {
  it.each(ALONE)('returns true if %s', (_, chat) => {
    expect(isAloneWithCustomer(chat)).toBe(true);
  });

  it.each(SHARED)('returns false if %s', (_, chat) => {
    expect(isAloneWithCustomer(chat)).toBe(false);
  });

  it.each([0, 1])('returns false while %i participants are loaded', (count) => {
    expect(isAloneWithCustomer(aChat(['alice'].slice(0, count), []))).toBe(false);
  });

  it('returns false until the conversation has loaded', () => {
    expect(isAloneWithCustomer(aChat([], [], { conversation: undefined, hasAllNotices: false }))).toBe(false);
  });
});

describe('hasEnded', () => {
  const conversation = (source: object) => ({ participants: new Map(), source });

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
    expect(hasEnded({ participants: new Map() })).toBe(false);
    expect(hasEnded(undefined)).toBe(false);
  });
});
