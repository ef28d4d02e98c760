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
    task({
      chatTransferId: 'id',
      chatTransferFromSid: aliceSid,
      chatTransfer: { ...details, returned: { reason, to } },
    });

  it('recognises the agent on a task that an earlier version created', () => {
    const attributes = {
      transferId: '0a8a1e1c-8f4f-4a57-9c93-2d9d2c1a4b11',
      transferFromSid: aliceSid,
      chatTransfer: {
        ...details,
        previousTaskSid: taskSid,
        returned: { reason: 'cancelled', to: bob },
      },
    };
    expect(readIncomingReason(task(attributes), aliceSid)).toBe('cancelled-by-you');
    expect(readIncomingReason(task(attributes), bobSid)).toBe('cancelled');
  });

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
    const note = { text: 'Wants a refund', isShortened: false };
    expect(readIncomingNote(task({ chatTransfer: details }))).toEqual(note);
    expect(readIncomingNote(task({ chatTransfer: { ...details, returned } }))).toEqual(note);
  });

  it('says whether the functions have more than the task', () => {
    const shortened = { ...details, note: 'Wants…', noteIsShortened: true };
    expect(readIncomingNote(task({ chatTransfer: shortened }))).toEqual({
      text: 'Wants…',
      isShortened: true,
    });
    const { note: _dropped, ...without } = shortened;
    expect(readIncomingNote(task({ chatTransfer: without }))).toEqual({ text: '…', isShortened: true });
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
