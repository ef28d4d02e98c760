/** What both REST APIs and the SDKs of chat refuse, with Twilio's codes. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SANDBOX_ACCOUNT } from '../account-credentials.js';
import { type ChatFixture, startChatFixture } from './chat-fixture.js';

let fixture: ChatFixture;
beforeEach(async () => {
  fixture = await startChatFixture();
});
afterEach(() => fixture.close());

const service = () => fixture.rest.chat.v2.services(SANDBOX_ACCOUNT.chatServiceSid);
const conversations = () => fixture.rest.conversations.v1.conversations;
const users = () => fixture.rest.conversations.v1.users;

/** JSON of exactly this even number of bytes, mostly of characters that have two bytes in UTF-8. */
function attributesOf(bytes: number): string {
  const empty = Buffer.byteLength('{"k":"xx"}');
  return JSON.stringify({ k: `xx${'é'.repeat((bytes - empty) / 2)}` });
}

interface Resource {
  readonly name: string;
  readonly limitBytes: number;
  readonly create: (attributes: string) => Promise<unknown>;
  /** Updates another resource than the created one. */
  readonly update: (attributes: string) => Promise<unknown>;
}

const aConversation = async () => (await conversations().create({})).sid;

const RESOURCES: readonly Resource[] = [
  {
    name: 'a conversation',
    limitBytes: 16 * 1024,
    create: (attributes) => conversations().create({ attributes }),
    update: async (attributes) => conversations()(await aConversation()).update({ attributes }),
  },
  {
    name: 'a channel',
    limitBytes: 16 * 1024,
    create: (attributes) => service().channels.create({ attributes }),
    update: async (attributes) =>
      service()
        .channels(await aConversation())
        .update({ attributes }),
  },
  {
    name: 'a participant',
    limitBytes: 4 * 1024,
    create: async (attributes) =>
      conversations()(await aConversation()).participants.create({ identity: 'a', attributes }),
    update: async (attributes) => {
      const conversation = conversations()(await aConversation());
      await conversation.participants.create({ identity: 'a' });
      return conversation.participants('a').update({ attributes });
    },
  },
  {
    name: 'a message',
    limitBytes: 4 * 1024,
    create: async (attributes) => conversations()(await aConversation()).messages.create({ attributes }),
    update: async (attributes) => {
      const conversation = conversations()(await aConversation());
      const { sid } = await conversation.messages.create({ body: 'x' });
      return conversation.messages(sid).update({ attributes });
    },
  },
  {
    name: 'a user',
    limitBytes: 16 * 1024,
    create: (attributes) => users().create({ identity: 'created', attributes }),
    update: async (attributes) =>
      users()((await users().create({ identity: 'x' })).sid).update({ attributes }),
  },
];

describe.each(RESOURCES)('attributes of $name', ({ limitBytes, create, update }) => {
  it.each([
    ['creation', create],
    ['update', update],
  ])('are refused with 400/50303 in a %s when they are longer than the limit in bytes', async (_, write) => {
    await expect(write(attributesOf(limitBytes + 2))).rejects.toMatchObject({ status: 400, code: 50303 });
  });

  it('may have the length of the limit', async () => {
    await create(attributesOf(limitBytes));
    await update(attributesOf(limitBytes));
  });

  it('are refused with 400/50304 when they are not JSON', async () => {
    await expect(create('{')).rejects.toMatchObject({ status: 400, code: 50304 });
    await expect(update('not JSON')).rejects.toMatchObject({ status: 400, code: 50304 });
  });
});

describe('a REST request is refused', () => {
  it('with 50353 on Conversations and 50307 on Chat when the unique name is taken', async () => {
    await conversations().create({ uniqueName: 'taken' });
    const { sid } = await conversations().create({ uniqueName: 'free' });
    for (const request of [
      () => conversations().create({ uniqueName: 'taken' }),
      () => conversations()(sid).update({ uniqueName: 'taken' }),
    ]) {
      await expect(request()).rejects.toMatchObject({ status: 409, code: 50353 });
    }
    const channel = service().channels.create({ uniqueName: 'taken' });
    await expect(channel).rejects.toMatchObject({ status: 409, code: 50307 });
  });

  it('with 50390 on Conversations and 50306 on Chat when the unique name looks like a SID', async () => {
    const uniqueName = `CH${'a'.repeat(32)}`;
    await expect(conversations().create({ uniqueName })).rejects.toMatchObject({ status: 400, code: 50390 });
    await expect(service().channels.create({ uniqueName })).rejects.toMatchObject({ code: 50306 });
  });

  it('with 50433 on Conversations and 50404 on Chat when the participant exists', async () => {
    const sid = await aConversation();
    await conversations()(sid).participants.create({ identity: 'alice' });
    const participant = conversations()(sid).participants.create({ identity: 'alice' });
    await expect(participant).rejects.toMatchObject({ status: 409, code: 50433 });
    const member = service().channels(sid).members.create({ identity: 'alice' });
    await expect(member).rejects.toMatchObject({ status: 409, code: 50404 });
  });

  it('with 409/50201 when the user exists, also when chat created the user', async () => {
    await conversations()(await aConversation()).participants.create({ identity: 'alice' });
    for (const request of [
      () => users().create({ identity: 'alice', friendlyName: 'Alice' }),
      () => service().users.create({ identity: 'alice', friendlyName: 'Alice' }),
    ]) {
      await expect(request()).rejects.toMatchObject({ status: 409, code: 50201 });
    }
    expect((await users()('alice').fetch()).friendlyName).toBe('alice');
  });

  it('with 400/50504 for a body over 32 KiB', async () => {
    const { messages } = conversations()(await aConversation());
    await messages.create({ body: 'x'.repeat(32 * 1024) });
    const tooLong = messages.create({ body: 'x'.repeat(32 * 1024 + 1) });
    await expect(tooLong).rejects.toMatchObject({ status: 400, code: 50504 });
  });

  it('with 400/50003 for a friendly name over 256 characters', async () => {
    await conversations().create({ friendlyName: 'x'.repeat(256) });
    const tooLong = conversations().create({ friendlyName: 'x'.repeat(257) });
    await expect(tooLong).rejects.toMatchObject({ status: 400, code: 50003 });
  });

  it('with 400/50207 for an identity over 256 characters', async () => {
    const { participants } = conversations()(await aConversation());
    await participants.create({ identity: 'x'.repeat(256) });
    const tooLong = participants.create({ identity: 'x'.repeat(257) });
    await expect(tooLong).rejects.toMatchObject({ status: 400, code: 50207 });
  });

  it('with 400/50206 for an identity that looks like the SID of a user', async () => {
    const created = users().create({ identity: `US${'0'.repeat(32)}` });
    await expect(created).rejects.toMatchObject({ status: 400, code: 50206 });
  });

  it('with 400/50378 for an unknown state, and 400/50374 for an empty one', async () => {
    const conversation = conversations()(await aConversation());
    for (const [state, code] of [
      ['open', 50378],
      ['', 50374],
    ] as const) {
      // @ts-expect-error The types allow only valid states.
      await expect(conversation.update({ state })).rejects.toMatchObject({ status: 400, code });
    }
  });

  it('with 400/50507 for media that do not exist', async () => {
    const { messages } = conversations()(await aConversation());
    const message = messages.create({ mediaSid: `ME${'0'.repeat(32)}` });
    await expect(message).rejects.toMatchObject({ status: 400, code: 50507 });
  });
});

describe('a client of the SDK is refused', () => {
  const flexToken = (identity: string, role: string) =>
    fixture.sandbox.tokens.issueFlexToken({ identity, roles: [role] });

  it('with 403/50107 when its role does not allow the change', async () => {
    const { sid } = fixture.chat.createChannel({});
    fixture.chat.addMember(sid, { identity: 'alice' });
    const alice = await fixture.conversationsClient('alice', flexToken('alice', 'agent'));
    const conversation = await alice.getConversationBySid(sid);
    await expect(conversation.add('bob')).rejects.toMatchObject({ body: { status: 403, code: 50107 } });
  });

  it('with 409/50353 when the unique name is taken', async () => {
    fixture.chat.createChannel({ uniqueName: 'taken' });
    const client = await fixture.conversationsClient('customer');
    const created = client.createConversation({ uniqueName: 'taken' });
    await expect(created).rejects.toMatchObject({ body: { status: 409, code: 50353 } });
  });

  it('with 409/50433 when the participant exists', async () => {
    const { sid } = fixture.chat.createChannel({});
    for (const identity of ['dora', 'bob']) fixture.chat.addMember(sid, { identity });
    const dora = await fixture.conversationsClient('dora', flexToken('dora', 'supervisor'));
    const conversation = await dora.getConversationBySid(sid);
    await expect(conversation.add('bob')).rejects.toMatchObject({ body: { status: 409, code: 50433 } });
  });
});
