import type { Notice } from '@chat-transfer/transfer-core';
import { describe, expect, it } from 'vitest';
import { type PostedNotice, withoutRepeats } from './repeated-notices';

const posted = (index: number, id: string): PostedNotice => ({
  index,
  notice: { v: 1, id, kind: 'agent-joined', name: 'Alice' } satisfies Notice,
});
const text = (index: number): PostedNotice => ({ index, notice: { kind: 'text', text: 'Alice joined' } });
const indexes = (notices: readonly PostedNotice[]) => withoutRepeats(notices).map(({ index }) => index);

describe('withoutRepeats', () => {
  it('keeps the first message of each notice', () => {
    expect(indexes([posted(1, 'a'), posted(4, 'b'), posted(5, 'a'), posted(9, 'b')])).toEqual([1, 4]);
  });

  it('keeps the message with the lowest index, in whichever order the messages are', () => {
    expect(indexes([posted(5, 'a'), posted(1, 'a'), posted(9, 'a')])).toEqual([1]);
  });

  it('keeps a repeated notice while the first message is not loaded', () => {
    expect(indexes([posted(5, 'a'), posted(9, 'a')])).toEqual([5]);
    expect(indexes([posted(1, 'a'), posted(5, 'a'), posted(9, 'a')])).toEqual([1]);
  });

  it('keeps all notices of the original feature, which have no id', () => {
    expect(indexes([text(1), text(2)])).toEqual([1, 2]);
  });
});
