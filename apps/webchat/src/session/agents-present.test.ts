import type { Notice } from '@chat-transfer/transfer-core';
import { describe, expect, it } from 'vitest';
import { type AgentsPresent, applyNotice, listNames } from './agents-present';

const head = { v: 1 as const, id: 'notice-1' };
const joined = (name: string, authorKey?: string): Notice => ({
  ...head,
  kind: 'agent-joined',
  name,
  ...(authorKey === undefined ? {} : { authorKey }),
});
const left = (name: string, authorKey?: string): Notice => ({
  ...head,
  kind: 'agent-left',
  name,
  ...(authorKey === undefined ? {} : { authorKey }),
});
const agentsAfter = (...notices: readonly Notice[]) => notices.reduce<AgentsPresent>(applyNotice, []);
const namesAfter = (...notices: readonly Notice[]) => listNames(agentsAfter(...notices));

describe('applyNotice', () => {
  it('counts both agents of a warm transfer until the first one leaves', () => {
    expect(namesAfter(joined('Alice'), joined('Bob'))).toEqual(['Alice', 'Bob']);
    expect(namesAfter(joined('Alice'), joined('Bob'), left('Alice'))).toEqual(['Bob']);
  });

  it('adds no agent when a transfer starts', () => {
    const to = { kind: 'agent' as const, name: 'Bob' };
    expect(
      namesAfter(joined('Alice'), { ...head, kind: 'transfer-started', mode: 'warm', from: 'Alice', to }),
    ).toEqual(['Alice']);
  });

  it.each<[string, Notice]>([
    ['declined', { ...head, kind: 'transfer-declined', to: { kind: 'agent', name: 'Bob' } }],
    ['unanswered', { ...head, kind: 'transfer-unanswered', to: { kind: 'queue' } }],
    ['cancelled', { ...head, kind: 'transfer-cancelled', name: 'Alice' }],
    ['failed', { ...head, kind: 'transfer-failed', to: { kind: 'queue' } }],
  ])('removes no agent when a transfer is %s', (_, notice) => {
    expect(namesAfter(joined('Alice'), notice)).toEqual(['Alice']);
  });

  it('removes only one of two agents with the same name', () => {
    expect(namesAfter(joined('Alex'), joined('Alex'), left('Alex'))).toEqual(['Alex']);
  });

  it('removes the agent who leaves, and not another one with the same name', () => {
    const agents = agentsAfter(joined('Alex', 'key-1'), joined('Alex', 'key-2'), left('Alex', 'key-2'));
    expect(agents).toEqual([{ name: 'Alex', authorKey: 'key-1' }]);
  });

  it('removes an agent whose notice of joining has no key by their name', () => {
    expect(namesAfter(joined('Alice'), joined('Bob', 'key-2'), left('Alice', 'key-1'))).toEqual(['Bob']);
  });

  it('ignores the leaving of an agent who has not joined', () => {
    expect(namesAfter(joined('Bob'), left('Alice'))).toEqual(['Bob']);
  });

  it('removes all agents when the chat ends', () => {
    expect(namesAfter(joined('Alice'), { ...head, kind: 'chat-ended' })).toEqual([]);
  });
});

describe('listNames', () => {
  it('names an agent once who has two tasks of the chat', () => {
    const twice = [joined('Alice', 'key-1'), joined('Bob', 'key-2'), joined('Alice', 'key-1')];
    expect(namesAfter(...twice)).toEqual(['Alice', 'Bob']);
    expect(namesAfter(...twice, left('Alice', 'key-1'))).toEqual(['Bob', 'Alice']);
  });
});
