import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../chat/client';
import { afterEvent, type Conversation, type ConversationEvent, NEW_CONVERSATION } from './conversation';

const aMessage = (index: number, values: Partial<ChatMessage> = {}): ChatMessage => ({
  index,
  author: 'agent_alice',
  body: `message ${index}`,
  attributes: {},
  sentAt: index,
  ...values,
});
const after = (...events: readonly ConversationEvent[]): Conversation =>
  events.reduce(afterEvent, NEW_CONVERSATION);
const sending = { type: 'sending', text: { id: 'a', body: 'Hello' }, at: 1 } as const;
const bodies = ({ messages }: Conversation) => messages.map(({ body }) => body);

describe('afterEvent', () => {
  it('keeps messages in the order of the conversation, whatever the order of their coming', () => {
    const conversation = after(
      { type: 'messages-received', messages: [aMessage(2), aMessage(3)] },
      { type: 'messages-received', messages: [aMessage(0), aMessage(1)] },
    );
    expect(conversation.messages.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  });

  it('shows a message once, as it was last received', () => {
    const conversation = after(
      { type: 'messages-received', messages: [aMessage(0)] },
      { type: 'messages-received', messages: [aMessage(0, { body: 'edited' })] },
    );
    expect(bodies(conversation)).toEqual(['edited']);
  });

  it('replaces what is on its way by the message that arrives, even before the sending is confirmed', () => {
    const arrived = aMessage(0, { author: 'customer', outgoingId: 'a' });
    const conversation = after(
      sending,
      { type: 'messages-received', messages: [arrived] },
      { type: 'sent', id: 'a' },
    );
    expect(conversation.outgoing).toEqual([]);
    expect(conversation.messages).toEqual([arrived]);
  });

  it('keeps the text of a message that could not be sent, and takes it back when it had arrived all the same', () => {
    const failed = after(sending, { type: 'send-failed', id: 'a' });
    expect(failed.outgoing).toMatchObject([{ body: 'Hello', state: 'failed' }]);

    const arrived = afterEvent(failed, {
      type: 'messages-received',
      messages: [aMessage(0, { outgoingId: 'a' })],
    });
    expect(arrived.outgoing).toEqual([]);
  });

  it('moves a message that is sent again behind the others', () => {
    const conversation = after(
      sending,
      { type: 'send-failed', id: 'a' },
      { ...sending, text: { id: 'b', body: 'Are you there?' } },
      sending,
    );
    expect(conversation.outgoing.map(({ id, state }) => [id, state])).toEqual([
      ['b', 'sending'],
      ['a', 'sending'],
    ]);
  });

  it('forgets a message that the customer discards', () => {
    expect(after(sending, { type: 'send-failed', id: 'a' }, { type: 'discarded', id: 'a' }).outgoing).toEqual(
      [],
    );
  });

  it('takes somebody whose message arrives for somebody who types no more', () => {
    const conversation = after(
      { type: 'typing-changed', identities: ['agent_alice', 'agent_bob'] },
      { type: 'messages-received', messages: [aMessage(0, { author: 'agent_alice' })] },
    );
    expect(conversation.typing).toEqual(['agent_bob']);
  });

  it('opens an ended chat again when the server does', () => {
    const ended = after({ type: 'status-changed', status: 'ended' });
    expect(ended.status).toBe('ended');
    expect(afterEvent(ended, { type: 'status-changed', status: 'open' }).status).toBe('open');
  });

  it('drops a message that was removed', () => {
    const conversation = after(
      { type: 'messages-received', messages: [aMessage(0), aMessage(1)] },
      { type: 'message-removed', index: 0 },
    );
    expect(bodies(conversation)).toEqual(['message 1']);
  });
});
