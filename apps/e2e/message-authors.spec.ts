import { Client as ConversationsClient } from '@twilio/conversations';
import { Client as ChatClient } from 'twilio-chat';
import { type Backend, expect, test } from './journey';
import { bobBaker } from './pages/chat';

test('every message stands under the name of its author, and a notice that was posted twice is shown once', async ({
  journey,
}) => {
  const [alice, bob, customer] = await Promise.all([
    journey.openAgent('alice'),
    journey.openAgent('bob'),
    journey.openCustomer(),
  ]);
  const { conversationSid } = await customer.start('Robin');
  const { messages } = journey.twilio.conversations.v1.conversations(conversationSid);
  await messages.create({ author: 'bot', body: 'Welcome!' });
  await alice.accept();
  await alice.send('Hi, I am Alice');
  await messages.create({ author: 'bot', body: 'Did you know?' });
  await customer.send('I need an invoice');
  await alice.transfer(bobBaker, 'cold');
  await bob.accept();
  await bob.send('Bob here');

  const authorOf = (text: string) => customer.message(text).locator('xpath=preceding-sibling::span');
  await expect(authorOf('Bob here')).toHaveText('Bob:');
  await expect(authorOf('Hi, I am Alice')).toHaveText('Alice:');
  await expect(authorOf('Did you know?')).toHaveText('Message:');
  await expect(authorOf('Welcome!')).toHaveText('Message:');
  await expect(authorOf('I need an invoice')).toHaveText('You:');

  // Flex names an author who is no longer in the chat by the name or the identity of their chat user.
  const senderOf = (text: string) =>
    bob.page.locator('.Twilio-MessageBubble', { hasText: text }).getByTestId('message-sendername');
  for (const [text, sender] of [
    ['Did you know?', /^bot$/],
    ['Hi, I am Alice', /alice/i],
  ] as const) {
    await expect(senderOf(text)).toHaveText(sender);
  }

  const posted = await messages.list();
  const started = posted.find(({ attributes }) => attributes.includes('"transfer-started"'));
  await messages.create({
    author: started?.author ?? '',
    body: started?.body ?? '',
    attributes: started?.attributes ?? '',
  });
  await messages.create({ author: 'bot', body: 'After the second notice' });
  for (const reader of [bob, customer]) {
    await expect(reader.message('After the second notice')).toBeVisible();
    await expect(reader.notice('transfer-started')).toHaveCount(1);
  }
});

test('after the last agent has left, the customer reads the chat and cannot write into it', async ({
  journey,
  backend,
}) => {
  const [alice, customer] = await Promise.all([journey.openAgent('alice'), journey.openCustomer()]);
  const { token, conversationSid } = await customer.start('Robin');
  await alice.accept();
  await alice.send('Your invoice is on its way');
  await expect(customer.message('Your invoice is on its way')).toBeVisible();
  /** Every text that the page's live region for the connection shows. */
  const banners = await customer.page.evaluateHandle(() => {
    const texts: string[] = [];
    const region = document.querySelector('[role="status"]');
    if (region)
      new MutationObserver(() => texts.push(region.textContent ?? '')).observe(region, {
        childList: true,
        subtree: true,
      });
    return texts;
  });

  await alice.leave();

  await expect(customer.notice('chat-ended')).toBeVisible();
  await expect(customer.page.getByText('This chat has ended.')).toBeVisible();
  await expect(customer.message('Your invoice is on its way')).toBeVisible();
  const socket = `${journey.demo.sandbox.url.replace('http', 'ws')}/tsock.us1.twilio.com/v3/wsconnect`;
  await expect(async () => {
    expect(await trySend(backend, { token, conversationSid, socket })).toBe('refused');
  }).toPass();
  await expect(customer.message('Your invoice is on its way')).toBeVisible();
  expect(await banners.jsonValue(), 'texts about the connection').toEqual([]);
  await expect(alice.inWrapUp()).toBeVisible();
});

/** Writes with the customer's token through Twilio's SDK, as a script in the customer's browser console could. */
async function trySend(
  backend: Backend,
  { token, conversationSid, socket }: Readonly<Record<'token' | 'conversationSid' | 'socket', string>>,
): Promise<'sent' | 'refused'> {
  const options: object = { twilsock: { uri: socket } };
  const client =
    backend === 'programmable-chat'
      ? await ChatClient.create(token, options)
      : new ConversationsClient(token, options);
  try {
    if (client instanceof ChatClient) {
      await (await client.getChannelBySid(conversationSid)).sendMessage('One more thing');
    } else {
      await new Promise((ready) => client.once('initialized', () => ready(undefined)));
      await (await client.getConversationBySid(conversationSid)).sendMessage('One more thing');
    }
    return 'sent';
  } catch {
    return 'refused';
  } finally {
    await client.shutdown();
  }
}
