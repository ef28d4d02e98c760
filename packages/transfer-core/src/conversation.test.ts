import { describe, expect, it } from 'vitest';
import { isTexting } from './conversation';
import { emptyLedger, locate } from './ledger';
import { aConversationSid, aLedger, anInteraction, aTask, aTaskSid } from './testing';

const conversationSid = aConversationSid();

describe('locate', () => {
  const found = {
    conversationSid,
    backend: 'conversations',
    interaction: anInteraction(),
    channelType: 'web',
  } as const;

  it('takes from the first task where the conversation lives', () => {
    expect(locate(emptyLedger(conversationSid, 'programmable-chat'), found)).toMatchObject({
      backend: 'conversations',
      interaction: anInteraction(),
      channelType: 'web',
    });
  });

  it('learns of the interaction when the customer has ended the chat before its first task was heard of', () => {
    const ended = aLedger({ backend: 'conversations', ended: { at: 0, by: 'customer' } });
    expect(locate(ended, found).interaction).toEqual(anInteraction());
  });

  it('does not believe a second task that says something else', () => {
    const located = locate(emptyLedger(conversationSid, 'programmable-chat'), found);
    expect(locate(located, { ...found, interaction: anInteraction(2) })).toBe(located);
    expect(locate(located, { conversationSid, backend: 'programmable-chat' })).toBe(located);
  });

  it('leaves a chat where it is once something is known of it', () => {
    const begun = aLedger({ tasks: { [aTaskSid(1)]: aTask() } });
    expect(locate(begun, { conversationSid, backend: 'conversations' })).toBe(begun);
  });

  it('changes nothing when nothing is known', () => {
    const ledger = emptyLedger(conversationSid, 'programmable-chat');
    expect(locate(ledger, { conversationSid })).toBe(ledger);
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
