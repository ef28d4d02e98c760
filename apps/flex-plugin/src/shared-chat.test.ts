import type { Notice } from '@chat-transfer/transfer-core';
import { describe, expect, it } from 'vitest';
import { hasEnded, isSharedChat, readIncomingTransfer } from './shared-chat';

const taskSid = `WT${'1'.repeat(32)}`;
const channelSid = `CH${'3'.repeat(32)}`;
const task = (attributes: object, status = 'pending') => ({
  taskSid,
  status,
  attributes: { channelSid, ...attributes },
});

describe('readIncomingTransfer', () => {
  it.each(['warm', 'cold'] as const)('tells a %s transfer that rings', (mode) => {
    expect(readIncomingTransfer(task({ chatTransfer: { mode, from: 'Alice' } }))).toBe(mode);
  });

  it.each([
    ['a chat that nobody has transferred', task({})],
    [
      'a transfer that has been accepted',
      task({ chatTransfer: { mode: 'cold', from: 'Alice' } }, 'accepted'),
    ],
    ['a transfer without a name', task({ chatTransfer: { mode: 'cold' } })],
    ['what is no transfer', task({ chatTransfer: 'cold' })],
    ['a call', { taskSid, status: 'pending', attributes: { chatTransfer: { mode: 'cold', from: 'Alice' } } }],
    ['no task', undefined],
  ])('leaves %s to Flex', (_, given) => {
    expect(readIncomingTransfer(given)).toBeUndefined();
  });
});

describe('isSharedChat', () => {
  const head = { v: 1 as const, id: 'notice' };
  const to = { kind: 'agent' as const, name: 'Bob' };
  const aliceJoined: Notice = { ...head, kind: 'agent-joined', name: 'Alice' };
  const started: Notice = { ...head, kind: 'transfer-started', mode: 'warm', from: 'Alice', to };
  const bobJoined: Notice = { ...head, kind: 'agent-joined', name: 'Bob' };
  const alone = { participants: { size: 2 } };

  it('is shared while another agent is in it', () => {
    expect(isSharedChat({ participants: { size: 3 } }, [aliceJoined])).toBe(true);
  });

  it('is shared while another agent is being asked to come', () => {
    expect(isSharedChat(alone, [aliceJoined, started])).toBe(true);
  });

  it.each<[string, Notice[]]>([
    ['nobody else was ever asked', [aliceJoined]],
    [
      'who came has left again',
      [aliceJoined, started, bobJoined, { ...head, kind: 'agent-left', name: 'Bob' }],
    ],
    ['who was asked did not come', [aliceJoined, started, { ...head, kind: 'transfer-unanswered', to }]],
    ['nothing is known', []],
  ])('is this agent’s alone when %s', (_, notices) => {
    expect(isSharedChat(alone, notices)).toBe(false);
  });

  it('is this agent’s alone until the conversation has loaded', () => {
    expect(isSharedChat(undefined, [])).toBe(false);
  });
});

describe('hasEnded', () => {
  const conversation = (status: string) => ({
    participants: { size: 2 },
    source: { attributes: { status } },
  });

  it('is over once the functions or Flex have said so', () => {
    expect(hasEnded(conversation('INACTIVE'))).toBe(true);
  });

  it('is not over before, and not while nothing is known', () => {
    expect(hasEnded(conversation('ACTIVE'))).toBe(false);
    expect(hasEnded({ participants: { size: 0 } })).toBe(false);
    expect(hasEnded(undefined)).toBe(false);
  });
});
