import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../chat/client';
import { applyEvent, type Conversation, type ConversationEvent, NEW_CONVERSATION } from './conversation';

const aMessage = (index: number, values: Partial<ChatMessage> = {}): ChatMessage => ({
  index,
  author: 'agent_alice',
  body: `message ${index}`,
  attributes: {},
  sentAt: index,
  ...values,
});
const after = (...events: readonly ConversationEvent[]): Conversation =>
  events.reduce(applyEvent, NEW_CONVERSATION);
const sendingHello = { type: 'sending', text: { id: 'a', body: 'Hello' }, at: 1 } as const;
const bodies = ({ messages }: Conversation) => messages.map(({ body }) => body);

describe('applyEvent', () => {
  it('sorts messages by index when they arrive in another order', () => {
    const conversation = after(
      { type: 'messages-received', messages: [aMessage(2), aMessage(3)] },
      { type: 'messages-received', messages: [aMessage(0), aMessage(1)] },
    );
    expect(conversation.messages.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  });

  it('keeps only the latest version of a message', () => {
    const conversation = after(
      { type: 'messages-received', messages: [aMessage(0)] },
      { type: 'messages-received', messages: [aMessage(0, { body: 'edited' })] },
    );
    expect(bodies(conversation)).toEqual(['edited']);
  });

  it('replaces an outgoing text with its message, even before the send is confirmed', () => {
    const arrived = aMessage(0, { author: 'customer', outgoingId: 'a' });
    const conversation = after(
      sendingHello,
      { type: 'messages-received', messages: [arrived] },
      { type: 'sent', id: 'a' },
    );
    expect(conversation.outgoing).toEqual([]);
    expect(conversation.messages).toEqual([arrived]);
  });

  it('keeps a text that failed to send until its message arrives', () => {
    const failed = after(sendingHello, { type: 'send-failed', id: 'a' });
    expect(failed.outgoing).toMatchObject([{ body: 'Hello', state: 'failed' }]);

    const arrived = applyEvent(failed, {
      type: 'messages-received',
      messages: [aMessage(0, { outgoingId: 'a' })],
    });
    expect(arrived.outgoing).toEqual([]);
  });

  it('moves a text that is sent again to the end', () => {
    const conversation = after(
      sendingHello,
      { type: 'send-failed', id: 'a' },
      { ...sendingHello, text: { id: 'b', body: 'Are you there?' } },
      sendingHello,
    );
    expect(conversation.outgoing.map(({ id, state }) => [id, state])).toEqual([
      ['b', 'sending'],
      ['a', 'sending'],
    ]);
  });

  it('removes a text that the customer discards', () => {
    expect(
      after(sendingHello, { type: 'send-failed', id: 'a' }, { type: 'discarded', id: 'a' }).outgoing,
    ).toEqual([]);
  });

  it('ends the typing of an author whose message arrives', () => {
    const conversation = after(
      { type: 'typing-changed', identities: ['agent_alice', 'agent_bob'] },
      { type: 'messages-received', messages: [aMessage(0, { author: 'agent_alice' })] },
    );
    expect(conversation.typing).toEqual(['agent_bob']);
  });

  it('reopens an ended chat when Twilio reports it as open', () => {
    const ended = after({ type: 'status-changed', status: 'ended' });
    expect(ended.status).toBe('ended');
    expect(applyEvent(ended, { type: 'status-changed', status: 'open' }).status).toBe('open');
  });

  it('removes a message that was deleted', () => {
    const conversation = after(
      { type: 'messages-received', messages: [aMessage(0), aMessage(1)] },
      { type: 'message-removed', index: 0 },
    );
    expect(bodies(conversation)).toEqual(['message 1']);
  });
});
