import type { Notice } from '@chat-transfer/transfer-core';
import { describe, expect, it } from 'vitest';
import {
  hasEnded,
  isAloneWithCustomer,
  isSharedChat,
  readIncoming,
  readIncomingNote,
} from './conversation-state';

const taskSid = `WT${'1'.repeat(32)}`;
const channelSid = `CH${'3'.repeat(32)}`;
const task = (attributes: object, status = 'pending') => ({
  taskSid,
  status,
  attributes: { channelSid, ...attributes },
});

describe('readIncoming', () => {
  const aliceSid = `WK${'5'.repeat(32)}`;
  const bobSid = `WK${'6'.repeat(32)}`;
  const bob = { kind: 'agent', name: 'Bob' };
  const details = { mode: 'cold', from: 'Alice' };
  const returned = (reason: string, to: object = bob) =>
    task({ transferFromSid: aliceSid, chatTransfer: { ...details, returned: { reason, to } } });

  it.each([
    ['warm', 'invitation'],
    ['cold', 'transfer'],
  ])('tells a %s transfer that rings: %s', (mode, incoming) => {
    expect(readIncoming(task({ chatTransfer: { mode, from: 'Alice' } }), bobSid)).toBe(incoming);
  });

  it.each<[string, object, string]>([
    ['declined', bob, 'declined'],
    ['unanswered', bob, 'unanswered'],
    ['unanswered', { kind: 'queue' }, 'unanswered'],
    ['cancelled', bob, 'cancelled'],
  ])('tells why a chat that was %s (%j) comes back', (reason, to, incoming) => {
    expect(readIncoming(returned(reason, to), bobSid)).toBe(incoming);
  });

  it('tells an agent that they cancelled it themselves', () => {
    expect(readIncoming(returned('cancelled'), aliceSid)).toBe('cancelled-by-you');
    expect(readIncoming(returned('declined'), aliceSid)).toBe('declined');
  });

  it('names nobody whom it does not know', () => {
    expect(readIncoming(returned('declined', { kind: 'queue' }), bobSid)).toBe('transfer');
    expect(readIncoming(returned('something new'), bobSid)).toBe('transfer');
    expect(readIncoming(returned('cancelled'), undefined)).toBe('cancelled');
  });

  it.each([
    ['a chat that nobody has transferred', task({})],
    ['a transfer that has been accepted', task({ chatTransfer: details }, 'accepted')],
    ['a transfer without a name', task({ chatTransfer: { mode: 'cold' } })],
    ['what is no transfer', task({ chatTransfer: 'cold' })],
    ['a call', { taskSid, status: 'pending', attributes: { chatTransfer: details } }],
    ['no task', undefined],
  ])('leaves %s to Flex', (_, given) => {
    expect(readIncoming(given, bobSid)).toBeUndefined();
  });
});

describe('readIncomingNote', () => {
  const details = { mode: 'cold', from: 'Alice', note: 'Wants a refund' };

  it('is there while the agent decides, also when the chat comes back', () => {
    const returned = { reason: 'unanswered', to: { kind: 'queue' } };
    expect(readIncomingNote(task({ chatTransfer: details }))).toBe('Wants a refund');
    expect(readIncomingNote(task({ chatTransfer: { ...details, returned } }))).toBe('Wants a refund');
  });

  it.each([
    ['none was written', task({ chatTransfer: { mode: 'cold', from: 'Alice' } })],
    ['it is empty', task({ chatTransfer: { ...details, note: '' } })],
    ['it is no text', task({ chatTransfer: { ...details, note: { text: 'x' } } })],
    ['the chat has been accepted', task({ chatTransfer: details }, 'accepted')],
    ['there is no task', undefined],
  ])('is none when %s', (_, given) => {
    expect(readIncomingNote(given)).toBeUndefined();
  });
});

describe('isSharedChat', () => {
  const head = { v: 1 as const, id: 'transfer-started:first' };
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
    [
      'who was asked did not come',
      [aliceJoined, started, { ...head, id: 'transfer-unanswered:first', kind: 'transfer-unanswered', to }],
    ],
    ['nothing is known', []],
  ])('is this agent’s alone when %s', (_, notices) => {
    expect(isSharedChat(alone, notices)).toBe(false);
  });

  it('is this agent’s alone until the conversation has loaded', () => {
    expect(isSharedChat(undefined, [])).toBe(false);
  });

  it('is known to be the agent’s alone only when it has loaded', () => {
    expect(isAloneWithCustomer(alone, [aliceJoined])).toBe(true);
    for (const size of [0, 1, 3]) expect(isAloneWithCustomer({ participants: { size } }, [])).toBe(false);
    expect(isAloneWithCustomer(undefined, [])).toBe(false);
    expect(isAloneWithCustomer(alone, [aliceJoined, started])).toBe(false);
  });
});

describe('hasEnded', () => {
  const conversation = (source: object) => ({ participants: { size: 2 }, source });

  it.each([
    ['the functions or Flex have said so', { attributes: { status: 'INACTIVE' } }],
    ['it is closed for good', { attributes: {}, state: { current: 'closed' } }],
  ])('is over once %s', (_, source) => {
    expect(hasEnded(conversation(source))).toBe(true);
  });

  it.each([
    ['it goes on', { attributes: { status: 'ACTIVE' } }],
    ['nobody has written for a while', { attributes: {}, state: { current: 'inactive' } }],
  ])('is not over while %s', (_, source) => {
    expect(hasEnded(conversation(source))).toBe(false);
  });

  it('is not over while nothing is known', () => {
    expect(hasEnded({ participants: { size: 0 } })).toBe(false);
    expect(hasEnded(undefined)).toBe(false);
  });
});
