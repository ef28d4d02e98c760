import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type InteractionFixture, startInteractionFixture } from './interactions/interaction-fixture.js';

const CUSTOMER = '+15005550001';
const PROXY_ADDRESS = '+15005550006';

let fixture: InteractionFixture;
beforeEach(async () => {
  fixture = await startInteractionFixture();
});
afterEach(() => fixture.close());

async function receive(text: { from?: string | undefined; body: string; type?: string }) {
  const response = await fetch(`${fixture.sandbox.url}/_sandbox/texts`, {
    method: 'POST',
    body: JSON.stringify({ from: CUSTOMER, ...text }),
  });
  return { status: response.status, body: await response.json() };
}

const conversations = () => fixture.rest.conversations.v1.conversations;
const postMessage = (author: string, body: string) =>
  conversations()(fixture.conversation().sid).messages.create({ author, body });
const sentBodies = () => fixture.sandbox.texts().map(({ body }) => body);

describe('an incoming text', () => {
  it('starts a conversation with the text in it, and sends it to Flex', async () => {
    expect((await receive({ body: 'Hi' })).status).toBe(201);
    expect(fixture.conversation()).toMatchObject({
      members: [{ identity: null, binding: { type: 'sms', address: CUSTOMER, proxyAddress: PROXY_ADDRESS } }],
      messages: [{ author: CUSTOMER, body: 'Hi' }],
    });
    const [invite] = fixture.interaction().channel.invites;
    expect(fixture.taskOf(invite?.taskSid ?? '').attributes).toMatchObject({
      channelType: 'sms',
      customerAddress: CUSTOMER,
      customerName: CUSTOMER,
      from: CUSTOMER,
    });
    expect(await fixture.channel().participants.list()).toMatchObject([{ type: 'customer' }]);
  });

  it('arrives by WhatsApp when its type is whatsapp', async () => {
    await receive({ body: 'Hi', type: 'whatsapp' });
    expect(fixture.interaction().channel.type).toBe('whatsapp');
    expect(fixture.conversation().members).toMatchObject([
      {
        binding: {
          type: 'whatsapp',
          address: `whatsapp:${CUSTOMER}`,
          proxyAddress: `whatsapp:${PROXY_ADDRESS}`,
        },
      },
    ]);
  });

  it('is added to the open conversation of its sender', async () => {
    const first = await receive({ body: 'Hi' });
    const second = await receive({ body: 'Hello?' });
    expect(second.body.conversationSid).toBe(first.body.conversationSid);
    expect(fixture.sandbox.snapshot().interactions).toHaveLength(1);
    expect(fixture.conversation().messages.map(({ body }) => body)).toEqual(['Hi', 'Hello?']);
  });

  it('starts a new conversation when the one of its sender is closed', async () => {
    const first = await receive({ body: 'Hi' });
    await fixture.channel().update({ status: 'closed' });
    const second = await receive({ body: 'One more thing' });
    expect(second.body.conversationSid).not.toBe(first.body.conversationSid);
    expect(fixture.sandbox.snapshot().interactions).toHaveLength(2);
  });

  it.each([
    { body: 'Hi', type: 'fax' },
    { from: undefined, body: 'Hi' },
  ])('is refused without a sender or a known type: %j', async (text) => {
    expect((await receive(text)).status).toBe(400);
  });
});

describe('a participant who is reached by text', () => {
  it('receives messages and notices by others, but not their own', async () => {
    await receive({ body: 'Hi' });
    await postMessage('alice', 'Hello, this is Alice');
    await postMessage('chat-transfer', 'Bob joined the chat');
    expect(sentBodies()).toEqual(['Hello, this is Alice', 'Bob joined the chat']);
    expect(fixture.sandbox.texts()[0]).toMatchObject({
      type: 'sms',
      from: PROXY_ADDRESS,
      to: CUSTOMER,
      author: 'alice',
    });
  });

  it('receives the texts that the control endpoint lists', async () => {
    await receive({ body: 'Hi' });
    await postMessage('alice', 'Hello');
    const { texts } = await (await fetch(`${fixture.sandbox.url}/_sandbox/texts`)).json();
    expect(texts).toEqual(fixture.sandbox.texts());
  });

  it('receives nothing from a conversation without them', async () => {
    await fixture.startChat();
    await postMessage('alice', 'Hello');
    expect(sentBodies()).toEqual([]);
  });

  it('can be added by REST, but only to one open conversation', async () => {
    const { sid } = await conversations().create({});
    const binding = { 'messagingBinding.address': CUSTOMER, 'messagingBinding.proxyAddress': PROXY_ADDRESS };
    const participant = await conversations()(sid).participants.create(binding);
    expect(participant).toMatchObject({
      identity: null,
      messagingBinding: { type: 'sms', address: CUSTOMER },
    });
    const other = await conversations().create({});
    const duplicate = conversations()(other.sid).participants.create(binding);
    await expect(duplicate).rejects.toMatchObject({ status: 409, code: 50416 });
    await conversations()(sid).update({ state: 'closed' });
    await conversations()(other.sid).participants.create(binding);
  });

  it('is found by their address', async () => {
    const { body } = await receive({ body: 'Hi' });
    const api = fixture.rest.conversations.v1;
    const inDefaultService = await api.participantConversations.list({ address: CUSTOMER });
    const inService = await api
      .services(fixture.sandbox.account.chatServiceSid)
      .participantConversations.list({ address: CUSTOMER });
    for (const memberships of [inDefaultService, inService]) {
      expect(memberships).toMatchObject([
        { conversationSid: body.conversationSid, participantMessagingBinding: { address: CUSTOMER } },
      ]);
    }
  });
});
