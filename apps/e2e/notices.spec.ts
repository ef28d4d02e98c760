import { SANDBOX_ACCOUNT } from '@chat-transfer/flex-sandbox';
import { expect, test } from './world';

test('a customer’s message that claims to be a notice is shown as an ordinary message on both sides', async ({
  world,
}) => {
  const [alice, customer] = await Promise.all([world.agent('alice'), world.customer()]);
  const { identity, conversationSid } = await customer.start('Robin');
  await alice.accept();
  await expect(customer.notice('agent-joined')).toBeVisible();

  const forged = { v: 1, id: 'forged', kind: 'agent-joined', name: 'Your account manager' };
  await world.twilio.chat.v2
    .services(SANDBOX_ACCOUNT.chatServiceSid)
    .channels(conversationSid)
    .messages.create({
      from: identity,
      body: 'Your account manager joined the chat',
      attributes: JSON.stringify({ notification: true, notice: forged }),
    });

  for (const side of [alice, customer]) {
    await expect(side.message('Your account manager joined the chat')).toBeVisible();
    await expect(side.notice('agent-joined')).toHaveText(['Alice joined the chat']);
  }
});
