import type { Notice } from '@chat-transfer/transfer-core';
import { describe, expect, it } from 'vitest';
import { type AgentsPresent, agentsAfter, nameOfAuthor } from './agents-present';

const head = { v: 1 as const, id: 'notice-1' };
const joined = (name: string): Notice => ({ ...head, kind: 'agent-joined', name });
const left = (name: string): Notice => ({ ...head, kind: 'agent-left', name });
const after = (...notices: readonly Notice[]) => notices.reduce<AgentsPresent>(agentsAfter, []);

describe('agentsAfter', () => {
  it('counts both agents of a warm transfer until the first one leaves', () => {
    expect(after(joined('Alice'), joined('Bob'))).toEqual(['Alice', 'Bob']);
    expect(after(joined('Alice'), joined('Bob'), left('Alice'))).toEqual(['Bob']);
  });

  it('takes a transfer that has only started for no presence', () => {
    const to = { kind: 'agent' as const, name: 'Bob' };
    expect(
      after(joined('Alice'), { ...head, kind: 'transfer-started', mode: 'warm', from: 'Alice', to }),
    ).toEqual(['Alice']);
  });

  it.each<[string, Notice]>([
    ['declined', { ...head, kind: 'transfer-declined', to: { kind: 'agent', name: 'Bob' } }],
    ['unanswered', { ...head, kind: 'transfer-unanswered', to: { kind: 'queue' } }],
    ['cancelled', { ...head, kind: 'transfer-cancelled', name: 'Alice' }],
    ['failed', { ...head, kind: 'transfer-failed', to: { kind: 'queue' } }],
  ])('takes nobody away when a transfer is %s', (_, notice) => {
    expect(after(joined('Alice'), notice)).toEqual(['Alice']);
  });

  it('lets one of two agents of the same name leave', () => {
    expect(after(joined('Alex'), joined('Alex'), left('Alex'))).toEqual(['Alex']);
  });

  it('is not confused by somebody leaving whose joining was never seen', () => {
    expect(after(joined('Bob'), left('Alice'))).toEqual(['Bob']);
  });

  it('leaves nobody in a chat that has ended', () => {
    expect(after(joined('Alice'), { ...head, kind: 'chat-ended' })).toEqual([]);
  });
});

describe('nameOfAuthor', () => {
  const nobodyNamed = new Map<string, string>();

  it('is the name of the only agent', () => {
    expect(nameOfAuthor('a', ['Alice'], nobodyNamed)).toBe('Alice');
  });

  it('does not guess among agents of whom nobody has written yet', () => {
    expect(nameOfAuthor('a', ['Alice', 'Bob'], nobodyNamed)).toBeUndefined();
  });

  it('is the name that is left over when the others are known', () => {
    expect(nameOfAuthor('b', ['Alice', 'Bob'], new Map([['a', 'Alice']]))).toBe('Bob');
  });

  it('stays what it was, whoever else is there', () => {
    expect(nameOfAuthor('a', ['Alice', 'Bob'], new Map([['a', 'Alice']]))).toBe('Alice');
    expect(nameOfAuthor('a', ['Bob'], new Map([['a', 'Alice']]))).toBe('Alice');
  });

  it('is not given to a stranger when everybody present is known', () => {
    expect(nameOfAuthor('x', ['Alice'], new Map([['a', 'Alice']]))).toBeUndefined();
  });

  it('is nothing when no agent has been announced', () => {
    expect(nameOfAuthor('a', [], nobodyNamed)).toBeUndefined();
  });
});
