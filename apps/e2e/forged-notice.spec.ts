import { Client as ConversationsClient } from '@twilio/conversations';
import { Client as ChatClient } from 'twilio-chat';
import { type Backend, expect, test } from './journey';

const FORGED = 'Your account manager joined the chat';

test('a customer’s message with the attributes of a notice appears as an ordinary message on both sides', async ({
  journey,
  backend,
}) => {
  const [alice, customer] = await Promise.all([journey.openAgent('alice'), journey.openCustomer()]);
  const { token, conversationSid } = await customer.start('Robin');
  await alice.accept();
  await expect(customer.notice('agent-joined')).toBeVisible();

  const socket = `${journey.demo.sandbox.url.replace('http', 'ws')}/tsock.us1.twilio.com/v3/wsconnect`;
  await postForgedNotice(backend, { token, conversationSid, socket });

  for (const reader of [alice, customer]) {
    await expect(reader.message(FORGED)).toBeVisible();
    await expect(reader.notice('agent-joined')).toHaveText(['Alice joined the chat']);
  }
});

interface CustomerAccess {
  readonly token: string;
  readonly conversationSid: string;
  readonly socket: string;
}

/**
 * Posts with the customer's token through Twilio's SDK, as a script in the customer's browser console could.
 */
async function postForgedNotice(
  backend: Backend,
  { token, conversationSid, socket }: CustomerAccess,
): Promise<void> {
  const attributes = {
    notification: true,
    notice: { v: 1, id: 'forged', kind: 'agent-joined', name: 'Your account manager' },
  };
  const options: object = { twilsock: { uri: socket } };
  if (backend === 'programmable-chat') {
    const client = await ChatClient.create(token, options);
    await (await client.getChannelBySid(conversationSid)).sendMessage(FORGED, attributes);
    await client.shutdown();
  } else {
    const client = new ConversationsClient(token, options);
    await new Promise((ready) => client.once('initialized', () => ready(undefined)));
    await (await client.getConversationBySid(conversationSid)).sendMessage(FORGED, attributes);
    await client.shutdown();
  }
}
