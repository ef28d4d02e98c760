import { describe, expect, it } from 'vitest';
import { parseAgentNotices, withAgentNotice } from './agent-notices';
import type { Notice } from './notice';

const aNotice = ({ id }: { id: string }): Notice => ({ v: 1, id, kind: 'chat-ended' });

describe('withAgentNotice', () => {
  it('adds the notice at the end and keeps the other attributes', () => {
    const attributes = withAgentNotice(
      withAgentNotice({ theirs: 1 }, aNotice({ id: 'first' })),
      aNotice({ id: 'second' }),
    );
    expect(attributes.theirs).toBe(1);
    expect(parseAgentNotices(attributes).map(({ id }) => id)).toEqual(['first', 'second']);
  });

  it('keeps notices of a newer version', () => {
    const newer = { kind: 'unknown' };
    const attributes = withAgentNotice({ chatTransfer: { notices: [newer] } }, aNotice({ id: 'ours' }));
    expect(attributes).toEqual({ chatTransfer: { notices: [newer, aNotice({ id: 'ours' })] } });
  });

  it('returns the same attributes if they have the notice', () => {
    const attributes = withAgentNotice({}, aNotice({ id: 'once' }));
    expect(withAgentNotice(attributes, aNotice({ id: 'once' }))).toBe(attributes);
  });

  it('keeps the latest 20 notices', () => {
    let attributes: Readonly<Record<string, unknown>> = {};
    for (let number = 1; number <= 25; number += 1)
      attributes = withAgentNotice(attributes, aNotice({ id: `notice ${number}` }));
    const ids = parseAgentNotices(attributes).map(({ id }) => id);
    expect([ids.length, ids[0], ids.at(-1)]).toEqual([20, 'notice 6', 'notice 25']);
  });
});

describe('parseAgentNotices', () => {
  it.each([undefined, {}, { chatTransfer: 1 }, { chatTransfer: { notices: {} } }])(
    'returns none for %j',
    (attributes) => {
      expect(parseAgentNotices(attributes)).toEqual([]);
    },
  );

  it('skips notices of an unknown kind', () => {
    const notices = [{ kind: 'unknown' }, aNotice({ id: 'known' })];
    expect(parseAgentNotices({ chatTransfer: { notices } }).map(({ id }) => id)).toEqual(['known']);
  });
});
