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
  it('is the name of the only agent', () => {
    expect(nameOfAuthor(['Alice'], 'Agent')).toBe('Alice');
  });

  it('does not guess among several agents', () => {
    expect(nameOfAuthor(['Alice', 'Bob'], 'Agent')).toBe('Agent');
  });

  it('is nothing when no agent has been announced', () => {
    expect(nameOfAuthor([], 'Agent')).toBeUndefined();
  });
});
