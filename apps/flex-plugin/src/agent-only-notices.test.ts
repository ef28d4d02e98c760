import type { Notice, TextNotice } from '@chat-transfer/transfer-core';
import { describe, expect, it } from 'vitest';
import { listAgentOnlyNotices, mergeNotices } from './agent-only-notices';
import { readOpenTransfer } from './open-transfer';

const bob = { kind: 'agent' as const, name: 'Bob' };
const joined = (name: string): Notice => ({
  v: 1,
  id: `agent-joined:${name}`,
  kind: 'agent-joined',
  name,
});
const started: Notice = {
  v: 1,
  id: 'transfer-started:first',
  kind: 'transfer-started',
  mode: 'warm',
  from: 'Alice',
  to: bob,
};
const bare: TextNotice = { kind: 'text', text: 'Somebody did something' };
const attributes = (...notices: readonly unknown[]) => ({ chatTransfer: { notices }, status: 'ACTIVE' });

describe('mergeNotices', () => {
  it.each([undefined, {}, { chatTransfer: 'x' }])('are the messages where nothing is kept: %j', (kept) => {
    expect(mergeNotices([joined('Alice'), bare], kept)).toEqual([joined('Alice'), bare]);
  });

  it('are those kept for the agents where the customer texts', () => {
    expect(mergeNotices([], attributes(joined('Alice'), started))).toEqual([joined('Alice'), started]);
  });

  it('has a notice that was texted, too, once and in its place', () => {
    const all = mergeNotices([joined('Bob')], attributes(joined('Alice'), started, joined('Bob')));
    expect(all).toEqual([joined('Alice'), started, joined('Bob')]);
    expect(readOpenTransfer(all)).toBeUndefined();
  });

  it('takes messages that are not kept any more for the older ones', () => {
    expect(mergeNotices([bare, joined('Alice')], attributes(started))).toEqual([
      bare,
      joined('Alice'),
      started,
    ]);
  });

  it('leaves out what it does not understand', () => {
    expect(mergeNotices([], attributes({ v: 2, id: 'x', kind: 'new' }, started))).toEqual([started]);
  });
});

describe('listAgentOnlyNotices', () => {
  it('leaves out what the customer got as a text', () => {
    const kept = attributes(joined('Alice'), started, joined('Bob'));
    expect(listAgentOnlyNotices([joined('Bob')], kept)).toEqual([joined('Alice'), started]);
  });

  it('is empty where notices are messages', () => {
    expect(listAgentOnlyNotices([joined('Alice')], {})).toEqual([]);
  });
});
