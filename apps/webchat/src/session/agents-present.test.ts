import type { Notice } from '@chat-transfer/transfer-core';
import { describe, expect, it } from 'vitest';
import { type AgentsPresent, applyNotice, findAuthorName } from './agents-present';

const head = { v: 1 as const, id: 'notice-1' };
const joined = (name: string): Notice => ({ ...head, kind: 'agent-joined', name });
const left = (name: string): Notice => ({ ...head, kind: 'agent-left', name });
const agentsAfter = (...notices: readonly Notice[]) => notices.reduce<AgentsPresent>(applyNotice, []);

describe('applyNotice', () => {
  it('counts both agents of a warm transfer until the first one leaves', () => {
    expect(agentsAfter(joined('Alice'), joined('Bob'))).toEqual(['Alice', 'Bob']);
    expect(agentsAfter(joined('Alice'), joined('Bob'), left('Alice'))).toEqual(['Bob']);
  });

  it('adds no agent when a transfer starts', () => {
    const to = { kind: 'agent' as const, name: 'Bob' };
    expect(
      agentsAfter(joined('Alice'), { ...head, kind: 'transfer-started', mode: 'warm', from: 'Alice', to }),
    ).toEqual(['Alice']);
  });

  it.each<[string, Notice]>([
    ['declined', { ...head, kind: 'transfer-declined', to: { kind: 'agent', name: 'Bob' } }],
    ['unanswered', { ...head, kind: 'transfer-unanswered', to: { kind: 'queue' } }],
    ['cancelled', { ...head, kind: 'transfer-cancelled', name: 'Alice' }],
    ['failed', { ...head, kind: 'transfer-failed', to: { kind: 'queue' } }],
  ])('removes no agent when a transfer is %s', (_, notice) => {
    expect(agentsAfter(joined('Alice'), notice)).toEqual(['Alice']);
  });

  it('removes only one of two agents with the same name', () => {
    expect(agentsAfter(joined('Alex'), joined('Alex'), left('Alex'))).toEqual(['Alex']);
  });

  it('ignores the leaving of an agent who has not joined', () => {
    expect(agentsAfter(joined('Bob'), left('Alice'))).toEqual(['Bob']);
  });

  it('removes all agents when the chat ends', () => {
    expect(agentsAfter(joined('Alice'), { ...head, kind: 'chat-ended' })).toEqual([]);
  });
});

describe('findAuthorName', () => {
  const noNames = new Map<string, string>();

  it('returns the name of the only agent', () => {
    expect(findAuthorName('a', ['Alice'], noNames)).toBe('Alice');
  });

  it('returns undefined when two agents are possible', () => {
    expect(findAuthorName('a', ['Alice', 'Bob'], noNames)).toBeUndefined();
  });

  it('returns the only name that no other author has', () => {
    expect(findAuthorName('b', ['Alice', 'Bob'], new Map([['a', 'Alice']]))).toBe('Bob');
  });

  it('returns the known name of an author, regardless of the agents present', () => {
    expect(findAuthorName('a', ['Alice', 'Bob'], new Map([['a', 'Alice']]))).toBe('Alice');
    expect(findAuthorName('a', ['Bob'], new Map([['a', 'Alice']]))).toBe('Alice');
  });

  it('returns undefined for an unknown author when every agent present is a known author', () => {
    expect(findAuthorName('x', ['Alice'], new Map([['a', 'Alice']]))).toBeUndefined();
  });

  it('returns undefined when no agent is present', () => {
    expect(findAuthorName('a', [], noNames)).toBeUndefined();
  });
});
