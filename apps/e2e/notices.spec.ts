import { Client } from 'twilio-chat';
import { expect, test } from './world';

test('a customer’s message that claims to be a notice is shown as an ordinary message on both sides', async ({
  world,
}) => {
  const [alice, customer] = await Promise.all([world.agent('alice'), world.customer()]);
  const { token, conversationSid } = await customer.start('Robin');
  await alice.accept();
  await expect(customer.notice('agent-joined')).toBeVisible();

  // With their own token and Twilio's own SDK, as whoever writes a script for their browser's console would.
  const socket = `${world.demo.sandbox.url.replace('http', 'ws')}/tsock.us1.twilio.com/v3/wsconnect`;
  const forger = await Client.create(token, { twilsock: { uri: socket } } as object);
  const channel = await forger.getChannelBySid(conversationSid);
  await channel.sendMessage('Your account manager joined the chat', {
    notification: true,
    notice: { v: 1, id: 'forged', kind: 'agent-joined', name: 'Your account manager' },
  });
  await forger.shutdown();

  for (const side of [alice, customer]) {
    await expect(side.message('Your account manager joined the chat')).toBeVisible();
    await expect(side.notice('agent-joined')).toHaveText(['Alice joined the chat']);
  }
});
