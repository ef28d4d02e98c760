import { Client as ConversationsClient } from '@twilio/conversations';
import { Client as ChatClient } from 'twilio-chat';
import { type Backend, expect, test } from './world';

const FORGED = 'Your account manager joined the chat';

test('a customer’s message that claims to be a notice is shown as an ordinary message on both sides', async ({
  world,
  backend,
}) => {
  const [alice, customer] = await Promise.all([world.agent('alice'), world.customer()]);
  const { token, conversationSid } = await customer.start('Robin');
  await alice.accept();
  await expect(customer.notice('agent-joined')).toBeVisible();

  const socket = `${world.demo.sandbox.url.replace('http', 'ws')}/tsock.us1.twilio.com/v3/wsconnect`;
  await forge(backend, { token, conversationSid, socket });

  for (const side of [alice, customer]) {
    await expect(side.message(FORGED)).toBeVisible();
    await expect(side.notice('agent-joined')).toHaveText(['Alice joined the chat']);
  }
});

interface Forgery {
  readonly token: string;
  readonly conversationSid: string;
  readonly socket: string;
}

/** With their own token and Twilio's own SDK, as whoever writes a script for their browser's console would. */
async function forge(backend: Backend, { token, conversationSid, socket }: Forgery): Promise<void> {
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
