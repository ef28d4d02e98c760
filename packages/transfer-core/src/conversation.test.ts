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

  it('takes from the first task where the conversation lives', () => {
    expect(recordLocation(buildEmptyLedger(conversationSid, 'programmable-chat'), found)).toMatchObject({
      backend: 'conversations',
      interaction: anInteraction(),
      channelType: 'web',
    });
  });

  it('learns of the interaction when the customer has ended the chat before its first task was heard of', () => {
    const ended = aLedger({ backend: 'conversations', ended: { at: 0, by: 'customer' } });
    expect(recordLocation(ended, found).interaction).toEqual(anInteraction());
  });

  it('does not believe a second task that says something else', () => {
    const located = recordLocation(buildEmptyLedger(conversationSid, 'programmable-chat'), found);
    expect(recordLocation(located, { ...found, interaction: anInteraction(2) })).toBe(located);
    expect(recordLocation(located, { conversationSid, backend: 'programmable-chat' })).toBe(located);
  });

  it('leaves a chat where it is once something is known of it', () => {
    const begun = aLedger({ tasks: { [aTaskSid(1)]: aTask() } });
    expect(recordLocation(begun, { conversationSid, backend: 'conversations' })).toBe(begun);
  });

  it('changes nothing when nothing is known', () => {
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
  ])('%s: %s', (channelType, texting) => {
    expect(isTexting({ channelType })).toBe(texting);
  });

  it('takes a chat that does not say how its customer writes for one on a page', () => {
    expect(isTexting({})).toBe(false);
  });
});
