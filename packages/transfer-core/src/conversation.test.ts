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

  it('records the channel type of a chat on Programmable Chat, and keeps the first one', () => {
    const located = { conversationSid, backend: 'programmable-chat', channelType: 'sms' } as const;
    const recorded = recordLocation(buildEmptyLedger(conversationSid, 'programmable-chat'), located);
    expect(recorded.channelType).toBe('sms');
    expect(recordLocation(recorded, { ...located, channelType: 'web' })).toBe(recorded);
    // A ledger of a version that did not record it.
    const started = aLedger({ tasks: { [aTaskSid(1)]: aTask() } });
    expect(recordLocation(started, located)).toEqual({ ...started, channelType: 'sms' });
  });

  it('returns the same ledger for a conversation without a location', () => {
    const ledger = buildEmptyLedger(conversationSid, 'programmable-chat');
    expect(recordLocation(ledger, { conversationSid })).toBe(ledger);
  });
});

describe('isTexting', () => {
  it.each([
    ['sms', true],
    ['SMS', true],
    ['whatsapp', true],
    ['WhatsApp', true],
    ['messenger', true],
    ['Facebook', true],
    ['line', true],
    ['wechat', true],
    ['rcs', true],
    ['apple', true],
    ['email', true],
    ['web', false],
    ['Web', false],
    ['WEB', false],
    ['web-widget', false],
    ['web_widget', false],
    ['webchat', false],
    ['WebChat', false],
    ['chat', false],
    ['live chat', false],
    ['custom', false],
    ['Custom', false],
  ])('returns for the channel type %s: %s', (channelType, texting) => {
    expect(isTexting({ channelType })).toBe(texting);
  });

  it('returns false for a conversation without a channel type', () => {
    expect(isTexting({})).toBe(false);
  });
});
