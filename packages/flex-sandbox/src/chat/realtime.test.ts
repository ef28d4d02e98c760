import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect, eventually, nextEvent } from '../test-waiting.js';
import { type ChatFixture, startChatFixture } from './chat-fixture.js';

let fixture: ChatFixture;
beforeEach(async () => {
  fixture = await startChatFixture();
});
afterEach(() => fixture.close());

/** A private channel with these members, made behind the clients' backs. */
function aChannel(...identities: readonly string[]): string {
  const { sid } = fixture.chat.createChannel({ friendlyName: 'support', attributes: { status: 'ACTIVE' } });
  for (const identity of identities) fixture.chat.addMember(sid, { identity });
  return sid;
}

describe('joining and leaving', () => {
  it('tells everybody who joins, once, in both SDKs', async () => {
    const [alice, bob] = [await fixture.chatClient('alice'), await fixture.conversationsClient('bob')];
    const channel = await alice.createChannel({ friendlyName: 'support', isPrivate: true });
    await channel.join();
    await channel.getMembers();
    const seenByAlice = collect<{ identity: string }>(channel, 'memberJoined');
    const joined = nextEvent<{ sid: string }>(bob, 'conversationJoined');
    await channel.add('bob');

    expect((await joined).sid).toBe(channel.sid);
    await eventually(() => expect(seenByAlice.map(({ identity }) => identity)).toEqual(['bob']));
    const conversation = await bob.getConversationBySid(channel.sid);
    const participants = await conversation.getParticipants();
    expect(participants.map(({ identity }) => identity).sort()).toEqual(['alice', 'bob']);
  });

  it('shows the one who leaves the own departure before the channel goes away', async () => {
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

  it('shows one who is removed and added again at once what was written meanwhile, and all that follows', async () => {
    const sid = aChannel('customer', 'alice');
    const alice = await fixture.conversationsClient('alice');
    const before = await alice.getConversationBySid(sid);
    await before.getMessages();
    const pushed = collect<{ body: string }>(alice, 'messageAdded');
    fixture.chat.addMessage(sid, { author: 'customer', body: 'one' });
    await eventually(() => expect(pushed.map(({ body }) => body)).toEqual(['one']));

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
    await eventually(() => expect(pushed.map(({ body }) => body)).toEqual(['one', 'three']));
    const participants = await after.getParticipants();
    expect(participants.map(({ identity }) => identity).sort()).toEqual(['alice', 'customer']);
  });

  it('keeps an invited user out of the roster until they accept', async () => {
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

  it('says once that a deleted channel was left and is gone', async () => {
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

  it('lets identities hold characters that need encoding', async () => {
    const odd = 'zoë 100% <a@b.c>/d';
    const sid = aChannel(odd);
    const client = await fixture.conversationsClient(odd);
    const conversation = await client.getConversationBySid(sid);
    await conversation.leave();
    expect(fixture.chat.snapshot().channels[0]?.members).toEqual([]);
  });
});

describe('messages', () => {
  it('carries body, author and attributes both ways between the two SDKs', async () => {
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

  it('shows changed and removed messages', async () => {
    const sid = aChannel('alice', 'bob');
    const [alice, bob] = [await fixture.chatClient('alice'), await fixture.conversationsClient('bob')];
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

  it('pages back and forth without repeating or losing a message that arrives meanwhile', async () => {
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

  it('announces no message that was there before the channel was opened', async () => {
    const sid = aChannel('alice');
    fixture.chat.addMessage(sid, { author: 'system', body: 'old' });
    const alice = await fixture.chatClient('alice');
    const announced = collect<{ body: string }>(alice, 'messageAdded');
    await (await alice.getChannelBySid(sid)).getMessages();
    fixture.chat.addMessage(sid, { author: 'system', body: 'new' });
    await eventually(() => expect(announced.map(({ body }) => body)).toEqual(['new']));
  });

  it('keeps a burst of messages in order', async () => {
    const sid = aChannel('alice');
    const alice = await fixture.conversationsClient('alice');
    const conversation = await alice.getConversationBySid(sid);
    await conversation.getMessages();
    const indexes: number[] = [];
    conversation.on('messageAdded', ({ index }) => indexes.push(index));
    const wanted = Array.from({ length: 100 }, (_, index) => index);
    for (const index of wanted) fixture.chat.addMessage(sid, { author: 'system', body: `${index}` });
    await eventually(() => expect(indexes).toEqual(wanted));
  });

  it('takes none once the conversation is closed, and says that it is', async () => {
    const sid = aChannel('alice');
    const alice = await fixture.conversationsClient('alice');
    const conversation = await alice.getConversationBySid(sid);
    fixture.chat.updateChannel(sid, { state: 'closed' });
    await eventually(() => expect(conversation.state?.current).toBe('closed'));
    await expect(conversation.sendMessage('too late')).rejects.toMatchObject({ status: 400 });
  });
});

describe('what members share', () => {
  it('moves the read horizon for the reader and shows it to the others', async () => {
    const sid = aChannel('alice', 'bob');
    for (const body of ['a', 'b', 'c']) fixture.chat.addMessage(sid, { author: 'system', body });
    const [alice, bob] = [await fixture.chatClient('alice'), await fixture.conversationsClient('bob')];
    const channel = await alice.getChannelBySid(sid);
    await channel.getMembers();
    const conversation = await bob.getConversationBySid(sid);
    expect(await conversation.getUnreadMessagesCount()).toBeNull();

    const seen = nextEvent<{ member: { identity: string; lastConsumedMessageIndex: number } }>(
      channel,
      'memberUpdated',
    );
    expect(await conversation.updateLastReadMessageIndex(1)).toBe(1);
    expect((await seen).member).toMatchObject({ identity: 'bob', lastConsumedMessageIndex: 1 });
    await eventually(() => expect(conversation.lastReadMessageIndex).toBe(1));
    expect(await conversation.setAllMessagesRead()).toBe(0);
    expect(await conversation.setAllMessagesUnread()).toBeNull();
  });

  it('shows typing to the other members and not to the one who types', async () => {
    const sid = aChannel('alice', 'bob');
    const [alice, bob] = [await fixture.chatClient('alice'), await fixture.conversationsClient('bob')];
    const channel = await alice.getChannelBySid(sid);
    const conversation = await bob.getConversationBySid(sid);
    await conversation.getParticipants();
    await channel.getMembers();
    const ownEcho = collect(alice, 'typingStarted');
    const started = nextEvent(bob, 'typingStarted');
    await channel.typing();
    expect(await started).toMatchObject({ identity: 'alice' });

    const backwards = nextEvent(alice, 'typingStarted');
    await conversation.typing();
    expect(await backwards).toMatchObject({ identity: 'bob' });
    expect(ownEcho).toHaveLength(1);
  });

  it('shows changed channel attributes, to members of both SDKs', async () => {
    const sid = aChannel('alice', 'bob');
    const [alice, bob] = [await fixture.chatClient('alice'), await fixture.conversationsClient('bob')];
    const channel = await alice.getChannelBySid(sid);
    const conversation = await bob.getConversationBySid(sid);
    const reasons = nextEvent<{ updateReasons: string[] }>(conversation, 'updated');
    fixture.chat.updateChannel(sid, { attributes: { status: 'INACTIVE' } });
    expect((await reasons).updateReasons).toContain('attributes');
    expect(conversation.attributes).toEqual({ status: 'INACTIVE' });
    await eventually(() => expect(channel.attributes).toEqual({ status: 'INACTIVE' }));
  });

  it("shows a user's new name to those who look at them", async () => {
    const alice = await fixture.conversationsClient('alice');
    const customer = await alice.getUser('customer');
    const updated = nextEvent(customer, 'updated');
    fixture.chat.setFriendlyName('customer', 'Robin');
    await updated;
    expect(customer.friendlyName).toBe('Robin');
  });
});

describe('what the SDKs ask on the side', () => {
  it('is answered to twilio-chat: public channels, who is in one, a declined invitation', async () => {
    const { sid } = fixture.chat.createChannel({ type: 'public', friendlyName: 'lobby' });
    for (const identity of ['alice', 'bob']) fixture.chat.addMember(sid, { identity });
    const [alice, bob] = [await fixture.chatClient('alice'), await fixture.chatClient('bob')];
    expect((await alice.getPublicChannelDescriptors()).items).toMatchObject([{ sid, friendlyName: 'lobby' }]);
    const channel = await alice.getChannelBySid(sid);
    const users = (await channel.getUserDescriptors()).items.map(({ identity }) => identity);
    expect(users.sort()).toEqual(['alice', 'bob']);

    const secret = await alice.createChannel({ isPrivate: true });
    await secret.join();
    const invited = nextEvent<typeof secret>(bob, 'channelInvited');
    await secret.invite('bob');
    await (await invited).decline();
    expect(fixture.chat.channel(secret.sid).members.size).toBe(1);
  });

  it('is answered to Conversations: templates, receipts and recipients, of which there are none', async () => {
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

  it('is to change what is theirs: their name, and their attributes in a conversation', async () => {
    const sid = aChannel('alice');
    const alice = await fixture.conversationsClient('alice');
    await alice.user.updateFriendlyName('Alice A.');
    await eventually(() => expect(alice.user.friendlyName).toBe('Alice A.'));
    const [own] = await (await alice.getConversationBySid(sid)).getParticipants();
    await own?.updateAttributes({ mood: 'calm' });
    expect(fixture.chat.snapshot().channels[0]?.members).toMatchObject([{ attributes: { mood: 'calm' } }]);
  });

  it('is whether a conversation is there, and to change or delete it as the one who made it', async () => {
    const alice = await fixture.conversationsClient('alice');
    const made = await alice.createConversation({ uniqueName: 'mine' });
    await made.join();
    expect((await alice.getConversationByUniqueName('mine')).sid).toBe(made.sid);
    expect(await made.getParticipantsCount()).toBe(1);
    await made.updateFriendlyName('renamed');
    expect(fixture.chat.channel('mine').friendlyName).toBe('renamed');
    await made.getMessages();
    await made.delete();
    expect(fixture.chat.snapshot().channels).toEqual([]);
  });
});
