import { describe, expect, it } from 'vitest';
import { parseAgentNotices, withAgentNotice } from './agent-notices';
import type { Notice } from './notice';

const aNotice = ({ id }: { id: string }): Notice => ({ v: 1, id, kind: 'chat-ended' });

describe('withAgentNotice', () => {
  it('keeps what others keep in the attributes, and adds the notice at the end', () => {
    const attributes = withAgentNotice(
      withAgentNotice({ theirs: 1 }, aNotice({ id: 'first' })),
      aNotice({ id: 'second' }),
    );
    expect(attributes.theirs).toBe(1);
    expect(parseAgentNotices(attributes).map(({ id }) => id)).toEqual(['first', 'second']);
  });

  it('keeps those of a newer version', () => {
    const newer = { kind: 'of tomorrow' };
    const attributes = withAgentNotice({ chatTransfer: { notices: [newer] } }, aNotice({ id: 'ours' }));
    expect(attributes).toEqual({ chatTransfer: { notices: [newer, aNotice({ id: 'ours' })] } });
  });

  it('changes nothing when the notice is there', () => {
    const attributes = withAgentNotice({}, aNotice({ id: 'once' }));
    expect(withAgentNotice(attributes, aNotice({ id: 'once' }))).toBe(attributes);
  });

  it('forgets the oldest rather than fill the attributes up', () => {
    let attributes: Readonly<Record<string, unknown>> = {};
    for (let number = 1; number <= 25; number += 1)
      attributes = withAgentNotice(attributes, aNotice({ id: `notice ${number}` }));
    const ids = parseAgentNotices(attributes).map(({ id }) => id);
    expect([ids.length, ids[0], ids.at(-1)]).toEqual([20, 'notice 6', 'notice 25']);
  });
});

describe('parseAgentNotices', () => {
  it.each([undefined, {}, { chatTransfer: 1 }, { chatTransfer: { notices: {} } }])(
    'reads none in %j',
    (attributes) => {
      expect(parseAgentNotices(attributes)).toEqual([]);
    },
  );

  it('leaves out what this reader does not understand', () => {
    const notices = [{ kind: 'of tomorrow' }, aNotice({ id: 'known' })];
    expect(parseAgentNotices({ chatTransfer: { notices } }).map(({ id }) => id)).toEqual(['known']);
  });
});
