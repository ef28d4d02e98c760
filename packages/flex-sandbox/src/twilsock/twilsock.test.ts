import twilio from 'twilio';
import { Client as ChatClient } from 'twilio-chat';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SANDBOX_ACCOUNT } from '../account-credentials.js';
import { type ChatFixture, startChatFixture } from '../chat/chat-fixture.js';
import type { Interceptor } from '../server.js';
import { collect, eventually, nextEvent } from '../test-waiting.js';

const MINUTE_MS = 60_000;

let fixture: ChatFixture;
let intercept: Interceptor;
beforeEach(async () => {
  intercept = async (_, next) => next();
  fixture = await startChatFixture({ intercept: (request, next) => intercept(request, next) });
});
afterEach(() => fixture.close());

const { AccessToken } = twilio.jwt;

function helperLibraryToken(identity: string, secret: string): string {
  const { accountSid, apiKeySid, chatServiceSid } = SANDBOX_ACCOUNT;
  const token = new AccessToken(accountSid, apiKeySid, secret, { identity });
  token.addGrant(new AccessToken.ChatGrant({ serviceSid: chatServiceSid }));
  return token.toJwt();
}

/**
 * When the sandbox refuses a token, twilsock 0.12.2 rejects its unsent requests at any time, and no code
 * handles the rejections. These unhandled rejections are ignored; every other one fails the run.
 */
const vitestListeners = process.listeners('unhandledRejection');
beforeAll(() => {
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (reason, promise) => {
    if (reason instanceof Error && reason.message.startsWith('Unable to connect: ')) return;
    for (const listener of vitestListeners) listener(reason, promise);
  });
});
afterAll(() => {
  process.removeAllListeners('unhandledRejection');
  for (const listener of vitestListeners) process.on('unhandledRejection', listener);
});

describe('sign-in', () => {
  it("accepts an access token that Twilio's helper library signs with the account's API key", async () => {
    const token = helperLibraryToken('carol', SANDBOX_ACCOUNT.apiKeySecret);
    const client = await fixture.conversationsClient('carol', token);
    expect(client.user.identity).toBe('carol');
    expect(fixture.twilsock.connections('carol')).toHaveLength(1);
  });

  it('refuses a token signed with another key', async () => {
    const client = new ChatClient(helperLibraryToken('carol', 'some-other-secret'), {
      ...fixture.clientOptions,
      logLevel: 'silent',
    });
    const error = await nextEvent(client, 'connectionError');
    expect(error).toMatchObject({ terminal: true, httpStatusCode: 401, errorCode: 20107 });
    expect(fixture.twilsock.connections()).toHaveLength(0);
    await client.shutdown();
  });

  it('makes a user online until the user’s last connection closes', async () => {
    const alice = await fixture.conversationsClient('alice');
    const bob = await alice.getUser('bob');
    expect(bob.isOnline).toBe(false);

    const first = await fixture.conversationsClient('bob');
    const second = await fixture.chatClient('bob');
    await eventually(() => expect(bob.isOnline).toBe(true));

    await first.shutdown();
    await eventually(() => expect(fixture.twilsock.connections('bob')).toHaveLength(1));
    expect(bob.isOnline).toBe(true);
    await second.shutdown();
    await eventually(() => expect(bob.isOnline).toBe(false));
  });
});

describe('a token', () => {
  it('causes a warning three minutes before its expiry, and can be replaced', async () => {
    const token = fixture.sandbox.tokens.issueChatToken('alice', 10 * MINUTE_MS);
    const alice = await fixture.conversationsClient('alice', token);
    const warning = nextEvent(alice, 'tokenAboutToExpire');
    const expiries = collect(alice, 'tokenExpired');

    fixture.sandbox.clock.advance(7 * MINUTE_MS);
    await warning;
    await alice.updateToken(fixture.sandbox.tokens.issueChatToken('alice', 60 * MINUTE_MS));
    fixture.sandbox.clock.advance(30 * MINUTE_MS);

    const conversation = await alice.createConversation();
    expect(conversation.sid).toMatch(/^CH/);
    expect(expiries).toEqual([]);
  });

  it('ends the connection when it expires', async () => {
    const token = fixture.sandbox.tokens.issueChatToken('alice', 10 * MINUTE_MS);
    const alice = await fixture.conversationsClient('alice', token);
    const expiry = nextEvent(alice, 'tokenExpired');
    fixture.sandbox.clock.advance(10 * MINUTE_MS);
    await expiry;
    await eventually(() => expect(fixture.twilsock.connections()).toHaveLength(0));
  });

  it("cannot be replaced by another user's token", async () => {
    const alice = await fixture.conversationsClient('alice');
    await expect(alice.updateToken(fixture.sandbox.tokens.issueChatToken('bob'))).rejects.toThrow();
  });
});

describe('a client that reconnects', () => {
  /** Drops an identity's connections. Resolves when they are closed, before the client reconnects. */
  const dropConnections = (identity: string) =>
    Promise.all(
      fixture.twilsock.connections(identity).map((connection) => {
        const closed = new Promise<void>((resolve) => connection.onClose(resolve));
        connection.drop();
        return closed;
      }),
    );

  it('receives missed messages once and in order', async () => {
    const channel = fixture.chat.createChannel({});
    fixture.chat.addMember(channel.sid, { identity: 'alice' });
    const alice = await fixture.conversationsClient('alice');
    const conversation = await alice.getConversationBySid(channel.sid);
    await conversation.getMessages();
    const bodies: Array<string | null> = [];
    conversation.on('messageAdded', ({ body }) => bodies.push(body));
    fixture.chat.addMessage(channel.sid, { author: 'system', body: 'before' });
    await eventually(() => expect(bodies).toEqual(['before']));

    await dropConnections('alice');
    fixture.chat.addMessage(channel.sid, { author: 'system', body: 'missed 1' });
    fixture.chat.addMessage(channel.sid, { author: 'system', body: 'missed 2' });

    await eventually(() => expect(bodies).toEqual(['before', 'missed 1', 'missed 2']));
    fixture.chat.addMessage(channel.sid, { author: 'system', body: 'after' });
    await eventually(() => expect(bodies).toEqual(['before', 'missed 1', 'missed 2', 'after']));
  });

  it('learns that its user was removed meanwhile', async () => {
    const channel = fixture.chat.createChannel({});
    fixture.chat.addMember(channel.sid, { identity: 'alice' });
    const alice = await fixture.conversationsClient('alice');
    const conversation = await alice.getConversationBySid(channel.sid);
    await conversation.getMessages();
    const conversationLeft = nextEvent(alice, 'conversationLeft');

    await dropConnections('alice');
    fixture.chat.removeMember(channel.sid, 'alice');
    fixture.sandbox.clock.advance(MINUTE_MS);

    expect(await conversationLeft).toMatchObject({ sid: channel.sid });
  });
});

describe('tunnelled requests', () => {
  it('pass the interceptor, which may reply itself', async () => {
    const alice = await fixture.conversationsClient('alice');
    const requests: string[] = [];
    intercept = async ({ method, host, path, caller }, next) => {
      requests.push(`${caller.identity} ${method} ${host} ${path}`);
      return path.endsWith('/Conversations') ? { status: 503, body: { code: 20503, status: 503 } } : next();
    };
    await expect(alice.createConversation()).rejects.toMatchObject({ status: 503 });
    expect(requests).toContain('alice POST aim.us1.twilio.com /Client/v1/Conversations');
    expect(fixture.chat.snapshot().channels).toEqual([]);
  });

  it('take effect even when the reply is dropped', async () => {
    const alice = await fixture.conversationsClient('alice');
    intercept = async ({ path }, next) => {
      const reply = await next();
      return path.endsWith('/Conversations') ? 'drop' : reply;
    };
    await expect(alice.createConversation()).rejects.toThrow();
    expect(fixture.chat.snapshot().channels).toHaveLength(1);
  });
});

it("an HTTP request that matches no endpoint gets Twilio's 404", async () => {
  const response = await fetch(`${fixture.url}/aim.us1.twilio.com/Client/v1/Nothing`);
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ code: 20404 });
});
