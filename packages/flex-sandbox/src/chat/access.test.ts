import twilio from 'twilio';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SANDBOX_ACCOUNT } from '../account-credentials.js';
import type { PushConnection } from '../router.js';
import { eventually, nextEvent } from '../test-waiting.js';
import { type ChatFixture, startChatFixture } from './chat-fixture.js';

const { AccessToken } = twilio.jwt;

let fixture: ChatFixture;
beforeEach(async () => {
  fixture = await startChatFixture();
});
afterEach(() => fixture.close());

function aChannel(...identities: readonly string[]): string {
  const { sid } = fixture.chat.createChannel({ attributes: { status: 'ACTIVE' } });
  for (const identity of identities) fixture.chat.addMember(sid, { identity });
  return sid;
}

const messagesOf = (sid: string) =>
  fixture.chat.snapshot().channels.find((channel) => channel.sid === sid)?.messages;

/** What the SDKs make of 403/50107. */
const REFUSED = { status: 403, body: { code: 50107 } };

const flexToken = (identity: string, ...roles: readonly string[]) =>
  fixture.sandbox.tokens.issueFlexToken({ identity, roles: roles.length > 0 ? roles : ['agent'] });

/** Sends a request to an `aim` endpoint without an SDK, to bypass the SDK's checks. */
async function sendTunnelled(
  identity: string,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body: object = {},
) {
  const token = fixture.sandbox.tokens.issueChatToken(identity);
  const reply = await fixture.sandbox.router.dispatch({
    method,
    host: 'aim.us1.twilio.com',
    path: `/Client/v1${path}`,
    query: {},
    body: { ...body },
    rawBody: Buffer.from(JSON.stringify(body)),
    headers: {},
    caller: { kind: 'user', identity, token },
  });
  return reply;
}

describe('a user who is not a member', () => {
  it('cannot read, write in or join a private channel', async () => {
    const sid = aChannel('customer');
    const stranger = await fixture.conversationsClient('stranger');
    await expect(stranger.peekConversationBySid(sid)).rejects.toThrow();
    for (const [method, path] of [
      ['GET', `/Conversations/${sid}`],
      ['POST', `/Conversations/${sid}/Messages`],
      ['POST', '/typing'],
    ] as const) {
      const reply = await sendTunnelled('stranger', method, path, { body: 'hi', ChannelSid: sid });
      expect(reply).toMatchObject({ status: 403, body: { code: 50430 } });
    }
    const joinReply = await sendTunnelled('stranger', 'POST', `/Conversations/${sid}/Participants`, {
      identity: 'stranger',
    });
    expect(joinReply.status).toBe(403);
    expect(fixture.chat.snapshot().channels[0]).toMatchObject({
      messages: [],
      members: [{ identity: 'customer' }],
    });
  });

  it('reads a private channel with a supervisor’s Flex token, but not with an agent’s', async () => {
    const sid = aChannel('customer');
    fixture.chat.addMessage(sid, { author: 'customer', body: 'help' });
    const supervisor = await fixture.conversationsClient('dora', flexToken('dora', 'supervisor'));
    const conversation = await supervisor.peekConversationBySid(sid);
    expect((await conversation.getMessages()).items.map(({ body }) => body)).toEqual(['help']);

    const agent = await fixture.conversationsClient('alice', flexToken('alice'));
    await expect(agent.peekConversationBySid(sid)).rejects.toThrow();
  });

  it('gets 404/50350 for a channel that does not exist', async () => {
    expect(await sendTunnelled('alice', 'GET', '/Conversations/CHnone')).toMatchObject({
      status: 404,
      body: { code: 50350 },
    });
  });
});

describe('a removed member', () => {
  it('gets no pushes after the removal, although the client stays subscribed', () => {
    const sid = aChannel('customer', 'alice');
    const pushes: string[] = [];
    const connection: PushConnection = {
      identity: 'alice',
      caller: { kind: 'user', identity: 'alice', token: fixture.sandbox.tokens.issueChatToken('alice') },
      notify: (_, payload) => pushes.push(JSON.stringify(payload)),
      onClose: () => undefined,
    };
    const { messages, roster } = fixture.chat.channel(sid).sync;
    messages.subscribe(connection, 0);
    roster.subscribe(connection, roster.lastEventId);
    fixture.chat.addMessage(sid, { author: 'customer', body: 'before' });
    fixture.chat.removeMember(sid, 'alice');
    fixture.chat.addMessage(sid, { author: 'customer', body: 'after' });

    expect(pushes).toHaveLength(2);
    expect(pushes[0]).toContain('before');
    expect(pushes[1]).toContain('map_item_removed');
  });
});

describe('an access token of the account', () => {
  const { accountSid, apiKeySid, apiKeySecret, chatServiceSid } = SANDBOX_ACCOUNT;
  const tokenFor = (serviceSid?: string) => {
    const token = new AccessToken(accountSid, apiKeySid, apiKeySecret, { identity: 'jane' });
    if (serviceSid !== undefined) token.addGrant(new AccessToken.ChatGrant({ serviceSid }));
    return token.toJwt();
  };

  it('gives access to chat only with a ChatGrant for the service', async () => {
    const client = await fixture.conversationsClient('jane', tokenFor(chatServiceSid));
    expect(client.user.identity).toBe('jane');
    const refusals = [tokenFor(), tokenFor('IS99')].map((token) =>
      expect(fixture.conversationsClient('jane', token)).rejects.toThrow(/initFailed/),
    );
    await Promise.all(refusals);
  });
});

describe('a customer', () => {
  it('cannot write under another identity', async () => {
    const sid = aChannel('customer', 'alice');
    await sendTunnelled('customer', 'POST', `/Conversations/${sid}/Messages`, {
      body: 'I am Alice',
      author: 'alice',
    });
    expect(fixture.chat.snapshot().channels[0]?.messages).toMatchObject([{ author: 'customer' }]);
  });

  it('cannot change the channel, its members or the messages of others', async () => {
    const sid = aChannel('customer', 'alice');
    const { sid: messageSid } = fixture.chat.addMessage(sid, { author: 'alice', body: 'hello' });
    const customer = await fixture.conversationsClient('customer');
    const conversation = await customer.getConversationBySid(sid);
    await conversation.getMessages();
    const before = fixture.chat.snapshot();

    await expect(conversation.updateAttributes({ status: 'INACTIVE' })).rejects.toMatchObject({
      status: 403,
    });
    await expect(conversation.delete()).rejects.toMatchObject({ status: 403 });
    await expect(conversation.removeParticipant('alice')).rejects.toMatchObject({ status: 403 });
    await expect(conversation.add('accomplice')).rejects.toMatchObject({ status: 403 });
    const reply = await sendTunnelled('customer', 'POST', `/Conversations/${sid}/Messages/${messageSid}`, {
      body: 'good bye',
    });
    expect(reply.status).toBe(403);
    expect((await sendTunnelled('customer', 'POST', '/Users/alice', { friendly_name: 'x' })).status).toBe(
      403,
    );
    expect(fixture.chat.snapshot()).toEqual(before);
  });

  it('can write and leave, but neither change nor remove their own message', async () => {
    const sid = aChannel('customer', 'alice');
    const customer = await fixture.conversationsClient('customer');
    const conversation = await customer.getConversationBySid(sid);
    await conversation.sendMessage('helo');
    const [message] = (await conversation.getMessages()).items;
    await expect(message?.updateBody('hello')).rejects.toMatchObject({ status: 403 });
    await expect(message?.remove()).rejects.toMatchObject({ status: 403 });
    await conversation.leave();
    expect(fixture.chat.snapshot().channels[0]).toMatchObject({
      messages: [{ body: 'helo' }],
      members: [{ identity: 'alice' }],
    });
  });
});

describe('an agent with a Flex token', () => {
  it('can change the attributes of their own channels only', async () => {
    const [sid, other] = [aChannel('customer', 'alice'), aChannel('customer')];
    const alice = await fixture.conversationsClient('alice', flexToken('alice'));
    const conversation = await alice.getConversationBySid(sid);
    const updated = nextEvent(conversation, 'updated');
    await conversation.updateAttributes({ status: 'INACTIVE' });
    await updated;
    expect(fixture.chat.channel(sid).attributes).toBe('{"status":"INACTIVE"}');
    await expect(alice.peekConversationBySid(other)).rejects.toThrow();
  });

  it('can change and remove their own messages, but not those of others', async () => {
    const sid = aChannel('customer', 'alice');
    fixture.chat.addMessage(sid, { author: 'chat-transfer', body: 'notice' });
    const alice = await fixture.conversationsClient('alice', flexToken('alice'));
    const conversation = await alice.getConversationBySid(sid);
    await conversation.sendMessage('helo');
    const [notice, own] = (await conversation.getMessages()).items;
    await own?.updateBody('hello');
    await own?.updateAttributes({ edited: true });
    await expect(notice?.updateBody('forged')).rejects.toMatchObject(REFUSED);
    await expect(notice?.updateAttributes({ forged: true })).rejects.toMatchObject(REFUSED);
    await expect(notice?.remove()).rejects.toMatchObject(REFUSED);
    expect(messagesOf(sid)).toMatchObject([{ body: 'notice', attributes: {} }, { body: 'hello' }]);
    await own?.remove();
    expect(messagesOf(sid)).toHaveLength(1);
  });

  it('can neither add nor remove anyone, nor rename or delete the conversation', async () => {
    const sid = aChannel('customer', 'alice');
    const alice = await fixture.conversationsClient('alice', flexToken('alice'));
    const conversation = await alice.getConversationBySid(sid);
    const before = fixture.chat.snapshot();
    await expect(conversation.add('accomplice')).rejects.toMatchObject(REFUSED);
    await expect(conversation.removeParticipant('customer')).rejects.toMatchObject(REFUSED);
    await expect(conversation.updateFriendlyName('mine')).rejects.toMatchObject(REFUSED);
    await expect(conversation.delete()).rejects.toMatchObject(REFUSED);
    expect(fixture.chat.snapshot()).toEqual(before);
    await conversation.leave();
    expect(fixture.chat.snapshot().channels[0]?.members).toMatchObject([{ identity: 'customer' }]);
  });

  it('can neither join a private conversation by themselves nor create one', async () => {
    const sid = aChannel('customer');
    const alice = await fixture.conversationsClient('alice', flexToken('alice'));
    const token = flexToken('alice');
    const join = await fixture.sandbox.router.dispatch({
      method: 'POST',
      host: 'aim.us1.twilio.com',
      path: `/Client/v1/Conversations/${sid}/Participants`,
      query: {},
      body: { identity: 'alice' },
      rawBody: Buffer.alloc(0),
      headers: {},
      caller: { kind: 'user', identity: 'alice', roles: ['agent'], token },
    });
    expect(join).toMatchObject({ status: 403, body: { code: 50107 } });
    await expect(alice.createConversation({})).rejects.toMatchObject(REFUSED);
    expect(fixture.chat.snapshot().channels).toHaveLength(1);
  });

  it('can add and remove participants as a supervisor', async () => {
    const sid = aChannel('customer', 'dora');
    const dora = await fixture.conversationsClient('dora', flexToken('dora', 'supervisor'));
    const conversation = await dora.getConversationBySid(sid);
    await conversation.add('alice');
    await conversation.removeParticipant('customer');
    const identities = fixture.chat.snapshot().channels[0]?.members.map(({ identity }) => identity);
    expect(identities).toEqual(['dora', 'alice']);
    await expect(conversation.delete()).rejects.toMatchObject(REFUSED);
  });
});

describe('a token update with another role', () => {
  it('changes the access at once, for pushes too', async () => {
    const sid = aChannel('customer');
    const dora = await fixture.conversationsClient('dora', flexToken('dora', 'supervisor'));
    const conversation = await dora.peekConversationBySid(sid);
    const attributes = () => conversation.attributes;
    fixture.chat.updateChannel(sid, { attributes: { step: 1 } });
    await eventually(() => expect(attributes()).toEqual({ step: 1 }));

    await dora.updateToken(flexToken('dora', 'agent'));
    fixture.chat.updateChannel(sid, { attributes: { step: 2 } });
    const ownChannel = fixture.chat.createChannel({});
    const joined = nextEvent(dora, 'conversationJoined');
    fixture.chat.addMember(ownChannel.sid, { identity: 'dora' });
    await joined;
    expect(attributes()).toEqual({ step: 1 });
  });
});
