import type { Notice, TextNotice } from '@chat-transfer/transfer-core';
import { describe, expect, it } from 'vitest';
import {
  findTransferStart,
  isStarter,
  isUntakenTransferNotice,
  readOpenTransfer,
  readOwnName,
} from './open-transfer';

const taskSid = `WT${'1'.repeat(32)}`;
const transferTaskSid = `WT${'2'.repeat(32)}`;
const bob = { kind: 'agent' as const, name: 'Bob' };

const joined = (name: string, sid = taskSid): Notice => ({
  v: 1,
  id: `agent-joined:${sid}`,
  kind: 'agent-joined',
  name,
});
const started = (id = 'first'): Extract<Notice, { kind: 'transfer-started' }> => ({
  v: 1,
  id: `transfer-started:${id}`,
  kind: 'transfer-started',
  mode: 'warm',
  from: 'Alice',
  to: bob,
});
const declined = (id = 'first') =>
  ({ v: 1, id: `transfer-declined:${id}`, kind: 'transfer-declined', to: bob }) as const;
const left: Notice = { v: 1, id: `agent-left:${taskSid}`, kind: 'agent-left', name: 'Alice' };
const textNotice: TextNotice = { kind: 'text', text: 'A sentence of the original feature' };

describe('readOpenTransfer', () => {
  it('returns the id, the starter and the target of the transfer that was started', () => {
    expect(readOpenTransfer([joined('Alice'), started('first')])).toEqual({
      id: 'first',
      to: bob,
      started: started('first'),
    });
  });

  it.each<[string, (Notice | TextNotice)[]]>([
    ['the agent who started it leaves', [started(), left]],
    ['the original feature posts a notice', [started(), textNotice]],
    ['an earlier transfer was declined', [started('first'), declined('first'), started('second')]],
    [
      'the notice that an earlier transfer ended is late',
      [started('first'), started('second'), declined('first')],
    ],
  ])('returns a transfer when %s', (_, notices) => {
    expect(readOpenTransfer(notices)).toBeDefined();
  });

  const head = { v: 1 as const };
  it.each<[string, Notice[]]>([
    ['the chat was never transferred', [joined('Alice')]],
    ['the target has joined', [started(), joined('Bob', transferTaskSid)]],
    ['it is declined', [started(), declined()]],
    [
      'no agent answers',
      [started(), { ...head, id: 'transfer-unanswered:first', kind: 'transfer-unanswered', to: bob }],
    ],
    [
      'it is cancelled',
      [started(), { ...head, id: 'transfer-cancelled:first', kind: 'transfer-cancelled', name: 'Alice' }],
    ],
    [
      'the transfer task could not be created',
      [started(), { ...head, id: 'transfer-failed:first', kind: 'transfer-failed', to: bob }],
    ],
    ['it is declined and the notices are out of order', [declined(), started()]],
    ['the customer leaves', [started(), { ...head, id: 'customer-left', kind: 'customer-left' }]],
    ['the chat ends', [started(), { ...head, id: 'chat-ended', kind: 'chat-ended' }]],
    ['no notices are loaded', []],
  ])('returns undefined when %s', (_, notices) => {
    expect(readOpenTransfer(notices)).toBeUndefined();
  });

  it('returns undefined if the notice’s id does not name the transfer', () => {
    expect(
      readOpenTransfer([
        { ...head, id: 'x', kind: 'transfer-started', mode: 'warm', from: 'Alice', to: bob },
      ]),
    ).toBe(undefined);
  });
});

describe('readOwnName', () => {
  it('returns the name with which the agent of the task joined', () => {
    expect(readOwnName([joined('Bob', transferTaskSid), joined('Alice')], taskSid)).toBe('Alice');
  });

  it('returns undefined if that notice is not loaded', () => {
    expect(readOwnName([joined('Bob', transferTaskSid)], taskSid)).toBeUndefined();
  });
});

describe('isUntakenTransferNotice', () => {
  it('accepts a declined transfer, but not a cancelled one', () => {
    expect(isUntakenTransferNotice(declined())).toBe(true);
    expect(
      isUntakenTransferNotice({
        v: 1,
        id: 'transfer-cancelled:first',
        kind: 'transfer-cancelled',
        name: 'Alice',
      }),
    ).toBe(false);
    expect(isUntakenTransferNotice(textNotice)).toBe(false);
  });
});

describe('findTransferStart', () => {
  it('returns the notice of the start of the same transfer', () => {
    const notices = [started('first'), started('second'), declined('first')];
    expect(findTransferStart(declined('first'), notices)).toEqual(started('first'));
    expect(findTransferStart(declined('first'), [started('second')])).toBeUndefined();
  });
});

describe('isStarter', () => {
  const own = { authorKey: 'key-1', name: 'Alice' };

  it('compares the key of the agent, so that another agent with the same name is not the starter', () => {
    expect(isStarter(own, { ...started(), fromKey: 'key-1', from: 'Ally' })).toBe(true);
    expect(isStarter(own, { ...started(), fromKey: 'key-2', from: 'Alice' })).toBe(false);
  });

  it('compares the name if the notice has no key', () => {
    expect(isStarter(own, started())).toBe(true);
    expect(isStarter({ ...own, name: 'Bob' }, started())).toBe(false);
  });
});
