import type { Ledger } from '@chat-transfer/transfer-core';
import { aConversationSid, aLedger, aTask, aTaskSid, aWorker } from '@chat-transfer/transfer-core/testing';
import { describe, expect, it } from 'vitest';
import { openSignedLedger, signLedger } from './sign-ledger';

const secrets = { current: 'the current secret of the tests' };
const conversationSid = aConversationSid(1);
const ledger: Ledger = aLedger({
  conversationSid,
  tasks: { [aTaskSid(1)]: aTask({ state: 'active', worker: aWorker(1) }) },
});
const signed = signLedger(ledger, conversationSid, secrets);
const open = (data: object, by = secrets, sid = conversationSid) => openSignedLedger({ ...data }, sid, by);

describe('a signed ledger', () => {
  it('opens as the ledger that was signed', () => {
    expect(open(signed)).toEqual(ledger);
  });

  it('opens when its keys are in another order', () => {
    expect(open(Object.fromEntries(Object.entries(signed).reverse()))).toEqual(ledger);
  });

  it('opens with the previous secret after a rotation', () => {
    const rotated = { current: 'a new secret, long enough', previous: secrets.current };
    expect(open(signed, rotated)).toEqual(ledger);
  });

  it('is signed with the current secret after a rotation', () => {
    const rotated = { current: 'a new secret, long enough', previous: secrets.current };
    const again = signLedger(ledger, conversationSid, rotated);
    expect(open(again, { current: rotated.current })).toEqual(ledger);
    expect(open(again)).toBeUndefined();
  });

  it('does not open with another secret', () => {
    expect(open(signed, { current: 'another secret of the tests' })).toBeUndefined();
  });

  it('does not open for another conversation', () => {
    expect(open(signed, secrets, aConversationSid(2))).toBeUndefined();
  });

  it.each<[string, object]>([
    ['a key is added', { ...signed, extra: 1 }],
    ['a value is changed', { ...signed, backend: 'conversations' }],
    ['a nested value is changed', { ...signed, tasks: { [aTaskSid(1)]: aTask({ state: 'closed' }) } }],
    ['the signature is missing', ledger],
    ['the signature is no text', { ...signed, signature: 7 }],
    ['the signature is empty', { ...signed, signature: '' }],
    ['the signature is shorter', { ...signed, signature: signed.signature.slice(0, 40) }],
    ['the signature is of another ledger', { ...signed, ...signLedger({}, conversationSid, secrets) }],
  ])('does not open when %s', (_what, data) => {
    expect(open(data)).toBeUndefined();
  });

  it('opens although a name in it was cut within a character', () => {
    const worker = { ...aWorker(1), publicName: '👍'.slice(0, 1) };
    const cut = { ...ledger, tasks: { [aTaskSid(1)]: aTask({ state: 'active', worker }) } };
    const stored = JSON.stringify(signLedger(cut, conversationSid, secrets));
    expect(open(JSON.parse(Buffer.from(stored, 'utf8').toString('utf8')))).toBeDefined();
  });
});
