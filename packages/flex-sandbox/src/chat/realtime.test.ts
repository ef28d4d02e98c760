import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect, eventually, nextEvent } from '../test-waiting.js';
import { type ChatFixture, startChatFixture } from './chat-fixture.js';

let fixture: ChatFixture;
beforeEach(async () => {
  fixture = await startChatFixture();
});
afterEach(() => fixture.close());

/** Creates a private channel with these members on the server, without a client. */
function aChannel(...identities: readonly string[]): string {
  const { sid } = fixture.chat.createChannel({ friendlyName: 'support', attributes: { status: 'ACTIVE' } });
  for (const identity of identities) fixture.chat.addMember(sid, { identity });
  return sid;
}

describe('a membership', () => {
  it('is pushed once to each member, in both SDKs', async () => {
    const [alice, bob] = [await fixture.chatClient('alice'), await fixture.conversationsClient('bob')];
    const channel = await alice.createChannel({ friendlyName: 'support', isPrivate: true });
    await channel.join();
    await channel.getMembers();
    const joinsSeenByAlice = collect<{ identity: string }>(channel, 'memberJoined');
    const conversationJoined = nextEvent<{ sid: string }>(bob, 'conversationJoined');
    await channel.add('bob');

    expect((await conversationJoined).sid).toBe(channel.sid);
    await eventually(() => expect(joinsSeenByAlice.map(({ identity }) => identity)).toEqual(['bob']));
    const conversation = await bob.getConversationBySid(channel.sid);
    const participants = await conversation.getParticipants();
    expect(participants.map(({ identity }) => identity).sort()).toEqual(['alice', 'bob']);
  });

  it('ends with memberLeft before channelRemoved for the member who leaves', async () => {
    const sid = aChannel('alice', 'bob');
    const bob = await fixture.chatClient('bob');
    const channel = await bob.getChannelBySid(sid);
    await fixture.waitForSubscription('bob', sid);
    const events: string[] = [];
    channel.on('memberLeft', ({ identity }) => events.push(`memberLeft ${identity}`));
    bob.on('channelLeft', () => events.push('channelLeft'));
    bob.on('channelRemoved', () => events.push('channelRemoved'));

    await channel.leave();
    await eventually(() => expect(events).toEqual(['memberLeft bob', 'channelLeft', 'channelRemoved']));
    expect(fixture.chat.snapshot().channels[0]?.members.map(({ identity }) => identity)).toEqual(['alice']);
  });

  it('gives a member who is added again the missed and the later messages', async () => {
    const sid = aChannel('customer', 'alice');
    const alice = await fixture.conversationsClient('alice');
    const before = await alice.getConversationBySid(sid);
    await before.getMessages();
    const pushedMessages = collect<{ body: string }>(alice, 'messageAdded');
    fixture.chat.addMessage(sid, { author: 'customer', body: 'one' });
    await eventually(() => expect(pushedMessages.map(({ body }) => body)).toEqual(['one']));

    const removed = nextEvent(alice, 'conversationRemoved');
    fixture.chat.removeMember(sid, 'alice');
    await removed;
    fixture.chat.addMessage(sid, { author: 'customer', body: 'two' });
    const rejoined = nextEvent(alice, 'conversationJoined');
    fixture.chat.addMember(sid, { identity: 'alice' });
    await rejoined;

    const after = await alice.getConversationBySid(sid);
    expect((await after.getMessages()).items.map(({ body }) => body)).toEqual(['one', 'two']);
    fixture.chat.addMessage(sid, { author: 'customer', body: 'three' });
    await eventually(() => expect(pushedMessages.map(({ body }) => body)).toEqual(['one', 'three']));
    const participants = await after.getParticipants();
    expect(participants.map(({ identity }) => identity).sort()).toEqual(['alice', 'customer']);
  });

  it('adds an invited user to the roster only when the user accepts', async () => {
    const [alice, bob] = [await fixture.chatClient('alice'), await fixture.chatClient('bob')];
    const channel = await alice.createChannel({ isPrivate: true });
    await channel.join();
    const invited = nextEvent<Awaited<ReturnType<typeof bob.getChannelBySid>>>(bob, 'channelInvited');
    await channel.invite('bob');
    const invitation = await invited;
    expect((await channel.getMembers()).map(({ identity }) => identity)).toEqual(['alice']);

    await invitation.join();
    await eventually(async () => expect(await channel.getMembers()).toHaveLength(2));
  });

  it('ends with one left and one removed event when the channel is deleted', async () => {
    const sid = aChannel('alice');
    const alice = await fixture.conversationsClient('alice');
    const conversation = await alice.getConversationBySid(sid);
    await conversation.getParticipants();
    await conversation.getMessages();
    const left = collect(alice, 'conversationLeft');
    const removed = collect(alice, 'conversationRemoved');
    fixture.chat.deleteChannel(sid);
    await eventually(() => expect(removed).toHaveLength(1));
    expect(left).toHaveLength(1);
  });

  it('works for an identity with characters that need encoding', async () => {
    const identity = 'zoë 100% <a@b.c>/d';
    const sid = aChannel(identity);
    const client = await fixture.conversationsClient(identity);
    const conversation = await client.getConversationBySid(sid);
    await conversation.leave();
    expect(fixture.chat.snapshot().channels[0]?.members).toEqual([]);
  });
});

describe('a message', () => {
  it('carries body, author and attributes in both directions between the SDKs', async () => {
    const sid = aChannel('alice', 'bob');
    const [alice, bob] = [await fixture.chatClient('alice'), await fixture.conversationsClient('bob')];
    const channel = await alice.getChannelBySid(sid);
    const conversation = await bob.getConversationBySid(sid);
    await Promise.all([channel.getMessages(), conversation.getMessages()]);

    const toBob = nextEvent(conversation, 'messageAdded');
    expect(await channel.sendMessage('hello', { mood: { happy: true } })).toBe(0);
    expect(await toBob).toMatchObject({
      index: 0,
      body: 'hello',
      author: 'alice',
      attributes: { mood: { happy: true } },
    });

    const toAlice = nextEvent(channel, 'messageAdded', ({ author }: { author: string }) => author === 'bob');
    expect(await conversation.sendMessage('hi', { n: 1 })).toBe(1);
    expect(await toAlice).toMatchObject({ index: 1, body: 'hi', author: 'bob', attributes: { n: 1 } });
  });

  it('causes a push when it is changed or removed', async () => {
    const sid = aChannel('alice', 'bob');
    const agentToken = fixture.sandbox.tokens.issueFlexToken({ identity: 'alice' });
    const alice = await fixture.chatClient('alice', agentToken);
    const bob = await fixture.conversationsClient('bob');
    const channel = await alice.getChannelBySid(sid);
    const conversation = await bob.getConversationBySid(sid);
    await conversation.getMessages();
    await channel.sendMessage('first');
    const [message] = (await channel.getMessages()).items;

    const updated = nextEvent<{ message: unknown }>(conversation, 'messageUpdated');
    await message?.updateBody('better');
    expect((await updated).message).toMatchObject({ body: 'better', lastUpdatedBy: 'alice' });
    const removed = nextEvent(conversation, 'messageRemoved');
    await message?.remove();
    expect(await removed).toMatchObject({ index: 0 });
    expect(await channel.sendMessage('second')).toBe(1);
  });

  it('neither repeats nor hides other messages when it arrives while a client pages', async () => {
    const sid = aChannel('alice');
    for (let n = 0; n < 10; n++) fixture.chat.addMessage(sid, { author: 'system', body: `m${n}` });
    const alice = await fixture.conversationsClient('alice');
    const conversation = await alice.getConversationBySid(sid);
    const bodies = (page: { items: readonly { body: string | null }[] }) =>
      page.items.map(({ body }) => body);

    const newest = await conversation.getMessages(4);
    expect(bodies(newest)).toEqual(['m6', 'm7', 'm8', 'm9']);
    fixture.chat.addMessage(sid, { author: 'system', body: 'm10' });
    const older = await newest.prevPage();
    expect(bodies(older)).toEqual(['m2', 'm3', 'm4', 'm5']);
    expect(bodies(await older.prevPage())).toEqual(['m0', 'm1']);
    expect(bodies(await older.nextPage())).toEqual(['m6', 'm7', 'm8', 'm9']);
    expect(bodies(await conversation.getMessages(3, 5, 'forward'))).toEqual(['m5', 'm6', 'm7']);
  });

  it('is not pushed to a client that opens the channel later', async () => {
    const sid = aChannel('alice');
    fixture.chat.addMessage(sid, { author: 'system', body: 'old' });
    const alice = await fixture.chatClient('alice');
    const pushedMessages = collect<{ body: string }>(alice, 'messageAdded');
    await (await alice.getChannelBySid(sid)).getMessages();
    fixture.chat.addMessage(sid, { author: 'system', body: 'new' });
    await eventually(() => expect(pushedMessages.map(({ body }) => body)).toEqual(['new']));
  });

  it('arrives in order in a burst of 100 messages', async () => {
    const sid = aChannel('alice');
    const alice = await fixture.conversationsClient('alice');
    const conversation = await alice.getConversationBySid(sid);
    await conversation.getMessages();
    const indexes: number[] = [];
    conversation.on('messageAdded', ({ index }) => indexes.push(index));
    const expectedIndexes = Array.from({ length: 100 }, (_, index) => index);
    for (const index of expectedIndexes) fixture.chat.addMessage(sid, { author: 'system', body: `${index}` });
    await eventually(() => expect(indexes).toEqual(expectedIndexes));
  });

  it('is refused when the conversation is closed', async () => {
    const sid = aChannel('alice');
    const alice = await fixture.conversationsClient('alice');
    const conversation = await alice.getConversationBySid(sid);
    fixture.chat.updateChannel(sid, { state: 'closed' });
    await eventually(() => expect(conversation.state?.current).toBe('closed'));
    await expect(conversation.sendMessage('too late')).rejects.toMatchObject({ status: 400 });
  });
});

describe('a member', () => {
  it('can move their last read index, which the others see', async () => {
    const sid = aChannel('alice', 'bob');
    for (const body of ['a', 'b', 'c']) fixture.chat.addMessage(sid, { author: 'system', body });
    const [alice, bob] = [await fixture.chatClient('alice'), await fixture.conversationsClient('bob')];
    const channel = await alice.getChannelBySid(sid);
    await channel.getMembers();
    const conversation = await bob.getConversationBySid(sid);
    expect(await conversation.getUnreadMessagesCount()).toBeNull();

    const memberUpdated = nextEvent<{ member: { identity: string; lastConsumedMessageIndex: number } }>(
      channel,
      'memberUpdated',
    );
    expect(await conversation.updateLastReadMessageIndex(1)).toBe(1);
    expect((await memberUpdated).member).toMatchObject({ identity: 'bob', lastConsumedMessageIndex: 1 });
    await eventually(() => expect(conversation.lastReadMessageIndex).toBe(1));
    expect(await conversation.setAllMessagesRead()).toBe(0);
    expect(await conversation.setAllMessagesUnread()).toBeNull();
  });

  it('is shown as typing to the other members only', async () => {
    const sid = aChannel('alice', 'bob');
    const [alice, bob] = [await fixture.chatClient('alice'), await fixture.conversationsClient('bob')];
    const channel = await alice.getChannelBySid(sid);
    const conversation = await bob.getConversationBySid(sid);
    await conversation.getParticipants();
    await channel.getMembers();
    const typingSeenByAlice = collect(alice, 'typingStarted');
    const started = nextEvent(bob, 'typingStarted');
    await channel.typing();
    expect(await started).toMatchObject({ identity: 'alice' });

    const toAlice = nextEvent(alice, 'typingStarted');
    await conversation.typing();
    expect(await toAlice).toMatchObject({ identity: 'bob' });
    expect(typingSeenByAlice).toHaveLength(1);
  });

  it('sees changed channel attributes, in both SDKs', async () => {
    const sid = aChannel('alice', 'bob');
    const [alice, bob] = [await fixture.chatClient('alice'), await fixture.conversationsClient('bob')];
    const channel = await alice.getChannelBySid(sid);
    const conversation = await bob.getConversationBySid(sid);
    const updated = nextEvent<{ updateReasons: string[] }>(conversation, 'updated');
    fixture.chat.updateChannel(sid, { attributes: { status: 'INACTIVE' } });
    expect((await updated).updateReasons).toContain('attributes');
    expect(conversation.attributes).toEqual({ status: 'INACTIVE' });
    await eventually(() => expect(channel.attributes).toEqual({ status: 'INACTIVE' }));
  });

  it("sees another user's new name", async () => {
    const alice = await fixture.conversationsClient('alice');
    const customer = await alice.getUser('customer');
    const updated = nextEvent(customer, 'updated');
    fixture.chat.setFriendlyName('customer', 'Robin');
    await updated;
    expect(customer.friendlyName).toBe('Robin');
  });
});

describe('the realtime endpoints', () => {
  it('serve twilio-chat public channels, their users and declined invites', async () => {
    const { sid } = fixture.chat.createChannel({ type: 'public', friendlyName: 'lobby' });
    for (const identity of ['alice', 'bob']) fixture.chat.addMember(sid, { identity });
    const [alice, bob] = [await fixture.chatClient('alice'), await fixture.chatClient('bob')];
    expect((await alice.getPublicChannelDescriptors()).items).toMatchObject([{ sid, friendlyName: 'lobby' }]);
    const channel = await alice.getChannelBySid(sid);
    const users = (await channel.getUserDescriptors()).items.map(({ identity }) => identity);
    expect(users.sort()).toEqual(['alice', 'bob']);

    const privateChannel = await alice.createChannel({ isPrivate: true });
    await privateChannel.join();
    const invited = nextEvent<typeof privateChannel>(bob, 'channelInvited');
    await privateChannel.invite('bob');
    await (await invited).decline();
    expect(fixture.chat.channel(privateChannel.sid).members.size).toBe(1);
  });

  it('serve @twilio/conversations empty lists of templates, receipts and recipients', async () => {
    const sid = aChannel('alice');
    fixture.chat.addMessage(sid, { author: 'system', body: 'hello' });
    const alice = await fixture.conversationsClient('alice');
    const conversation = await alice.getConversationBySid(sid);
    const [message] = (await conversation.getMessages()).items;
    expect(await alice.getContentTemplates()).toEqual([]);
    expect(await message?.getDetailedDeliveryReceipts()).toEqual([]);
    expect(await message?.getMessageRecipients()).toEqual([]);
    expect((await conversation.getMessageRecipients()).items).toEqual([]);
  });

  it('let a user change their name, and their attributes in a conversation', async () => {
    const sid = aChannel('alice');
    const alice = await fixture.conversationsClient('alice');
    await alice.user.updateFriendlyName('Alice A.');
    await eventually(() => expect(alice.user.friendlyName).toBe('Alice A.'));
    const [participant] = await (await alice.getConversationBySid(sid)).getParticipants();
    await participant?.updateAttributes({ mood: 'calm' });
    expect(fixture.chat.snapshot().channels[0]?.members).toMatchObject([{ attributes: { mood: 'calm' } }]);
  });

  it('let the creator of a conversation find, change and delete it', async () => {
    const alice = await fixture.conversationsClient('alice');
    const conversation = await alice.createConversation({ uniqueName: 'mine' });
    await conversation.join();
    expect((await alice.getConversationByUniqueName('mine')).sid).toBe(conversation.sid);
    expect(await conversation.getParticipantsCount()).toBe(1);
    await conversation.updateFriendlyName('renamed');
    expect(fixture.chat.channel('mine').friendlyName).toBe('renamed');
    await conversation.getMessages();
    await conversation.delete();
    expect(fixture.chat.snapshot().channels).toEqual([]);
  });
});
