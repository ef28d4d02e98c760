import { describe, expect, it } from 'vitest';
import { aConversationSid, everyNotice } from '../../testing';
import { authorKeyOf, collectAuthorNames, findAuthorName } from './introduction';
import type { Notice } from './notice';

const chat = aConversationSid(1);
const head = { v: 1 as const, id: 'n' };
const introduce = (name: string, identity: string, kind: 'agent-joined' | 'agent-left' = 'agent-joined') =>
  ({ ...head, kind, name, authorKey: authorKeyOf(chat, identity) }) satisfies Notice;

describe('authorKeyOf', () => {
  it('returns the same 16 hexadecimal digits for the same identity in the same chat', () => {
    // A fixed value: readers of one version compare with notices of another.
    expect(authorKeyOf('CH00000000000000000000000000000001', 'alice')).toBe('c06580f7bd1b5a0c');
  });

  it('returns different keys for 10,000 identities in a chat', () => {
    const keys = Array.from({ length: 10_000 }, (_, number) => authorKeyOf(chat, `agent_${number}`));
    expect(new Set(keys).size).toBe(10_000);
  });

  it('returns a key for every text', () => {
    expect(authorKeyOf('', '\uD800')).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe('findAuthorName', () => {
  it('returns the name of an author whom a notice has introduced', () => {
    const names = collectAuthorNames([introduce('Alice', 'alice'), introduce('Bob', 'bob', 'agent-left')]);
    expect(findAuthorName(names, chat, 'alice')).toBe('Alice');
    expect(findAuthorName(names, chat, 'bob')).toBe('Bob');
  });

  it('returns the name of the agent who has started a transfer', () => {
    const fromKey = authorKeyOf(chat, 'alice');
    const started: Notice = {
      ...head,
      kind: 'transfer-started',
      mode: 'cold',
      from: 'Alice',
      fromKey,
      to: { kind: 'agent', name: 'Bob' },
    };
    expect(findAuthorName(collectAuthorNames([started]), chat, 'alice')).toBe('Alice');
  });

  it('returns undefined for an author whom no notice has introduced', () => {
    const names = collectAuthorNames([introduce('Alice', 'alice')]);
    for (const author of ['bot', 'system', '', 'Alice', 'ALICE']) {
      expect(findAuthorName(names, chat, author)).toBeUndefined();
    }
  });

  it('returns the last of several names of an agent', () => {
    const names = collectAuthorNames([introduce('Ally', 'alice'), introduce('Alice', 'alice')]);
    expect(findAuthorName(names, chat, 'alice')).toBe('Alice');
  });

  it('knows two agents with the same name', () => {
    const names = collectAuthorNames([introduce('Alex', 'alex.1'), introduce('Alex', 'alex.2')]);
    expect([names.size, findAuthorName(names, chat, 'alex.2')]).toEqual([2, 'Alex']);
  });

  it('knows no author from notices without keys', () => {
    expect(collectAuthorNames([...everyNotice(), { kind: 'text', text: 'Alice joined' }]).size).toBe(0);
  });
});
