import { describe, expect, it } from 'vitest';
import { readIncomingNote, readIncomingReason } from './incoming-chat';

const taskSid = `WT${'1'.repeat(32)}`;
const channelSid = `CH${'3'.repeat(32)}`;
const task = (attributes: object, status = 'pending') => ({
  taskSid,
  status,
  attributes: { channelSid, ...attributes },
});

describe('readIncomingReason', () => {
  const aliceSid = `WK${'5'.repeat(32)}`;
  const bobSid = `WK${'6'.repeat(32)}`;
  const bob = { kind: 'agent', name: 'Bob' };
  const details = { mode: 'cold', from: 'Alice' };
  const returned = (reason: string, to: object = bob) =>
    task({ transferFromSid: aliceSid, chatTransfer: { ...details, returned: { reason, to } } });

  it.each([
    ['invitation', 'warm'],
    ['transfer', 'cold'],
  ])('returns %s for an offered %s transfer', (reason, mode) => {
    expect(readIncomingReason(task({ chatTransfer: { mode, from: 'Alice' } }), bobSid)).toBe(reason);
  });

  it.each<[string, object]>([
    ['declined', bob],
    ['unanswered', bob],
    ['unanswered', { kind: 'queue' }],
    ['cancelled', bob],
  ])('returns %s if that is why the chat returned, for the target %j', (reason, to) => {
    expect(readIncomingReason(returned(reason, to), bobSid)).toBe(reason);
  });

  it('returns cancelled-by-you only for the agent whose transfer was cancelled', () => {
    expect(readIncomingReason(returned('cancelled'), aliceSid)).toBe('cancelled-by-you');
    expect(readIncomingReason(returned('declined'), aliceSid)).toBe('declined');
    expect(readIncomingReason(returned('cancelled'), undefined)).toBe('cancelled');
  });

  it('returns transfer if the reason for the return is unknown or the name for its text is missing', () => {
    expect(readIncomingReason(returned('declined', { kind: 'queue' }), bobSid)).toBe('transfer');
    expect(readIncomingReason(returned('something new'), bobSid)).toBe('transfer');
  });

  it.each([
    ['a chat that was not transferred', task({})],
    ['an accepted transfer', task({ chatTransfer: details }, 'accepted')],
    ['a transfer without the name of its agent', task({ chatTransfer: { mode: 'cold' } })],
    ['malformed details', task({ chatTransfer: 'cold' })],
    ['a call', { taskSid, status: 'pending', attributes: { chatTransfer: details } }],
    ['no task', undefined],
  ])('returns undefined for %s', (_, given) => {
    expect(readIncomingReason(given, bobSid)).toBeUndefined();
  });
});

describe('readIncomingNote', () => {
  const details = { mode: 'cold', from: 'Alice', note: 'Wants a refund' };

  it('returns the note of an offered chat, even after it has returned', () => {
    const returned = { reason: 'unanswered', to: { kind: 'queue' } };
    expect(readIncomingNote(task({ chatTransfer: details }))).toBe('Wants a refund');
    expect(readIncomingNote(task({ chatTransfer: { ...details, returned } }))).toBe('Wants a refund');
  });

  it.each([
    ['there is no note', task({ chatTransfer: { mode: 'cold', from: 'Alice' } })],
    ['the note is empty', task({ chatTransfer: { ...details, note: '' } })],
    ['the note is not text', task({ chatTransfer: { ...details, note: { text: 'x' } } })],
    ['the chat has been accepted', task({ chatTransfer: details }, 'accepted')],
    ['there is no task', undefined],
  ])('returns undefined if %s', (_, given) => {
    expect(readIncomingNote(given)).toBeUndefined();
  });
});
