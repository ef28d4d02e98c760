import { describe, expect, it } from 'vitest';
import { aConversationSid, aLedger, anInteraction, aTask, aTaskSid } from '../testing';
import { isTexting } from './conversation';
import { buildEmptyLedger, recordLocation } from './ledger';

const conversationSid = aConversationSid();

describe('recordLocation', () => {
  const found = {
    conversationSid,
    backend: 'conversations',
    interaction: anInteraction(),
    channelType: 'web',
  } as const;

  it('records the location that the first task names', () => {
    expect(recordLocation(buildEmptyLedger(conversationSid, 'programmable-chat'), found)).toMatchObject({
      backend: 'conversations',
      interaction: anInteraction(),
      channelType: 'web',
    });
  });

  it('records the interaction after the customer has ended a chat without tasks', () => {
    const ended = aLedger({ backend: 'conversations', ended: { at: 0, by: 'customer' } });
    expect(recordLocation(ended, found).interaction).toEqual(anInteraction());
  });

  it('ignores another location, which a second task names', () => {
    const located = recordLocation(buildEmptyLedger(conversationSid, 'programmable-chat'), found);
    expect(recordLocation(located, { ...found, interaction: anInteraction(2) })).toBe(located);
    expect(recordLocation(located, { conversationSid, backend: 'programmable-chat' })).toBe(located);
  });

  it('keeps the backend of a ledger with tasks', () => {
    const started = aLedger({ tasks: { [aTaskSid(1)]: aTask() } });
    expect(recordLocation(started, { conversationSid, backend: 'conversations' })).toBe(started);
  });

  it('returns the same ledger for a conversation without a location', () => {
    const ledger = buildEmptyLedger(conversationSid, 'programmable-chat');
    expect(recordLocation(ledger, { conversationSid })).toBe(ledger);
  });
});

describe('isTexting', () => {
  it.each([
    ['sms', true],
    ['whatsapp', true],
    ['messenger', true],
    ['email', true],
    ['web', false],
    ['chat', false],
  ])('returns for the channel type %s: %s', (channelType, texting) => {
    expect(isTexting({ channelType })).toBe(texting);
  });

  it('returns false for a conversation without a channel type', () => {
    expect(isTexting({})).toBe(false);
  });
});
