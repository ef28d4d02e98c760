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
const textNotice: TextNotice = { kind: 'text', text: 'A sentence of the original feature' };
const attributes = (...notices: readonly unknown[]) => ({ chatTransfer: { notices }, status: 'ACTIVE' });

describe('mergeNotices', () => {
  it.each([undefined, {}, { chatTransfer: 'x' }])(
    'returns the posted notices if the attributes hold none: %j',
    (withoutNotices) => {
      expect(mergeNotices([joined('Alice'), textNotice], withoutNotices)).toEqual([
        joined('Alice'),
        textNotice,
      ]);
    },
  );

  it('returns the notices in the attributes if none are posted', () => {
    expect(mergeNotices([], attributes(joined('Alice'), started))).toEqual([joined('Alice'), started]);
  });

  it('returns a notice that is posted and in the attributes once, at its position in the attributes', () => {
    const all = mergeNotices([joined('Bob')], attributes(joined('Alice'), started, joined('Bob')));
    expect(all).toEqual([joined('Alice'), started, joined('Bob')]);
    expect(readOpenTransfer(all)).toBeUndefined();
  });

  it('puts notices that are only posted before those in the attributes', () => {
    expect(mergeNotices([textNotice, joined('Alice')], attributes(started))).toEqual([
      textNotice,
      joined('Alice'),
      started,
    ]);
  });

  it('leaves out a notice of an unknown version', () => {
    expect(mergeNotices([], attributes({ v: 2, id: 'x', kind: 'new' }, started))).toEqual([started]);
  });
});

describe('listAgentOnlyNotices', () => {
  it('leaves out a notice that the customer received as a text', () => {
    const latest = attributes(joined('Alice'), started, joined('Bob'));
    expect(listAgentOnlyNotices([joined('Bob')], latest)).toEqual([joined('Alice'), started]);
  });

  it('returns none if all notices are posted', () => {
    expect(listAgentOnlyNotices([joined('Alice')], {})).toEqual([]);
  });
});
