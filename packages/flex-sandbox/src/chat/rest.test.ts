import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SANDBOX_ACCOUNT } from '../account-credentials.js';
import { nextEvent } from '../test-waiting.js';
import { type ChatFixture, startChatFixture } from './chat-fixture.js';

let fixture: ChatFixture;
beforeEach(async () => {
  fixture = await startChatFixture();
});
afterEach(() => fixture.close());

const service = () => fixture.rest.chat.v2.services(SANDBOX_ACCOUNT.chatServiceSid);
const conversations = () => fixture.rest.conversations.v1.conversations;

describe('the two REST APIs', () => {
  it('return a channel and a conversation with one SID', async () => {
    const channel = await service().channels.create({
      uniqueName: 'chat-1',
      friendlyName: 'support',
      type: 'private',
      attributes: '{"status":"ACTIVE"}',
    });
    const conversation = await conversations()(channel.sid).fetch();
    expect(conversation).toMatchObject({
      uniqueName: 'chat-1',
      attributes: '{"status":"ACTIVE"}',
      state: 'active',
    });

    const participant = await conversations()(channel.sid).participants.create({ identity: 'customer' });
    expect((await service().channels(channel.sid).members.list()).map(({ sid }) => sid)).toEqual([
      participant.sid,
    ]);

    await service()
      .channels('chat-1')
      .messages.create({ from: 'chat-transfer', body: 'one', attributes: '{"n":1}' });
    await conversations()(channel.sid).messages.create({ author: 'customer', body: 'two' });
    expect(await conversations()(channel.sid).messages.list()).toMatchObject([
      { index: 0, author: 'chat-transfer', body: 'one', attributes: '{"n":1}', participantSid: null },
      { index: 1, author: 'customer', body: 'two', participantSid: participant.sid },
    ]);
    const [newest] = await service().channels(channel.sid).messages.list({ order: 'desc', limit: 1 });
    expect(newest).toMatchObject({ index: 1, from: 'customer', type: 'text', wasEdited: false });
  });

  it('update and remove resources that the other API created', async () => {
    const { sid } = await conversations().create({ friendlyName: 'support', uniqueName: 'c' });
    await conversations()('c').update({ attributes: '{"a":1}', state: 'inactive' });
    expect(await service().channels(sid).update({ friendlyName: 'renamed' })).toMatchObject({
      attributes: '{"a":1}',
      friendlyName: 'renamed',
    });
    const member = await service()
      .channels(sid)
      .members.create({ identity: 'alice', attributes: '{"role":"agent"}' });
    expect(await conversations()(sid).participants('alice').fetch()).toMatchObject({
      sid: member.sid,
      attributes: '{"role":"agent"}',
    });
    await service().channels(sid).members('alice').update({ lastConsumedMessageIndex: 3 });
    expect((await conversations()(sid).participants(member.sid).fetch()).lastReadMessageIndex).toBe(3);
    const message = await conversations()(sid).messages.create({ author: 'alice', body: 'x' });
    expect(await conversations()(sid).messages(message.sid).update({ body: 'y' })).toMatchObject({
      body: 'y',
    });

    await conversations()(sid).messages(message.sid).remove();
    await conversations()(sid).participants('alice').remove();
    expect(await service().channels(sid).members.list()).toEqual([]);
    await conversations()(sid).remove();
    await expect(service().channels(sid).fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
  });

  it('return all pages of a long list in order', async () => {
    const { sid } = await conversations().create({});
    for (let n = 0; n < 25; n++) fixture.chat.addMessage(sid, { author: 'system', body: `${n}` });
    const all = await conversations()(sid).messages.list({ pageSize: 10 });
    expect(all.map(({ index }) => index)).toEqual(Array.from({ length: 25 }, (_, n) => n));
  });

  it('update users and find a participant’s conversations', async () => {
    const { sid } = await conversations().create({ uniqueName: 'c' });
    await conversations()(sid).participants.create({ identity: 'customer' });
    const user = await service()
      .users('customer')
      .update({ friendlyName: 'Robin', attributes: '{"vip":true}' });
    expect(await fixture.rest.conversations.v1.users(user.sid).fetch()).toMatchObject({
      identity: 'customer',
      friendlyName: 'Robin',
      attributes: '{"vip":true}',
    });
    const memberships = await fixture.rest.conversations.v1.participantConversations.list({
      identity: 'customer',
    });
    expect(memberships).toMatchObject([{ conversationSid: sid, conversationUniqueName: 'c' }]);
    await expect(service().users('missing').fetch()).rejects.toMatchObject({ status: 404 });
  });
});

describe('Chat v2 REST', () => {
  it('responds at each endpoint', async () => {
    expect(await service().fetch()).toMatchObject({ sid: SANDBOX_ACCOUNT.chatServiceSid });
    const { sid: userSid } = await service().users.create({ identity: 'jane', friendlyName: 'Jane' });
    expect(await service().users('jane').fetch()).toMatchObject({ sid: userSid, joinedChannelsCount: 0 });
    expect(await service().users.list()).toMatchObject([{ identity: 'jane', friendlyName: 'Jane' }]);

    const { sid } = await service().channels.create({ uniqueName: 'c' });
    const channel = service().channels(sid);
    expect(await service().channels.list()).toMatchObject([{ uniqueName: 'c', type: 'public' }]);
    await channel.members.create({ identity: 'jane' });
    expect(await channel.members('jane').fetch()).toMatchObject({ identity: 'jane' });
    expect(await service().users('jane').userChannels.list()).toMatchObject([{ channelSid: sid }]);
    const message = channel.messages((await channel.messages.create({ from: 'jane', body: 'x' })).sid);
    await message.update({ body: 'y', lastUpdatedBy: 'jane' });
    expect(await message.fetch()).toMatchObject({ body: 'y', wasEdited: true, lastUpdatedBy: 'jane' });
    await message.remove();
    await channel.members('jane').remove();
    await channel.remove();
    expect(await service().channels.list()).toEqual([]);
  });
});

describe('Conversations REST', () => {
  it.each(['in the default service', 'with the service in the path'])(
    'responds at each endpoint %s',
    async (location) => {
      const { v1 } = fixture.rest.conversations;
      const serviceApi = v1.services(SANDBOX_ACCOUNT.chatServiceSid);
      // The helper library has different types for the two, though they have the same methods.
      const api = location.includes('default') ? (v1 as unknown as typeof serviceApi) : serviceApi;
      await api.users.create({ identity: 'jane', friendlyName: 'Jane' });
      await api.users('jane').update({ attributes: '{"vip":true}' });
      expect(await api.users('jane').fetch()).toMatchObject({
        friendlyName: 'Jane',
        attributes: '{"vip":true}',
      });
      expect((await api.users.list()).map(({ identity }) => identity)).toEqual(['jane']);

      const { sid } = await api.conversations.create({ uniqueName: 'c' });
      const conversation = api.conversations(sid);
      await conversation.update({ friendlyName: 'support' });
      expect(await conversation.fetch()).toMatchObject({ friendlyName: 'support', uniqueName: 'c' });
      expect((await api.conversations.list()).map((fetched) => fetched.sid)).toEqual([sid]);
      await conversation.participants.create({ identity: 'jane' });
      await conversation.participants('jane').update({ attributes: '{"n":1}' });
      expect(await conversation.participants('jane').fetch()).toMatchObject({ attributes: '{"n":1}' });
      expect(await conversation.participants.list()).toHaveLength(1);
      expect(await api.participantConversations.list({ identity: 'jane' })).toHaveLength(1);
      const message = conversation.messages((await conversation.messages.create({ author: 'jane' })).sid);
      await message.update({ body: 'y' });
      expect(await message.fetch()).toMatchObject({ author: 'jane', body: 'y' });
      expect(await conversation.messages.list({ order: 'desc' })).toHaveLength(1);
      await message.remove();
      await conversation.participants('jane').remove();
      await conversation.remove();
      expect(await api.conversations.list()).toEqual([]);
    },
  );
});

describe('a REST request', () => {
  it('is refused for a missing member and another service', async () => {
    const { sid } = await conversations().create({ uniqueName: 'taken' });
    const missingMember = service().channels(sid).members('bob').remove();
    await expect(missingMember).rejects.toMatchObject({ status: 404, code: 20404 });
    const otherService = fixture.rest.chat.v2.services('IS00000000000000000000000000000099').channels.list();
    await expect(otherService).rejects.toMatchObject({ status: 404 });
  });

  it('is refused when it posts a message to a closed conversation', async () => {
    const { sid } = await conversations().create({});
    await conversations()(sid).update({ state: 'closed' });
    const message = service().channels(sid).messages.create({ body: 'late' });
    await expect(message).rejects.toMatchObject({ status: 400 });
  });

  it("is refused with a user's token", async () => {
    const password = fixture.sandbox.tokens.issueFlexToken({ identity: 'alice' });
    const response = await fetch(`${fixture.url}/conversations.twilio.com/v1/Conversations`, {
      headers: { authorization: `Basic ${btoa(`token:${password}`)}` },
    });
    expect(response.status).toBe(401);
  });
});

describe('a change by REST', () => {
  it('reaches connected clients of both SDKs', async () => {
    const { sid } = await conversations().create({});
    await conversations()(sid).participants.create({ identity: 'bob' });
    const [alice, bob] = [await fixture.chatClient('alice'), await fixture.conversationsClient('bob')];
    const conversation = await bob.getConversationBySid(sid);
    await fixture.waitForSubscription('bob', sid);

    const channelJoined = nextEvent(alice, 'channelJoined');
    const participantJoined = nextEvent(conversation, 'participantJoined');
    await service().channels(sid).members.create({ identity: 'alice' });
    expect(await channelJoined).toMatchObject({ sid });
    expect(await participantJoined).toMatchObject({ identity: 'alice' });
    await fixture.waitForSubscription('alice', sid);

    const notice = { notification: true, notice: { v: 1, kind: 'agent-joined' } };
    const [toAlice, toBob] = [nextEvent(alice, 'messageAdded'), nextEvent(bob, 'messageAdded')];
    const fields = { from: 'chat-transfer', body: 'Alice joined', attributes: JSON.stringify(notice) };
    await service().channels(sid).messages.create(fields);
    for (const message of [await toAlice, await toBob]) {
      expect(message).toMatchObject({ author: 'chat-transfer', body: 'Alice joined', attributes: notice });
    }

    const channelRemoved = nextEvent(alice, 'channelRemoved');
    await conversations()(sid).participants('alice').remove();
    expect(await channelRemoved).toMatchObject({ sid });
  });

  it('reaches the listeners of onChange', async () => {
    const kinds: string[] = [];
    fixture.chat.onChange((change) => kinds.push(change.kind));
    const { sid } = await conversations().create({});
    await conversations()(sid).participants.create({ identity: 'alice' });
    await conversations()(sid).messages.create({ body: 'x' });
    await conversations()(sid).update({ attributes: '{}' });
    await conversations()(sid).participants('alice').remove();
    await conversations()(sid).remove();
    expect(kinds).toEqual([
      'channel-created',
      'member-added',
      'message-added',
      'channel-updated',
      'member-removed',
      'channel-deleted',
    ]);
  });
});

describe('media', () => {
  it('can be uploaded by one client and downloaded by another', async () => {
    const { sid } = fixture.chat.createChannel({});
    for (const identity of ['alice', 'bob']) fixture.chat.addMember(sid, { identity });
    const [alice, bob] = [await fixture.chatClient('alice'), await fixture.conversationsClient('bob')];
    const messageAdded = nextEvent<{
      attachedMedia: Array<{ sid: string; getContentTemporaryUrl(): Promise<string> }>;
    }>(bob, 'messageAdded');
    await (await bob.getConversationBySid(sid)).getMessages();
    const channel = await alice.getChannelBySid(sid);
    await channel.sendMessage({ contentType: 'text/plain', media: Buffer.from('cat picture') });

    const [media] = (await messageAdded).attachedMedia;
    const url = await media?.getContentTemporaryUrl();
    const response = await fetch(url ?? '');
    expect(response.headers.get('content-type')).toBe('text/plain');
    expect(await response.text()).toBe('cat picture');
    const [urlFromSet] = (await bob.getTemporaryContentUrlsForMediaSids([media?.sid ?? ''])).values();
    expect(urlFromSet).toBe(url);
  });

  it('uploaded by a server with Basic auth can be sent in a message and read by a client', async () => {
    const { sid } = fixture.chat.createChannel({});
    fixture.chat.addMember(sid, { identity: 'bob' });
    const upload = await callMedia('POST', '', { contentType: 'application/pdf', body: 'a PDF' });
    expect(upload).toMatchObject({
      status: 201,
      body: { sid: expect.stringMatching(/^ME/), content_type: 'application/pdf', size: 5 },
    });
    const mediaSid = String(upload.body.sid);
    await conversations()(sid).messages.create({ author: 'customer', mediaSid });

    const bob = await fixture.conversationsClient('bob');
    const [message] = (await (await bob.getConversationBySid(sid)).getMessages()).items;
    const url = await message?.attachedMedia?.[0]?.getContentTemporaryUrl();
    expect(await (await fetch(url ?? '')).text()).toBe('a PDF');
    expect(await callMedia('GET', `/${mediaSid}`)).toMatchObject({ status: 200, body: { sid: mediaSid } });
    expect(await callMedia('DELETE', `/${mediaSid}`)).toMatchObject({ status: 204 });
    expect(await callMedia('GET', `/${mediaSid}`)).toMatchObject({ status: 404, body: { code: 20404 } });
  });

  it('cannot be uploaded without credentials, or to another service', async () => {
    expect(await callMedia('POST', '', { authorization: undefined })).toMatchObject({ status: 401 });
    expect(await callMedia('POST', '', { service: `IS${'9'.repeat(32)}` })).toMatchObject({ status: 404 });
  });
});

interface MediaRequest {
  readonly contentType?: string;
  readonly body?: string;
  readonly authorization?: string | undefined;
  readonly service?: string;
}

/** Calls the media service as a server does. Twilio's helper library has no methods for it. */
async function callMedia(method: string, path: string, request: MediaRequest = {}) {
  const { accountSid, authToken, chatServiceSid } = SANDBOX_ACCOUNT;
  const { authorization } = { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}`, ...request };
  const url = `${fixture.url}/mcs.us1.twilio.com/v1/Services/${request.service ?? chatServiceSid}/Media${path}`;
  const response = await fetch(url, {
    method,
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
    },
    ...(request.body === undefined ? {} : { body: request.body }),
  });
  const text = await response.text();
  const body: Record<string, unknown> = text === '' ? {} : JSON.parse(text);
  return { status: response.status, body };
}
