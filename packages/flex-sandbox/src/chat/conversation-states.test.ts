import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect, eventually, nextEvent } from '../test-waiting.js';
import { type ChatFixture, startChatFixture } from './chat-fixture.js';

let fixture: ChatFixture;
beforeEach(async () => {
  fixture = await startChatFixture();
});
afterEach(() => fixture.close());

const conversations = () => fixture.rest.conversations.v1.conversations;

/** Creates a conversation with Jane as a participant whose client has subscribed to it. */
async function createConversationWithJane() {
  const { sid } = await conversations().create({ friendlyName: 'support' });
  await conversations()(sid).participants.create({ identity: 'jane' });
  const client = await fixture.conversationsClient('jane');
  const conversation = await client.getConversationBySid(sid);
  await fixture.waitForSubscription('jane', sid);
  return { sid, conversation };
}

describe('the state of a conversation', () => {
  it('reaches the client as an update at every change', async () => {
    const { sid, conversation } = await createConversationWithJane();
    expect(conversation.state?.current).toBe('active');
    const updates = collect<{ updateReasons: string[] }>(conversation, 'updated');
    await conversations()(sid).update({ state: 'inactive' });
    await eventually(() => expect(conversation.state?.current).toBe('inactive'));
    await conversations()(sid).update({ state: 'active' });
    await eventually(() => expect(conversation.state?.current).toBe('active'));
    await conversations()(sid).update({ state: 'closed' });
    await eventually(() => expect(conversation.state?.current).toBe('closed'));
    expect(updates.map(({ updateReasons }) => updateReasons)).toContainEqual(
      expect.arrayContaining(['state']),
    );
  });

  it('reaches a client that connects later', async () => {
    const { sid } = await createConversationWithJane();
    await conversations()(sid).participants.create({ identity: 'bob' });
    await conversations()(sid).update({ state: 'closed' });
    const bob = await fixture.conversationsClient('bob');
    const conversation = await bob.getConversationBySid(sid);
    await fixture.waitForSubscription('bob', sid);
    expect(conversation.state?.current).toBe('closed');
    expect(conversation.state?.dateUpdated).toBeInstanceOf(Date);
  });

  it('filters the list of conversations', async () => {
    const { sid } = await conversations().create({});
    await conversations().create({});
    await conversations()(sid).update({ state: 'closed' });
    expect((await conversations().list({ state: 'closed' })).map((conversation) => conversation.sid)).toEqual(
      [sid],
    );
    expect(await conversations().list()).toHaveLength(2);
  });

  it('cannot be closed at creation', async () => {
    const create = conversations().create({ state: 'closed' });
    await expect(create).rejects.toMatchObject({ status: 400, code: 50384 });
  });
});

describe('a closed conversation', () => {
  it('refuses messages, participants and changes by REST', async () => {
    const { sid } = await createConversationWithJane();
    const closed = conversations()(sid);
    await closed.update({ state: 'closed' });
    const refusals = [
      closed.messages.create({ author: 'system', body: 'late' }),
      closed.participants.create({ identity: 'bob' }),
      closed.participants.create({
        'messagingBinding.address': '+15005550001',
        'messagingBinding.proxyAddress': '+15005550006',
      }),
      closed.update({ attributes: '{"late":true}' }),
      closed.update({ state: 'active' }),
    ];
    for (const refusal of refusals) {
      await expect(refusal).rejects.toMatchObject({ status: 400, code: 50377 });
    }
  });

  it('can be closed again and read, and a participant can be removed', async () => {
    const { sid } = await createConversationWithJane();
    await conversations()(sid).messages.create({ author: 'jane', body: 'Hi' });
    await conversations()(sid).update({ state: 'closed' });
    await conversations()(sid).update({ state: 'closed' });
    expect(await conversations()(sid).messages.list()).toHaveLength(1);
    await conversations()(sid).participants('jane').remove();
    expect(await conversations()(sid).participants.list()).toEqual([]);
  });

  it('refuses messages from a client', async () => {
    const { sid, conversation } = await createConversationWithJane();
    await conversations()(sid).update({ state: 'closed' });
    const sending = conversation.sendMessage('late');
    await expect(sending).rejects.toMatchObject({ status: 400, body: { code: 50377 } });
  });

  it('lets a client read its messages and mark them as read', async () => {
    const { sid, conversation } = await createConversationWithJane();
    await conversations()(sid).messages.create({ author: 'bob', body: 'Bye' });
    await conversations()(sid).update({ state: 'closed' });
    const { items } = await conversation.getMessages();
    expect(items.map(({ body }) => body)).toEqual(['Bye']);
    await conversation.setAllMessagesRead();
    await eventually(async () => {
      const participant = await conversations()(sid).participants('jane').fetch();
      expect(participant.lastReadMessageIndex).toBe(0);
    });
  });
});

describe('a participant without an SDK', () => {
  it('is in the roster with its address', async () => {
    const { sid, conversation } = await createConversationWithJane();
    const participantJoined = nextEvent<{ type: string; identity: string | null }>(
      conversation,
      'participantJoined',
    );
    await conversations()(sid).participants.create({
      'messagingBinding.address': 'whatsapp:+15005550001',
      'messagingBinding.proxyAddress': 'whatsapp:+15005550006',
    });
    expect(await participantJoined).toMatchObject({ type: 'whatsapp', identity: null });
    const participants = await conversation.getParticipants();
    const participant = participants.find(({ type }) => type === 'whatsapp');
    expect(participant?.bindings).toMatchObject({ whatsapp: { address: 'whatsapp:+15005550001' } });
  });
});

describe('messages by REST', () => {
  it('are listed in ascending and descending order', async () => {
    const { sid } = await conversations().create({});
    for (const body of ['one', 'two']) await conversations()(sid).messages.create({ author: 'a', body });
    const bodies = async (order: 'asc' | 'desc') =>
      (await conversations()(sid).messages.list({ order })).map(({ body }) => body);
    expect(await bodies('asc')).toEqual(['one', 'two']);
    expect(await bodies('desc')).toEqual(['two', 'one']);
  });
});

describe('ParticipantConversations', () => {
  it('finds conversations by identity, with their state, with and without the service in the path', async () => {
    const { sid } = await conversations().create({});
    await conversations()(sid).participants.create({ identity: 'jane' });
    await conversations().create({});
    await conversations()(sid).update({ state: 'closed' });
    const { v1 } = fixture.rest.conversations;
    const service = v1.services(fixture.sandbox.account.chatServiceSid);
    const lists = [
      await v1.participantConversations.list({ identity: 'jane' }),
      await service.participantConversations.list({ identity: 'jane' }),
    ];
    for (const conversationsOfJane of lists) {
      expect(conversationsOfJane).toMatchObject([
        { conversationSid: sid, conversationState: 'closed', participantIdentity: 'jane' },
      ]);
    }
  });
});
